// Mailboxes of the embedded store: making them, and which there are.
import { constants } from 'node:fs';
import { access, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addressOfNames, mailboxPath } from './mailbox-path.ts';

/** Makes the mailbox `local@domain` below `root` where it does not exist; its directory. Throws for what is no address. */
export async function createMailbox(root: string, address: string): Promise<string> {
  const at = address.lastIndexOf('@');
  const path = at < 1 ? null : mailboxPath(root, address.slice(0, at), address.slice(at + 1));
  if (path === null) throw new Error(`"${address}" is no mailbox address; write it like user@example.org`);
  // `new` at last: by it a mailbox is known, and then it must be complete.
  for (const name of ['tmp', 'cur', 'new']) await mkdir(join(path, name), { recursive: true, mode: 0o700 });
  // A crash must not take back the mailbox of mail that was acknowledged.
  for (const directory of [path, dirname(path), root]) await syncDirectory(directory);
  return path;
}

/** The directories of this name, one a domain, of those that are there. */
export async function mailboxesNamed(root: string, name: string): Promise<string[]> {
  const places = await directories(root);
  const paths = places.sort().map((place) => join(root, place, name));
  const there = await Promise.all(paths.map(isMailbox));
  return paths.filter((_, i) => there[i]);
}

/** Makes what was named or unnamed in a directory survive a crash. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
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
