// Events as they happen, for those who watch. Watchers are few, each has a queue of its own with an end, and nobody waits for them:
// what a slow one misses is counted and told.
import { isDecisionLine } from './recent-decisions.ts';

/** What a watcher gets next. */
export type LiveItem =
  | { readonly kind: 'event'; readonly line: string }
  /** So many events did not fit in its queue, at this place. */
  | { readonly kind: 'missed'; readonly missed: number }
  | { readonly kind: 'closed' };

export interface LiveWatcher {
  /** The next item, as soon as there is one. One call at a time. */
  next(): Promise<LiveItem>;
  close(): void;
}

export interface LiveEvents {
  /** A batch on its way into the journal. Costs nothing while nobody watches. */
  publish(journal: string): void;
  /** Null when as many watch as may. */
  watch(options: { readonly all: boolean }): LiveWatcher | null;
  /** How many watch. */
  readonly watchers: number;
}

export interface LiveLimits {
  readonly watchers: number;
  /** Events kept for one watcher. */
  readonly queue: number;
  /** Lines looked at in one batch; the rest counts as missed. */
  readonly linesPerBatch: number;
  /** A watcher who takes nothing for so long while its queue is full is gone, in ms. */
  readonly patienceMs: number;
}

const usual: LiveLimits = { watchers: 20, queue: 1000, linesPerBatch: 2000, patienceMs: 60_000 };

/** Events of one keeper, for its watchers. */
export function createLiveEvents(now: () => number, limits: Partial<LiveLimits> = {}): LiveEvents {
  const { watchers: most, queue, linesPerBatch, patienceMs } = { ...usual, ...limits };
  const watchers = new Set<Watcher>();
  return {
    get watchers() {
      return watchers.size;
    },
    watch: ({ all }) => {
      if (watchers.size >= most) return null;
      const watcher: Watcher = new Watcher({ all, queue, now, left: () => watchers.delete(watcher) });
      watchers.add(watcher);
      return watcher;
    },
    publish: (journal) => {
      if (watchers.size === 0) return;
      const { lines, missed } = linesOf(journal, linesPerBatch);
      const decisions = new Set([...watchers].every(({ all }) => all) ? [] : lines.filter(isDecisionLine));
      for (const watcher of watchers) {
        for (const line of lines) if (watcher.all || decisions.has(line)) watcher.take(line);
        watcher.miss(missed);
        if (watcher.isStuck(patienceMs)) watcher.close();
      }
    },
  };
}

/** The first lines of a batch, and how many more there are. */
function linesOf(journal: string, most: number): { readonly lines: readonly string[]; readonly missed: number } {
  const lines: string[] = [];
  let missed = 0;
  for (let start = 0; start < journal.length;) {
    const end = journal.indexOf('\n', start);
    const stop = end === -1 ? journal.length : end;
    if (lines.length < most) lines.push(journal.slice(start, stop));
    else missed += 1;
    start = stop + 1;
  }
  return { lines, missed };
}

interface WatcherParts {
  readonly all: boolean;
  readonly queue: number;
  now(): number;
  left(): void;
}

class Watcher implements LiveWatcher {
  readonly all: boolean;
  readonly #parts: WatcherParts;
  #queue: string[] = [];
  #missed = 0;
  #closed = false;
  #takenAt: number;
  #wake: ((item: LiveItem) => void) | null = null;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
    this.all = parts.all;
    this.#takenAt = parts.now();
  }

  take(line: string): void {
    // Once something is missed, the gap is told before anything newer: the order stays true.
    if (this.#missed > 0 || this.#queue.length >= this.#parts.queue) this.#missed += 1;
    else this.#queue.push(line);
    this.#deliver();
  }

  miss(count: number): void {
    this.#missed += count;
    this.#deliver();
  }

  isStuck(patienceMs: number): boolean {
    return this.#queue.length >= this.#parts.queue && this.#parts.now() - this.#takenAt > patienceMs;
  }

  next(): Promise<LiveItem> {
    this.#takenAt = this.#parts.now();
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#deliver();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#missed = 0;
    this.#parts.left();
    this.#deliver();
  }

  #deliver(): void {
    const wake = this.#wake;
    const item = wake === null ? null : this.#pick();
    if (wake === null || item === null) return;
    this.#wake = null;
    wake(item);
  }

  #pick(): LiveItem | null {
    if (this.#closed) return { kind: 'closed' };
    const line = this.#queue.shift();
    if (line !== undefined) return { kind: 'event', line };
    if (this.#missed === 0) return null;
    const missed = this.#missed;
    this.#missed = 0;
    return { kind: 'missed', missed };
  }
}
