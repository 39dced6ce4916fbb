// The secret with which the prints of content are made. Kept over restarts, so that what was seen yesterday compares with what is seen today.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { HashKey } from '../lib/half-sip-hash.ts';
import { readWhole, replaceWhole, sealed, unsealed } from './whole-file.ts';

const magic = 'FGCKEY1\n';
const octets = 8;

/** Reads the key of the state directory, or makes one. Where it cannot be written it holds until the next start, and that is told. */
export async function openContentKey(dir: string, trouble: (why: string) => void): Promise<HashKey> {
  const file = join(dir, 'content-key');
  const found = await readWhole(file, trouble);
  const known = found === null ? null : unsealed(magic, found);
  if (known?.length === octets) return keyOf(known);
  const fresh = randomBytes(octets);
  await replaceWhole(file, sealed(magic, fresh)).catch((error: unknown) => trouble(`${file} cannot be written: ${String(error)}`));
  return keyOf(fresh);
}

const keyOf = (secret: Buffer): HashKey => ({ k0: secret.readInt32LE(0), k1: secret.readInt32LE(4) });
