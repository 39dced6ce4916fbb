// The mailbox behind an address: without regard to case, and without the part behind the first plus sign (RFC 5233).

/** `anna@example.org` for `Anna+shop@Example.org`. Where a hub knows no subaddresses two mailboxes count as one. */
export function bareAddress(address: string): string {
  const lower = address.toLowerCase();
  const at = lower.lastIndexOf('@');
  const plus = lower.indexOf('+', 1); // a first letter is there in any case
  return plus < 0 || plus > at ? lower : lower.slice(0, plus) + lower.slice(at);
}
