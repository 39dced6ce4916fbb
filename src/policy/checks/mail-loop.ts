import { clean, defineCheck, finding } from '../check.ts';
import { bringsTakenMail } from '../relay.ts';

/**
 * The message goes in circles: it has too many Received lines (RFC 5321 6.3), or too many of our own. One that a server of ours brings is held:
 * refused, that server would send a bounce to whoever stands in the envelope.
 */
export const mailLoop = defineCheck({
  id: 'mail-loop',
  stages: ['message'],
  kind: 'protocol',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'pass' },
  options: ({ limits: { receivedLines, passes } }) => ({ receivedLines, passes }),

  run({ content: { receivedLines, passes }, client, user }, _facts, most) {
    const because = passes >= most.passes ? 'it has been here too often' : 'too many Received lines';
    if (passes < most.passes && receivedLines < most.receivedLines) return clean;
    return finding(because, { receivedLines, passes }, bringsTakenMail({ client, user }) ? { action: 'quarantine' } : {});
  },
});
