// A check of your own at RCPT: free-mail senders with more than ten recipients are put off; the honest ones send the rest later.
import type { RcptInput } from '../../src/model/stage-input.ts';

const freeMailers = new Set(['freemail.example', 'webmail.example']);
const enough = 10;

export default {
  stage: 'rcpt',
  action: 'defer',

  run({ from, accepted }: RcptInput) {
    if (from === null || !freeMailers.has(from.domain) || accepted.length < enough) return null;
    return { because: 'many recipients from a free mailer', evidence: { recipients: accepted.length + 1 } };
  },
};
