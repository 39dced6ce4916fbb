// Bounds of the message reader: whatever a stranger sends, the work is finite and stated.
import type { MessageLimits } from '../../model/understanding.ts';

/** What `understand` reads when nothing else is asked. */
export const defaultMessageLimits: MessageLimits = {
  // A report says what it has to say at its beginning; what follows is the returned message.
  bytes: 2 * 1024 * 1024,
  // Postfix' header_size_limit is 102,400.
  headerBytes: 256 * 1024,
  headerFields: 1000,
  parts: 200,
  // Deeper nesting than 10 was seen in attacks only.
  depth: 20,
  textBytes: 64 * 1024,
};
