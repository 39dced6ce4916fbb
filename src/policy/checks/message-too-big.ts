import type { MailInput, MessageInput } from '../../model/stage-input.ts';
import { clean, defineCheck, finding } from '../check.ts';
import { contentLimitsFor } from '../content-room.ts';

/** The message is larger than announced with SIZE: said at MAIL, or found at its end (RFC 1870 6.1, 6.3). */
export const messageTooBig = defineCheck({
  id: 'message-too-big',
  stages: ['mail', 'message'],
  kind: 'protocol',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'pass' },
  options: ({ limits }) => ({ message: limits.message, header: limits.header, headerLines: limits.headerLines }),

  run(input: MailInput | MessageInput, _facts, limits) {
    const { message: maxBytes } = contentLimitsFor(limits, input);
    const bytes = 'content' in input ? input.content.bytes : (input.parameters.size ?? 0);
    return bytes > maxBytes ? finding('larger than the limit', { bytes, maxBytes }) : clean;
  },
});
