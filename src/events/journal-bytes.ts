// Journal lines on their way from a door to the keeper: octets that change hands without being copied, and beside them what the writer knows of
// each line. Nobody has to search for line ends and types again, and a flood makes no large texts for a collector to carry about.
import { eventTypes } from './importance.ts';

export interface JournalBytes {
  /** Lines in UTF-8, each ended by a line feed. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Behind the line feed of each line. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Of each line its type's place in `eventTypes`, and `quietMark`. */
  readonly marks: Uint8Array<ArrayBuffer>;
}

/** Set for a line that tells detectors nothing (`passedSilently`). There are fewer than 128 types. */
export const quietMark = 0x80;

/** An octet of text becomes at most three of UTF-8. */
const mostOctets = 3;
/** The first memory, in octets: quiet doors ship a few lines 20 times a second. */
const leastBytes = 4096;

/** The mark of a type that this program does not know. */
const strange = 0x7f;
const codes: ReadonlyMap<string, number> = new Map(eventTypes.map((type, code) => [type, code]));

/** A type's place in `eventTypes`. */
export const codeOf = (type: string): number => codes.get(type) ?? strange;

/** Gathers lines. Memory is made as the last batch needed it, and grows. */
export class JournalBox {
  #buffer = Buffer.allocUnsafeSlow(leastBytes);
  #length = 0;
  #ends: number[] = [];
  #marks: number[] = [];

  /** Octets gathered. */
  get length(): number {
    return this.#length;
  }

  /** Lines gathered. */
  get lines(): number {
    return this.#ends.length;
  }

  /** Takes a line with its line feed. */
  add(line: string, type: string, isQuiet: boolean): void {
    const most = this.#length + line.length * mostOctets;
    if (most > this.#buffer.length) this.#grow(most);
    this.#length += this.#buffer.write(line, this.#length);
    this.#ends.push(this.#length);
    this.#marks.push(codeOf(type) | (isQuiet ? quietMark : 0));
  }

  /** Hands out what was gathered, memory and all, and begins anew. */
  take(): JournalBytes {
    const taken = { bytes: new Uint8Array(this.#buffer.buffer, 0, this.#length), ends: Uint32Array.from(this.#ends), marks: Uint8Array.from(this.#marks) };
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(leastBytes, 1.25 * this.#length));
    this.#length = 0;
    this.#ends = [];
    this.#marks = [];
    return taken;
  }

  #grow(most: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(most, 2 * this.#buffer.length));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
