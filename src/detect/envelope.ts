// Addresses as detectors count them: one mailbox under all its spellings, one sender under all the addresses it makes for itself.

/** What stands behind the last `@`; '' where there is none. */
export const domainOf = (address: string): string => {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : address.slice(at + 1);
};

/** The mailbox of a recipient address: `name+tag@d` is `name@d`, or a bomb would hide behind tags. */
export function mailboxOf(to: string): string {
  const plus = to.indexOf('+');
  const at = to.lastIndexOf('@');
  return plus > 0 && plus < at ? to.slice(0, plus) + to.slice(at) : to;
}

const hasDigit = /\d/;
/** Senders whose numbers mean a message, not a person: in many places people are `s1234567`. */
const madeForOneMessage = /^(?:bounces?|return|msprvs|verp|b|em|er|mta)[-_.=\d]|-(?:return|bounces?)-\d/;

/**
 * The sender under an address made for one message or recipient: BATV (`prvs=tag=`), SRS (`SRS0=hash=day=domain=local`), VERP
 * (`bounces+name=domain`, numbers).
 */
export function steadySender(from: string): string {
  const at = from.lastIndexOf('@');
  if (at < 0) return from;
  let local = from.slice(0, at);
  if (!local.includes('=') && !local.includes('+') && !local.includes('-') && !hasDigit.test(local)) return from;
  const batv = /^prvs=[^=]*=(.+)$/.exec(local);
  if (batv?.[1] !== undefined) local = batv[1];
  const srs = /^srs[01][=+-].*=([^=]+)=([^=]+)$/.exec(local);
  if (srs !== null) return `${srs[2]}@${srs[1]}`;
  const plus = local.indexOf('+');
  if (plus > 0) local = local.slice(0, plus);
  const isMade = madeForOneMessage.test(local);
  if (!isMade && local.length === at) return from; // nothing was taken off: no new text for most senders
  return (isMade ? local.replace(/\d+/g, '0') : local) + from.slice(at);
}
