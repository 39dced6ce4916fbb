// Whether an address is read by whoever has an account: what must not reach a thief must not be sent there.

const key = (text: string): string => text.trim().normalize('NFC').toLowerCase();

/** `bob` and `bob@example.org` read what is written to bob@example.org and bob+more@example.org, where example.org is ours. */
export function isOwnMailbox(user: string, address: string, domains: readonly string[]): boolean {
  const name = key(user);
  const mailbox = key(address);
  if (name === mailbox) return true;
  const at = mailbox.lastIndexOf('@');
  const localPart = mailbox.slice(0, at).split('+', 1)[0] ?? '';
  return localPart === (name.split('@', 1)[0] ?? '') && domains.includes(mailbox.slice(at + 1));
}
