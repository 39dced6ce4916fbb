// Journal lines on their way from a door to the keeper: octets that change hands without being copied, and beside them what the writer knows of
// each line. Nobody has to search for line ends and types again, and a flood makes no large texts for a collector to carry about.
import { eventTypes, type Importance } from './importance.ts';

export interface JournalBytes {
  /** Lines in UTF-8, each ended by a line feed. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Behind the line feed of each line. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** What is known of each line, as `markOf` has it. */
  readonly marks: Uint16Array<ArrayBuffer>;
}

/** What a door knows of a line. */
export interface LineMark {
  readonly type: string;
  /** What it is worth when there is no room for all. */
  readonly importance: Importance;
  /** It tells detectors nothing. */
  readonly isQuiet: boolean;
}

/** A mark is the type's place in `eventTypes`, of which there are fewer than 127; then one bit for the quiet, and the importance. */
export const typeBits = 0x7f;
export const quietBit = 0x80;
export const importanceShift = 8;

/** An octet of text becomes at most three of UTF-8. */
const mostOctets = 3;
/** The first memory, in octets: quiet doors ship a few lines 20 times a second. */
const leastBytes = 4096;

/** The place of a type that this program does not know. */
const strange = typeBits;
const codes: ReadonlyMap<string, number> = new Map(eventTypes.map((type, code) => [type, code]));

const markOf = ({ type, importance, isQuiet }: LineMark): number => codeOf(type) | (isQuiet ? quietBit : 0) | (importance << importanceShift);

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
  add(line: string, mark: LineMark): void {
    const most = this.#length + line.length * mostOctets;
    if (most > this.#buffer.length) this.#grow(most);
    this.#length += this.#buffer.write(line, this.#length);
    this.#ends.push(this.#length);
    this.#marks.push(markOf(mark));
  }

  /** Hands out what was gathered, memory and all, and begins anew. */
  take(): JournalBytes {
    const taken = { bytes: new Uint8Array(this.#buffer.buffer, 0, this.#length), ends: Uint32Array.from(this.#ends), marks: Uint16Array.from(this.#marks) };
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
