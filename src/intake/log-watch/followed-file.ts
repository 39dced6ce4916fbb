// One opened file of a followed log: reads what was added, and knows when the file was cut off.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LineCutter } from './line-cutter.ts';
import { tailBytes, tailOf, type LogPosition } from './log-position.ts';

/** Bytes read before others get their turn: about a thousand lines. */
const readBytes = 131_072;

export class FollowedFile {
  readonly device: number;
  readonly inode: number;
  readonly #descriptor: number;
  readonly #cutter: LineCutter;
  readonly #chunk = Buffer.allocUnsafe(readBytes);
  #offset: number;
  /** The last bytes read, as the file must still hold them. */
  #tail: Buffer;

  /** Opens a file at a place; throws when it is not there. */
  constructor(path: string, offset: number, onLine: (line: string) => void) {
    this.#descriptor = openSync(path, 'r');
    const { dev, ino } = fstatSync(this.#descriptor);
    this.device = dev;
    this.inode = ino;
    this.#offset = offset;
    this.#tail = Buffer.from(tailOf(this.#descriptor, offset), 'hex');
    this.#cutter = new LineCutter(onLine);
  }

  /** Reads the next piece; false when there was nothing new. */
  readMore(): boolean {
    const read = readSync(this.#descriptor, this.#chunk, 0, readBytes, this.#offset);
    if (read === 0) return false;
    const bytes = this.#chunk.subarray(0, read);
    this.#cutter.push(bytes);
    this.#offset += read;
    this.#tail = Buffer.from(read >= tailBytes ? bytes.subarray(-tailBytes) : Buffer.concat([this.#tail, bytes]).subarray(-tailBytes));
    return true;
  }

  /** Whether what was read is no longer there: the file was copied and cut off, and may have grown again since. */
  get wasCut(): boolean {
    const { size } = fstatSync(this.#descriptor);
    return size < this.#offset || tailOf(this.#descriptor, this.#offset) !== this.#tail.toString('hex');
  }

  /** Begins again at the first byte, after the file was cut off. What had no line end is gone for ever. */
  startAgain(): void {
    this.#cutter.forget();
    this.#offset = 0;
    this.#tail = Buffer.alloc(0);
  }

  /** The file gets no more: a last line without a line end is a line. */
  finish(): void {
    this.#cutter.end();
  }

  /** Where whole lines end. */
  position(line: number): LogPosition {
    const offset = this.#offset - this.#cutter.openBytes;
    return { device: this.device, inode: this.inode, offset, line, tail: tailOf(this.#descriptor, offset) };
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
