// Segments that are read from: a few stay open, because one message after the other is read from the same. What is removed is closed at once, or its room on the disk
// would not come back.
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

interface OpenFile {
  readonly file: Promise<FileHandle>;
  readers: number;
  /** Nobody new reads from it: the last who does closes it. */
  isOver: boolean;
}

/** Files open at most, beside those that are being read: the segments of a few doors. */
const mostOpen = 8;

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
      const octets = Buffer.alloc(bytes);
      const { bytesRead } = await (await opened.file).read(octets, 0, bytes, at);
      return octets.subarray(0, bytesRead);
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
    const opened = this.#open.get(segment) ?? { file: open(join(this.#dir, segment), 'r'), readers: 0, isOver: false };
    this.#open.delete(segment);
    this.#open.set(segment, opened);
    if (this.#open.size > mostOpen) this.forget(this.#open.keys().next().value ?? segment);
    return opened;
  }
}

function closeIfOver({ file, readers, isOver }: OpenFile): void {
  if (!isOver || readers > 0) return;
  file.then(
    (handle) => handle.close(),
    () => {}, // it was never open
  );
}
