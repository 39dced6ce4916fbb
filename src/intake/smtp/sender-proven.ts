// Whether the envelope sender of a message from outside is proven: only then may a report ever be sent there.
import { addressOf, type Sender } from '../../model/mailbox.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { SenderProven } from '../../model/spool.ts';

/**
 * SPF speaks of the envelope sender itself. DMARC speaks of the author in the header: a signed message can be sent again by anybody and under any envelope, so
 * it proves an envelope sender that is the very address the signature covers, and no other.
 */
export function provenBy(from: Sender, { spf, dmarc, provenAuthor }: Pick<MessageTraits, 'spf' | 'dmarc' | 'provenAuthor'>): SenderProven {
  if (from === null) return null;
  if (spf === 'pass') return 'spf';
  return dmarc === 'pass' && provenAuthor === addressOf(from).toLowerCase() ? 'dmarc' : null;
}
