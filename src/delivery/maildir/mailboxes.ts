// Mailboxes of the embedded store: making them, and which there are.
import { access, mkdir, readdir } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { addressOfNames, mailboxPath } from './mailbox-path.ts';

/** Makes the mailbox `local@domain` below `root` where it does not exist; its directory. Throws for what is no address. */
export async function createMailbox(root: string, address: string): Promise<string> {
  const at = address.lastIndexOf('@');
  const path = at < 1 ? null : mailboxPath(root, address.slice(0, at), address.slice(at + 1));
  if (path === null) throw new Error(`"${address}" is no mailbox address; write it like user@example.org`);
  // `new` at last: by it a mailbox is known, and then it must be complete.
  for (const name of ['tmp', 'cur', 'new']) await mkdir(join(path, name), { recursive: true, mode: 0o700 });
  return path;
}

/** The addresses of all mailboxes below `root`, sorted. */
export async function listMailboxes(root: string): Promise<string[]> {
  const addresses: string[] = [];
  for (const place of await directories(root)) {
    for (const local of await directories(join(root, place))) {
      const address = addressOfNames(place, local);
      if (address !== null && (await isMailbox(join(root, place, local)))) addresses.push(address);
    }
  }
  return addresses.sort();
}

async function directories(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

const isMailbox = (path: string): Promise<boolean> =>
  access(join(path, 'new'), constants.W_OK).then(
    () => true,
    () => false,
  );
