// A file read through a window: whoever walks through it sees any part of it, and memory holds a few megabytes of it.
import type { FileHandle } from 'node:fs/promises';

/** Bytes that are read at once. */
const usualWindowBytes = 4 * 1024 ** 2;

export class FileWindow {
  readonly #file: FileHandle;
  readonly #windowBytes: number;
  #octets: Buffer = Buffer.alloc(0);
  #from = 0;

  constructor(file: FileHandle, windowBytes = usualWindowBytes) {
    this.#file = file;
    this.#windowBytes = windowBytes;
  }

  /** So many bytes from a place on; fewer where the file ends. They hold until the next call. */
  async view(at: number, bytes: number): Promise<Buffer> {
    const isInside = at >= this.#from && at + bytes <= this.#from + this.#octets.length;
    if (!isInside) await this.#read(at, Math.max(bytes, this.#windowBytes));
    return this.#octets.subarray(at - this.#from, at - this.#from + bytes);
  }

  /** All between two places, piece by piece. */
  async *pieces(from: number, to: number): AsyncIterable<Buffer> {
    for (let at = from; at < to;) {
      const piece = await this.view(at, Math.min(this.#windowBytes, to - at));
      if (piece.length === 0) return;
      yield piece;
      at += piece.length;
    }
  }

  /** Where these octets stand, from a place on; -1 where they do not. */
  async indexOf(sought: Buffer, from: number): Promise<number> {
    for (let at = from; ; at += this.#windowBytes) {
      const piece = await this.view(at, this.#windowBytes + sought.length - 1);
      const index = piece.indexOf(sought);
      if (index >= 0) return at + index;
      if (piece.length < this.#windowBytes) return -1;
    }
  }

  async #read(at: number, bytes: number): Promise<void> {
    const octets = Buffer.allocUnsafe(bytes);
    let filled = 0;
    while (filled < bytes) {
      const { bytesRead } = await this.#file.read(octets, filled, bytes - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.#from = at;
    this.#octets = octets.subarray(0, filled);
  }
}
