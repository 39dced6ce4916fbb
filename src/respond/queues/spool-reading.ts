// What the stores that read their spool themselves have in common: files come and go while one looks.
import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { QueueTrouble } from './mail-queue.ts';

/** Octets of an envelope file that are read: 100,000 recipients with their headers are fewer. */
const longestEnvelope = 64 * 1024 * 1024;

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** The value, or null where the file is no longer there; what else goes wrong is told with the path. */
export async function unlessGone<T>(path: string, reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (isGone(error)) return null;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EACCES' || code === 'EPERM') throw new QueueTrouble(`${path} may not be read by this user; run the command as root`);
    throw new QueueTrouble(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A whole envelope file; null where it is gone. */
export const readEnvelope = (path: string): Promise<Buffer | null> =>
  unlessGone(
    path,
    readFile(path).then((file) => file.subarray(0, longestEnvelope)),
  );

/** The first octets of a file, behind those that are left out; null where it is gone. */
export const readBeginning = (path: string, maxBytes: number, leaveOut = 0): Promise<Buffer | null> => unlessGone(path, beginningOf(path, maxBytes, leaveOut));

async function beginningOf(path: string, maxBytes: number, leaveOut: number): Promise<Buffer> {
  const file: FileHandle = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.max(0, Math.min(maxBytes, size - leaveOut)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, leaveOut);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Octets of a file; null where it is gone. */
export const sizeOf = async (path: string): Promise<number | null> => (await unlessGone(path, stat(path)))?.size ?? null;

/** Runs over many with a few at a time, in their order: a queue has more files than a process may open. */
export async function* inBatches<T, R>(all: readonly T[], each: (one: T) => Promise<R>, batch = 64): AsyncGenerator<R> {
  for (let from = 0; from < all.length; from += batch) yield* await Promise.all(all.slice(from, from + batch).map(each));
}
