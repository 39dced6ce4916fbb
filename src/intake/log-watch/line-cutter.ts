// Bytes of a log into lines. A line longer than the limit is cut: its rest is thrown away, so that a stranger who gets a megabyte into a
// log does not get it into our memory. Each line is a text of its own: a slice of a large text would keep all of it alive.
import { isAscii, isUtf8 } from 'node:buffer';

/** Bytes kept of a line. Syslog daemons cut at 1 to 64 KiB. */
export const maxLineBytes = 65_536;

const newline = 10;

/** Cuts what it is given, chunk by chunk, and remembers the line that is not over yet. */
export class LineCutter {
  readonly #onLine: (line: string) => void;
  /** The beginning of the line that is not over; at most `maxLineBytes`. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  /** Bytes of that line, also those thrown away. */
  #openBytes = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Bytes taken that belong to a line without an end. */
  get openBytes(): number {
    return this.#openBytes;
  }

  /** The chunk is not kept. */
  push(chunk: Buffer): void {
    const ascii = isAscii(chunk);
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      if (this.#openBytes > 0) this.#complete(chunk.subarray(from, end));
      else this.#onLine(ascii ? textOfAscii(chunk, from, end) : textOf(chunk.subarray(from, end)));
      from = end + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** The log is over: a last line without a line end is a line. */
  end(): void {
    if (this.#openBytes > 0) this.#complete(Buffer.alloc(0));
  }

  /** Throws away what is not a whole line. */
  forget(): void {
    this.#begun = [];
    this.#begunBytes = 0;
    this.#openBytes = 0;
  }

  #complete(rest: Buffer): void {
    this.#keep(rest);
    const line = Buffer.concat(this.#begun, this.#begunBytes);
    this.forget();
    this.#onLine(textOf(line));
  }

  #keep(part: Buffer): void {
    this.#openBytes += part.length;
    const room = Math.max(0, maxLineBytes - this.#begunBytes);
    if (room === 0 || part.length === 0) return;
    // The chunk's memory is used again for the next one.
    this.#begun.push(Buffer.from(part.subarray(0, room)));
    this.#begunBytes += Math.min(room, part.length);
  }
}

const isReturn = (code: number | undefined): boolean => code === 13;

function textOfAscii(chunk: Buffer, from: number, end: number): string {
  const last = isReturn(chunk[end - 1]) && end > from ? end - 1 : end;
  return chunk.toString('latin1', from, Math.min(last, from + maxLineBytes));
}

/** UTF-8 where it is, else Latin-1: old servers write what the client said, byte for byte. */
function textOf(bytes: Buffer): string {
  const end = isReturn(bytes.at(-1)) ? bytes.length - 1 : bytes.length;
  const line = bytes.subarray(0, Math.min(end, maxLineBytes));
  return isUtf8(line) ? line.toString('utf8') : line.toString('latin1');
}
