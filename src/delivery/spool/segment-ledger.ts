// Which segments still have mail in them. A mark is written into the log beside a segment; the segment goes when all of it is done and it cannot grow any more.
import { Marks, type Mark } from './marks.ts';
import { parseSegmentName } from './segment-file.ts';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Who hears what goes wrong, in words, and which segment is removed at this moment. */
export interface LedgerListener {
  trouble(why: string): void;
  removed(segment: string): void;
}

export class SegmentLedger {
  readonly #marks: Marks;
  readonly #hear: LedgerListener;
  /** Messages that are not done, by segment. */
  readonly #left = new Map<string, number>();
  /** The newest segment of each writer: it may still grow. */
  readonly #newest = new Map<string, number>();
  /** Of a process before us. The last of each writer is not among them: while it is there no number is given twice. */
  readonly #closed = new Set<string>();
  /** Of messages that are done: no more than were ever waiting. */
  readonly #unwritten = new Map<string, { readonly segment: string; readonly mark: Mark }>();

  constructor(dir: string, hear: LedgerListener) {
    this.#marks = new Marks(dir);
    this.#hear = hear;
  }

  /** Segments that were there before any door wrote. */
  noteClosed(segments: Iterable<string>): void {
    const last = new Map<string, number>();
    const parsed = [...new Set(segments)].flatMap((segment) => {
      const found = parseSegmentName(segment);
      return found === null ? [] : [{ segment, ...found }];
    });
    for (const { name, number } of parsed) last.set(name, Math.max(number, last.get(name) ?? 0));
    for (const { segment, name, number } of parsed) if (number !== last.get(name)) this.#closed.add(segment);
  }

  /** Something in it cannot be read here: it is never removed. */
  pin(segment: string): void {
    this.enter(segment);
  }

  /** Removes a segment whose messages are all done. */
  async removeNow(segment: string): Promise<void> {
    this.#left.delete(segment);
    this.#closed.delete(segment);
    this.#hear.removed(segment);
    await this.#marks.remove(segment).catch((error: unknown) => this.#hear.trouble(`${segment} cannot be removed: ${reasonOf(error)}`));
  }

  /** A message stands in it that is not done. */
  enter(segment: string): void {
    this.#left.set(segment, (this.#left.get(segment) ?? 0) + 1);
  }

  /** A door writes to it: those it wrote before are full. */
  noteGrowing(segment: string): void {
    const parsed = parseSegmentName(segment);
    if (parsed === null || parsed.number <= (this.#newest.get(parsed.name) ?? 0)) return;
    this.#newest.set(parsed.name, parsed.number);
    this.#sweep();
  }

  /** False where it could not be written, as on a full disk: it is tried again with each flush, and until then a crash would make it as if it had not happened. */
  mark(segment: string, mark: Mark): boolean {
    const trouble = this.#write(segment, mark);
    if (trouble === null) return true;
    if ('done' in mark) this.#unwritten.set(mark.id, { segment, mark });
    this.#hear.trouble(`${mark.id} cannot be marked${'done' in mark ? ' as done yet, and may come twice after a crash' : ''}: ${trouble}`);
    return false;
  }

  /** The message is done though no mark says so yet. */
  isDone(id: string): boolean {
    return this.#unwritten.has(id);
  }

  /** The message is done, whatever became of it. */
  done(segment: string, mark: Mark): boolean {
    const isMarked = this.mark(segment, mark);
    const left = (this.#left.get(segment) ?? 1) - 1;
    this.#left.set(segment, left);
    if (left === 0) this.#sweep();
    return isMarked;
  }

  /** Brings the marks to the disk, those too that could not be written before. */
  flush(): Promise<void> {
    // A segment that has gone needs no marks, and marks that stand alone are removed at the next start.
    for (const [id, { segment, mark }] of this.#unwritten) if (!this.#left.has(segment) || this.#write(segment, mark) === null) this.#unwritten.delete(id);
    return this.#marks.flush();
  }

  close(): void {
    this.#marks.close();
  }

  #write(segment: string, mark: Mark): string | null {
    try {
      this.#marks.write(segment, mark);
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  }

  #sweep(): void {
    for (const [segment, count] of this.#left) if (count === 0 && !this.#mayGrow(segment)) void this.removeNow(segment);
  }

  #mayGrow(segment: string): boolean {
    if (this.#closed.has(segment)) return false;
    const parsed = parseSegmentName(segment);
    return parsed === null || parsed.number >= (this.#newest.get(parsed.name) ?? 0);
  }
}
