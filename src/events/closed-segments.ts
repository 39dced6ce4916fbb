// The journal's closed segments: compressed one at a time in the background, the oldest removed when a limit is passed.
import { rm } from 'node:fs/promises';
import { compressSegment, type Segment } from './segments.ts';

export interface SegmentLimits {
  /** Bytes on disk above which the oldest segments are removed; the current one counts. */
  readonly maxSize: number;
  /** Milliseconds after which a segment is removed. */
  readonly maxAge: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

export class ClosedSegments {
  readonly #limits: SegmentLimits;
  /** Oldest first. */
  #segments: Segment[];
  #stopped = false;

  constructor(limits: SegmentLimits, segments: readonly Segment[]) {
    this.#limits = limits;
    this.#segments = [...segments];
  }

  all(): readonly Segment[] {
    return [...this.#segments];
  }

  add(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** No further segment is compressed; the one in work is finished. */
  stop(): void {
    this.#stopped = true;
  }

  /** Limits first: what is removed need not be compressed. `current` is the segment being written, if any. */
  async tidy(current: () => Segment | null): Promise<void> {
    await this.#removeBeyondLimits(current);
    for (const segment of this.#segments.filter((each) => !each.compressed)) {
      if (this.#stopped) return;
      const smaller = await compressSegment(segment);
      this.#segments = this.#segments.map((each) => (each.number === segment.number ? smaller : each));
    }
    await this.#removeBeyondLimits(current);
  }

  /** Removes the oldest one if it ended before then; gives its bytes. A segment ends where the next one begins. */
  async giveUpOldest(beforeMs: number, current: Segment | null): Promise<number> {
    const [oldest, second] = this.#segments;
    const endedMs = (second ?? current)?.firstMs;
    if (oldest === undefined || endedMs === undefined || endedMs > beforeMs) return 0;
    await rm(oldest.path, { force: true });
    this.#segments = this.#segments.filter((each) => each !== oldest);
    return oldest.bytes;
  }

  async #removeBeyondLimits(current: () => Segment | null): Promise<void> {
    const { maxSize, maxAge, now } = this.#limits;
    for (;;) {
      const [oldest, second] = this.#segments;
      if (!oldest) return;
      const bytes = this.#segments.reduce((sum, each) => sum + each.bytes, current()?.bytes ?? 0);
      // A segment ends where the next one begins.
      const endedMs = (second ?? current())?.firstMs ?? now();
      if (bytes <= maxSize && now() - endedMs <= maxAge) return;
      await rm(oldest.path, { force: true });
      this.#segments.shift();
    }
  }
}
