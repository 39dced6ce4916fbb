// What keeper and doors share of recipients' releases: the key, the folder, the address.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/options.ts';
import { readWhole, replaceWhole, sealed, unsealed } from './whole-file.ts';

/** The folder in the state directory. */
export const digestDir = (state: string): string => join(state, 'digest');

/** Where recipients write to release. */
export const releaseAddressOf = ({ site: { hostname }, quarantine: { digest } }: Config): string => digest?.address ?? `release@${hostname}`;

const magic = 'FGRKEY1\n';
const octets = 32;

/** Reads the key that signs release tokens, or makes one, for our user alone. Without the old one the links of earlier letters release nothing. */
export async function openReleaseKey(dir: string, trouble: (why: string) => void): Promise<Buffer> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, 'key');
  const found = await readWhole(file, trouble);
  const known = found === null ? null : unsealed(magic, found);
  if (known?.length === octets) return known;
  if (found !== null) trouble(`${file} is damaged: a new key is made, and the links of letters so far release nothing`);
  const fresh = randomBytes(octets);
  await replaceWhole(file, sealed(magic, fresh)).catch((error: unknown) => trouble(`${file} cannot be written: ${String(error)}`));
  return fresh;
}
