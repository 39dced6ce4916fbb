// Who hears of a message that could not be delivered: its author, where that is proven to be him, and nobody else. Everybody else's copy waits for the postmaster
// alone: a report to a forged sender is backscatter. Pure.
import { addressOf, type Mailbox } from '../../model/mailbox.ts';
import type { AuthorTold, SpoolEnvelope } from '../../model/spool.ts';
import { traitsOf } from '../../wire/message/traits.ts';

/** To whom and of which recipients, or why nobody is told. */
export type WhomToTell =
  | { readonly tell: true; readonly to: Mailbox; readonly by: Exclude<AuthorTold, NotTold>; readonly failed: readonly FailedRecipient[] }
  | { readonly tell: false; readonly why: NotTold };
type NotTold = 'never' | 'null-sender' | 'unproven' | 'automatic' | 'not-asked' | 'too-many' | 'failed';

export interface FailedRecipient {
  readonly to: Mailbox;
  readonly why: string;
}

export interface Undelivered {
  readonly envelope: Pick<SpoolEnvelope, 'handover' | 'from' | 'sender' | 'proven'>;
  /** Its header, dots not stuffed; null where its end was not found. */
  readonly header: string | null;
  readonly failed: readonly FailedRecipient[];
}

/** What the configuration says of it. */
export interface TellingRules {
  readonly reports: 'proven' | 'never';
  readonly ourDomains: readonly string[];
  /** The one of them in which users without a domain in their name have their addresses. */
  readonly usersDomain: string;
}

const silent = (why: NotTold): WhomToTell => ({ tell: false, why });

/** Decides by what was known when the message came. */
export function whomToTell({ envelope, header, failed }: Undelivered, rules: TellingRules): WhomToTell {
  // What leaves may bear a tag of ours, which is no part of the address: the next hop takes mail for the address alone.
  const { from: asSent, sender: from = asSent } = envelope;
  if (rules.reports === 'never') return silent('never');
  if (from === null) return silent('null-sender'); // RFC 5321 4.5.5, 6.1: never a notification about a notification
  const by = knownBy(from, envelope, rules);
  if (by === null) return silent('unproven');
  // RFC 3834 2; a header without an end cannot be judged, and lists and programs read no reports
  if (header === null || isAutomatic(header)) return silent('automatic');
  const wanted = failed.filter(({ to: { notify } }) => wantsFailures(notify));
  return wanted.length === 0 ? silent('not-asked') : { tell: true, to: from, by, failed: wanted };
}

/** By what the author is known to be the one behind that address; null: anybody may have written it. */
function knownBy(
  from: Mailbox,
  { handover: { user, client }, proven = null }: Undelivered['envelope'],
  { ourDomains, usersDomain }: TellingRules,
): Exclude<AuthorTold, NotTold> | null {
  const isOurs = ourDomains.includes(from.domain);
  if (user !== null) return isOurs && isNameOf(user, from, usersDomain) ? 'user' : null; // another's address, though written by a user, is not his
  if (client.inside) return isOurs ? 'inside' : null;
  return proven;
}

/** The anna who logs in and the anna of a customer's domain may be two: a name without a domain is somebody in one domain only. */
function isNameOf(user: string, from: Mailbox, usersDomain: string): boolean {
  const name = user.toLowerCase();
  return name === addressOf(from).toLowerCase() || (from.domain === usersDomain && name === from.localPart.toLowerCase());
}

function isAutomatic(header: string): boolean {
  const { automated, bulk, list } = traitsOf(header, '');
  return automated || bulk || list;
}

/** RFC 3461 4.1: without NOTIFY failures are reported; with it only where it says so. */
const wantsFailures = (notify: string | undefined): boolean => notify === undefined || /(?:^|,)\s*FAILURE\s*(?:,|$)/i.test(notify);
