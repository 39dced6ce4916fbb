// Addresses of the envelope (RFC 5321 2.3.11, 4.1.2), as the doors hand them to policy.

/**
 * A checked envelope address. `localPart` is unquoted text ("a b"@x is `a b`); `domain` is lower case, in A-label form where it was IDN,
 * without a trailing dot; an address literal keeps its brackets (`[192.0.2.1]`, `[IPv6:2001:db8::1]`).
 * `text` is the address exactly as the client wrote it between the angle brackets, source route included: only that is sent on.
 * The one address without a domain is `<postmaster>` (RFC 5321 4.5.1): its `domain` is ''.
 */
export interface Mailbox {
  readonly localPart: string;
  readonly domain: string;
  readonly text: string;
  /** The source route `@a,@b:` in front, without the colon; null when there is none (RFC 5321 appendix C). */
  readonly sourceRoute: string | null;
  /** Of a recipient: what its sender wants to be told, and the address it wrote first, as they were written (RFC 3461 4.1, 4.2). */
  readonly notify?: string;
  readonly orcpt?: string;
  /** It was written with a tag of ours that holds (BATV), which is not part of the address. */
  readonly tagged?: true;
}

/** The reverse-path: null is the null sender `<>` of notifications (RFC 5321 4.5.5). */
export type Sender = Mailbox | null;

/** RFC 5322 3.2.3 atext with the dots of a dot-atom, and what SMTPUTF8 adds (RFC 6531 3.3): a local part of these needs no quotes. */
const plainLocalPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u;

const quoted = (localPart: string): string => (plainLocalPart.test(localPart) ? localPart : `"${localPart.replaceAll(/["\\]/g, '\\$&')}"`);

/** `local@domain` for logs, events and list look-ups; '' for the null sender. The local part keeps its case, and its quotes where it needs them. */
export const addressOf = (mailbox: Sender): string => {
  if (mailbox === null) return '';
  return mailbox.domain === '' ? quoted(mailbox.localPart) : `${quoted(mailbox.localPart)}@${mailbox.domain}`;
};
