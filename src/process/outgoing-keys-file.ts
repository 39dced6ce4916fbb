// The keys with which what leaves us is signed, in a file of their own: they prove when the memory of what left is lost, damaged or of another size.
import { join } from 'node:path';
import { readWhole, replaceWhole, sealed, unsealed } from './whole-file.ts';

const magic = 'FGKEY1\n\0';
const fileIn = (dir: string): string => join(dir, 'outgoing-keys');

/** Fills `keys`; false where there is no file, or none that is whole, which is told. */
export async function readOutgoingKeys(dir: string, keys: SharedArrayBuffer, trouble: (why: string) => void): Promise<boolean> {
  const file = await readWhole(fileIn(dir), trouble);
  if (file === null) return false;
  const content = unsealed(magic, file);
  if (content === null || content.length !== keys.byteLength) {
    trouble(`${fileIn(dir)} is damaged: the copy in outgoing-memory is taken, or new keys are made`);
    return false;
  }
  Buffer.from(keys).set(content);
  return true;
}

/** On the disk when it resolves. */
export const writeOutgoingKeys = (dir: string, keys: SharedArrayBuffer): Promise<void> => replaceWhole(fileIn(dir), sealed(magic, Buffer.from(keys)));
