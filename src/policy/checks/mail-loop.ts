import { clean, defineCheck, finding } from '../check.ts';

/** So many Received lines that the message must be going in circles (RFC 5321 6.3). */
export const mailLoop = defineCheck({
  id: 'mail-loop',
  stages: ['message'],
  kind: 'protocol',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'pass' },
  options: ({ limits }) => ({ limit: limits.receivedLines }),

  run({ content }, _facts, { limit }) {
    return content.receivedLines >= limit ? finding('too many Received lines', { receivedLines: content.receivedLines, limit }) : clean;
  },
});
