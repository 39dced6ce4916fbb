// What becomes of a message that cannot be delivered: the operator's quarantine has it, then it leaves the spool, and only then its author may hear of it, once.
import type { DeliveryRequest } from '../../model/delivery.ts';
import type { Recorder } from '../../model/events.ts';
import { addressOf, type Mailbox } from '../../model/mailbox.ts';
import type { HoldingPlace } from '../../model/quarantine.ts';
import type { AuthorTold, SpoolEnvelope, SpoolItem } from '../../model/spool.ts';
import { unstuffAsync } from '../../wire/smtp/dot-stuffing.ts';
import type { FailedRecipient, Undelivered } from './whom-to-tell.ts';

export interface GivingUpParts {
  readonly quarantine: HoldingPlace;
  /** Tells the author that recipients have not got it, where that is proven to be the author. */
  tellAuthor(message: Undelivered & { readonly envelope: SpoolEnvelope }): Promise<AuthorTold>;
  readonly record: Recorder;
}

export interface GivenUp {
  readonly item: SpoolItem;
  readonly envelope: SpoolEnvelope;
  readonly request: DeliveryRequest;
  readonly failed: readonly FailedRecipient[];
  readonly why: string;
  /** Marks it as held; false where that could not be written, and after a restart all of this happens again. */
  done(): boolean;
}

/** Octets in which the end of the header is looked for: more than any server takes. */
const headerBytes = 128 * 1024;

/** Rejects where the quarantine cannot take it: then it goes on waiting. */
export async function giveUp({ item, envelope, request, failed, why, done }: GivenUp, { quarantine, tellAuthor, record }: GivingUpParts): Promise<void> {
  const recipients = failed.map(({ to }) => to);
  const header = await headerOf(request);
  const because = { check: 'spool', because: why, measure: null, incident: null };
  const { subject, messageId } = envelope;
  const held = await quarantine.keep({ session: item.session, request: { ...request, recipients }, subject, messageId, because });
  if (held.kind !== 'kept') throw new Error(`the quarantine is ${held.kind}: ${held.why}`);
  // Without the mark a second report would follow a restart.
  const told = done() ? await tellAuthor({ envelope, header, failed }).catch((): AuthorTold => 'failed') : 'failed';
  record({ type: 'spool-held', ...aboutSpooled(item), why, recipients: textsOf(recipients), author: isTold(told) ? 'told' : 'not-told', report: told });
}

const textsOf = (recipients: readonly Mailbox[]): readonly string[] => recipients.map(addressOf);
const isTold = (told: AuthorTold): boolean => told === 'user' || told === 'inside' || told === 'spf' || told === 'dmarc';

/** What events of a spooled message have in common. */
export const aboutSpooled = ({ session, ip, id, from, to, wireBytes }: SpoolItem) => ({ session, ip, ref: id, from, recipients: to, bytes: wireBytes });

/** The header as it was written, its dots not stuffed; null where no end of it is found. */
async function headerOf({ content }: DeliveryRequest): Promise<string | null> {
  let text = '';
  for await (const octets of unstuffAsync(content.chunks())) {
    text += octets.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end >= 0) return text.slice(0, end + 2);
    if (text.length > headerBytes) return null;
  }
  return text; // a message that is all header
}
