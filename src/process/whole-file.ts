// Files of the state directory that are read at the start and written anew as a whole.
import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';

/** The content; null where there is no such file, and where it cannot be read, which is told. */
export async function readWhole(file: string, trouble: (why: string) => void): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) trouble(`${file} cannot be read: ${String(error)}`);
    return null;
  }
}

/** A crash leaves the old file or the new one, whole. For us alone: it may hold keys. */
export async function replaceWhole(file: string, content: Buffer): Promise<void> {
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}

const digestOctets = 32;

/** With what it is in front (`magic`) and its SHA-256 behind. */
export function sealed(magic: string, content: Buffer): Buffer {
  const all = Buffer.concat([Buffer.from(magic), content]);
  return Buffer.concat([all, createHash('sha256').update(all).digest()]);
}

/** What was sealed; null where it is something else or damaged. */
export function unsealed(magic: string, file: Buffer): Buffer | null {
  const all = file.subarray(0, -digestOctets);
  const isWhole = all.subarray(0, magic.length).equals(Buffer.from(magic)) && createHash('sha256').update(all).digest().equals(file.subarray(-digestOctets));
  return isWhole ? all.subarray(magic.length) : null;
}
