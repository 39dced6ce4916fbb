// The files of a journal: `<first-ms>-<number>.jsonl`, compressed to `.jsonl.zst` once closed. Names sort by age.
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';

export interface Segment {
  readonly path: string;
  /** Clock when the segment was begun, milliseconds since the epoch; an event may be a little older (it waited in a batch). */
  readonly firstMs: number;
  readonly number: number;
  /** On disk. */
  readonly bytes: number;
  readonly compressed: boolean;
}

const namePattern = /^(\d{13,})-(\d{6,})\.jsonl(\.zst)?$/;
const unfinished = '.tmp';

/** The path of a new segment. */
export const segmentPath = (dir: string, firstMs: number, number: number): string =>
  join(dir, `${String(firstMs).padStart(13, '0')}-${String(number).padStart(6, '0')}.jsonl`);

/** All segments, oldest first; an empty list when the directory does not exist. */
export async function listSegments(dir: string): Promise<readonly Segment[]> {
  const found: Segment[] = [];
  for (const name of await namesIn(dir)) {
    const match = namePattern.exec(name);
    if (!match) continue;
    const path = join(dir, name);
    const bytes = await sizeOf(path);
    if (bytes !== null) found.push({ path, firstMs: Number(match[1]), number: Number(match[2]), bytes, compressed: match[3] !== undefined });
  }
  found.sort((a, b) => a.number - b.number || Number(b.compressed) - Number(a.compressed));
  // A crash between rename and removal leaves both forms of one segment: the compressed one was fsynced first, so it is whole.
  return found.filter((segment, index) => found[index - 1]?.number !== segment.number);
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return null; // removed by the limits, or compressed, since it was listed
    throw error;
  }
}

export const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Removes what a crash left half done: unfinished compressions, and plain segments whose compressed form is whole. */
export async function clearLeftovers(dir: string): Promise<void> {
  const names = new Set(await namesIn(dir));
  for (const name of names) {
    if (name.endsWith(unfinished) || names.has(`${name}.zst`)) await rm(join(dir, name), { force: true });
  }
}

/** Compresses a closed segment; the plain file goes only when the compressed one is safe on disk. Gives the new segment. */
export async function compressSegment(segment: Segment): Promise<Segment> {
  const path = `${segment.path}.zst`;
  const temporary = `${path}${unfinished}`;
  try {
    await pipeline(
      createReadStream(segment.path, { highWaterMark: 256 * 1024 }),
      createZstdCompress(),
      createWriteStream(temporary, { mode: 0o600, flush: true }),
    );
    await rename(temporary, path);
    await syncDirectory(join(path, '..'));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await rm(segment.path, { force: true });
  return { ...segment, path, bytes: (await stat(path)).size, compressed: true };
}

/** Makes a rename in a directory durable. */
async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Cuts a torn last line (a crash in the middle of a write). Gives the bytes cut. */
export async function cutTornLine(segment: Segment): Promise<number> {
  const handle = await open(segment.path, 'r+');
  try {
    const block = Buffer.alloc(64 * 1024);
    for (let end = segment.bytes; end > 0;) {
      const start = Math.max(0, end - block.length);
      const { bytesRead } = await handle.read(block, 0, end - start, start);
      const lineEnd = block.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (lineEnd >= 0) {
        const whole = start + lineEnd + 1;
        if (whole < segment.bytes) await handle.truncate(whole);
        return segment.bytes - whole;
      }
      end = start;
    }
    if (segment.bytes > 0) await handle.truncate(0);
    return segment.bytes;
  } finally {
    await handle.close();
  }
}
