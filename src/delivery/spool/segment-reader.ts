// Segments that are read from: a few stay open, because one message after the other is read from the same. What is removed is closed at once, or its room on the disk
// would not come back.
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

interface OpenFile {
  readonly file: Promise<FileHandle>;
  readers: number;
  /** Nobody new reads from it: the last who does closes it. */
  isOver: boolean;
  /** Where the last one who read ended. */
  nextAt: number;
  ahead: Ahead | null;
}

/** Octets from a place on that were read for those who come next; fewer than asked for where the segment ended. */
interface Ahead {
  readonly from: number;
  readonly octets: Promise<Buffer>;
}

/** Files open at most, beside those that are being read: the segments of a few doors. */
const mostOpen = 8;
/** Bytes read at once where one message after the other is read: some sixty of the usual size. */
const aheadBytes = 256 * 1024;

export class SegmentReader {
  readonly #dir: string;
  /** The one used longest ago first. */
  readonly #open = new Map<string, OpenFile>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** So many bytes from a place on, fewer where the segment ends; rejects where it cannot be read. */
  async read(segment: string, at: number, bytes: number): Promise<Buffer> {
    const opened = this.#openFor(segment);
    opened.readers += 1;
    try {
      return (await readAhead(opened, at, bytes)) ?? (await readExactly(opened, at, bytes));
    } catch (error) {
      if (this.#open.get(segment) === opened) this.forget(segment); // another try opens it anew
      throw error;
    } finally {
      opened.readers -= 1;
      closeIfOver(opened);
    }
  }

  /** The segment is removed, or another file may have its name. */
  forget(segment: string): void {
    const opened = this.#open.get(segment);
    if (opened === undefined) return;
    this.#open.delete(segment);
    opened.isOver = true;
    closeIfOver(opened);
  }

  close(): void {
    for (const segment of this.#open.keys()) this.forget(segment);
  }

  /** Files that are held open. */
  get size(): number {
    return this.#open.size;
  }

  #openFor(segment: string): OpenFile {
    const opened = this.#open.get(segment) ?? { file: open(join(this.#dir, segment), 'r'), readers: 0, isOver: false, nextAt: -1, ahead: null };
    this.#open.delete(segment);
    this.#open.set(segment, opened);
    if (this.#open.size > mostOpen) this.forget(this.#open.keys().next().value ?? segment);
    return opened;
  }
}

/** Out of what was read ahead, which begins with whoever reads on where the last one ended; null where it is not in there. */
async function readAhead(opened: OpenFile, at: number, bytes: number): Promise<Buffer | null> {
  const isNext = at === opened.nextAt && bytes <= aheadBytes;
  opened.nextAt = at + bytes;
  if (isNext && !isWithin(opened.ahead, at, bytes)) opened.ahead = { from: at, octets: readExactly(opened, at, aheadBytes) };
  const { ahead } = opened;
  if (ahead === null || !isWithin(ahead, at, bytes)) return null;
  const octets = await ahead.octets.catch(() => null); // what cannot be read may be another's
  const from = at - ahead.from;
  return octets === null || from + bytes > octets.length ? null : octets.subarray(from, from + bytes);
}

const isWithin = (ahead: Ahead | null, at: number, bytes: number): boolean => ahead !== null && at >= ahead.from && at + bytes <= ahead.from + aheadBytes;

async function readExactly({ file }: OpenFile, at: number, bytes: number): Promise<Buffer> {
  const octets = Buffer.allocUnsafeSlow(bytes);
  const { bytesRead } = await (await file).read(octets, 0, bytes, at);
  return octets.subarray(0, bytesRead);
}

function closeIfOver({ file, readers, isOver }: OpenFile): void {
  if (!isOver || readers > 0) return;
  file.then(
    (handle) => handle.close(),
    () => {}, // it was never open
  );
}
