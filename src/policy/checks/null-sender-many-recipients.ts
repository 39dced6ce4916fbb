import { clean, defineCheck, finding } from '../check.ts';
import { mayRelay } from '../relay.ts';

/** A notification to several people at once: honest ones go to the one who sent the message (RFC 3464 2, RFC 3834 4). */
export const nullSenderManyRecipients = defineCheck({
  id: 'null-sender-many-recipients',
  stages: ['rcpt'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'defer', onUnsure: 'pass' },
  options: () => undefined,

  run(input) {
    if (input.from !== null || input.accepted.length === 0 || mayRelay(input)) return clean;
    return finding('null sender and more than one recipient', { accepted: input.accepted.length });
  },
});
