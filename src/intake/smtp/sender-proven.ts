// Whether the envelope sender of a message from outside is proven: only then may a report ever be sent there.
import { addressOf, type Sender } from '../../model/mailbox.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { SenderProven } from '../../model/spool.ts';
import { mostUnnamed } from '../../wire/message/content-traits.ts';

type Proofs = Pick<MessageTraits, 'spf' | 'dmarc' | 'provenAuthor' | 'unnamed'>;

/**
 * SPF speaks of the envelope sender itself. DMARC speaks of the author in the header: a signed message can be sent again by anybody and under any envelope, so
 * it proves an envelope sender that is the very address the signature covers, and no other; and only of a message whose To or Cc names one of its recipients, for
 * what he once wrote to somebody else, anybody can send to us.
 */
export function provenBy(from: Sender, recipients: number, { spf, dmarc, provenAuthor, unnamed = [] }: Proofs): SenderProven {
  if (from === null) return null;
  if (spf === 'pass') return 'spf';
  const isAddressed = unnamed.length < Math.min(recipients, mostUnnamed);
  return dmarc === 'pass' && isAddressed && provenAuthor === addressOf(from).toLowerCase() ? 'dmarc' : null;
}
