// The keys of held mail as a file, read by the keeper and handed to the doors; read again at a reload.
import { readFileSync, statSync } from 'node:fs';
import type { Config } from '../config/options.ts';
import { readKeys, type KeyRing } from '../lib/key-ring.ts';

const worldRead = 0o004;

/** Reads the configured file; null where mail is kept in clear. Throws with the file's name, and nothing of what is in it. */
export function readHeldKeys({ keyFile }: Config['quarantine']): KeyRing | null {
  if (keyFile === undefined) return null;
  if ((statSync(keyFile).mode & worldRead) !== 0) throw new Error(`${keyFile} can be read by every user of this host: chmod 600`);
  const read = readKeys(readFileSync(keyFile, 'utf8'));
  if ('wrong' in read) throw new Error(`${keyFile}: ${read.wrong.join('; ')}`);
  return read.ring;
}
