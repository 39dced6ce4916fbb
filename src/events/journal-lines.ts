// A batch of journal lines for all who look at them on their way through the keeper. A line becomes text when somebody asks for it: of a text cut
// out of the whole batch, whoever keeps a word would keep the batch.
import type { EventType } from '../model/events.ts';
import { eventTypes, importanceOfLine, type Importance } from './importance.ts';
import { codeOf, importanceShift, JournalBox, quietBit, typeBits, type JournalBytes } from './journal-bytes.ts';

export class JournalLines {
  /** The batch as the recorder wrote it. */
  readonly bytes: Buffer;
  readonly #ends: Uint32Array;
  readonly #marks: Uint16Array;
  /** By code of a type, whether the batch has it; null until somebody asks. */
  #present: Uint8Array | null = null;

  constructor({ bytes, ends, marks }: JournalBytes) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#ends = ends;
    this.#marks = marks;
  }

  /** A batch of lines that were written elsewhere, or before. */
  static of(lines: readonly string[]): JournalLines {
    const box = new JournalBox();
    for (const line of lines) box.add(`${line}\n`, { ...importanceOfLine(line), isQuiet: false });
    return new JournalLines(box.take());
  }

  get length(): number {
    return this.#ends.length;
  }

  /** All lines, each ended by a line feed. */
  get text(): string {
    return this.bytes.toString();
  }

  /** The type of a line by its number, from 0. */
  type(index: number): EventType | undefined {
    return eventTypes[(this.#marks[index] ?? typeBits) & typeBits];
  }

  /** Whether a line tells detectors nothing. */
  isQuiet(index: number): boolean {
    return ((this.#marks[index] ?? 0) & quietBit) !== 0;
  }

  /** What a line is worth when there is no room for all. */
  importance(index: number): Importance {
    const importance = (this.#marks[index] ?? 0) >> importanceShift;
    return importance === 0 || importance === 1 ? importance : 2;
  }

  /** A line's octets with its line feed. */
  octets(index: number): Buffer {
    return this.bytes.subarray(this.#ends[index - 1] ?? 0, this.#ends[index] ?? 0);
  }

  /** A line by its number, from 0, without its line feed. */
  line(index: number): string {
    return this.bytes.toString('utf8', this.#ends[index - 1] ?? 0, (this.#ends[index] ?? 1) - 1);
  }

  /** The beginning of a line, or all of it where that is short. A letter that is cut off at the end is another. */
  beginning(index: number): string {
    const start = this.#ends[index - 1] ?? 0;
    return this.bytes.toString('utf8', start, Math.min(start + headOctets, (this.#ends[index] ?? 1) - 1));
  }

  /** Whether a line is of one of the types. */
  hasAny(types: ReadonlySet<string>): boolean {
    const present = (this.#present ??= presentIn(this.#marks));
    for (const type of types) if (present[codeOf(type)] === 1) return true;
    return false;
  }
}

function presentIn(marks: Uint16Array): Uint8Array {
  const present = new Uint8Array(typeBits + 1);
  for (const each of marks) present[each & typeBits] = 1;
  return present;
}

/** Room for stamp, type, session and address. */
const headOctets = 200;
