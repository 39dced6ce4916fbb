// The messages of one next hop: whose turn it is, who waits for another try, and how many go out at once. Pure; times are given: `steady` ones for pauses and tries,
// for a clock that is set back must not stop the queue, and the wall clock's for a message's own time.
import { spoolClasses, type SpoolClass, type SpoolItem } from '../../model/spool.ts';
import { clockWasSetBy } from '../../lib/clock-guard.ts';
import { Fifo } from '../../lib/fifo.ts';

/** A message in the queue. */
export interface Queued {
  readonly item: SpoolItem;
  /** Who has it already, as they were written. */
  served: readonly string[];
  /** Attempts that ended in a deferral. */
  tries: number;
  /** By the steady clock. */
  nextTryAt: number;
  /** An operator let it go again: it is tried once though its time may be over. */
  mayOutstay: boolean;
  /** Why the next hop may have it though it did not say so; null where there is no doubt. */
  doubt: string | null;
  /** How often it may have got it without a word. */
  doubts: number;
  /** How often the next hop was away when it was this message's turn. */
  losses: number;
}

/** Waits after the first deferral, the second and so on, in ms (RFC 5321 4.5.4.1 asks for half an hour in the long run); the last one holds from then on. */
const retryMs: readonly number[] = [60_000, 300_000, 900_000, 1_800_000, 3_600_000];
/** So many times one message asks whether the next hop is back; beyond it others do, and it waits by the schedule up to this step of it. */
const mostLosses = 1;
const mostLostStep = 2;
/** Lost so often at most it was the next hop, not the message: it need not wait once the next hop is back. */
const mostInnocentLosses = 3;
/** First pause when the next hop is away, in ms; it doubles up to the longest. */
const firstPauseMs = 1000;

/** The message's time is over. Of mail that came while the clock was not set yet nobody knows the age. */
export const isOver = ({ item, mayOutstay }: Pick<Queued, 'item' | 'mayOutstay'>, now: number): boolean =>
  item.expiresAt <= now && !mayOutstay && item.queuedAt >= clockWasSetBy;

export class RouteQueue {
  readonly #ready: Readonly<Record<SpoolClass, Fifo<Queued>>> = { person: new Fifo(), automatic: new Fifo(), bulk: new Fifo() };
  /** One a wait of the schedule: within it, who came first is due first. */
  readonly #deferred: readonly Fifo<Queued>[] = retryMs.map(() => new Fifo<Queued>());
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #width = 1;
  underWay = 0;
  /** Why it is away; null where it is there, as far as is known. */
  away: string | null = null;

  get size(): number {
    return [...Object.values(this.#ready), ...this.#deferred].reduce((sum, { size }) => sum + size, 0);
  }

  add(queued: Queued): void {
    this.#ready[queued.item.class].push(queued);
  }

  /** The next to be tried now; null where none is, or as many are under way as may be. */
  next(steady: number): Queued | null {
    if (steady < this.#pausedUntil || this.underWay >= this.#width) return null;
    this.#bringBackDue(steady);
    for (const ofClass of spoolClasses) {
      const queued = this.#ready[ofClass].take();
      if (queued === undefined) continue;
      this.underWay += 1;
      return queued;
    }
    return null;
  }

  /** Who has waited for another try came before those who have not been tried; among themselves they keep their order. */
  #bringBackDue(steady: number): void {
    for (const fifo of this.#deferred) {
      const due: Queued[] = [];
      for (let head = fifo.peek(); head !== undefined && head.nextTryAt <= steady; head = fifo.peek()) {
        fifo.take();
        due.push(head);
      }
      for (const queued of due.reverse()) this.#ready[queued.item.class].putBack(queued);
    }
  }

  /** Those whose time is over, taken out; `most` of them. Of each line the head is looked at: who came first is over first, as good as. */
  expired(now: number, most: number): readonly Queued[] {
    const over: Queued[] = [];
    for (const fifo of [...Object.values(this.#ready), ...this.#deferred])
      for (let head = fifo.peek(); head !== undefined && isOver(head, now) && over.length < most; head = fifo.peek()) {
        fifo.take();
        over.push(head);
      }
    return over;
  }

  /** It answered: twice as many at once, up to `most`. */
  answered(most: number): void {
    if (this.away !== null) this.#bringBackInnocent();
    this.#failures = 0;
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
    this.away = null;
    this.#width = Math.min(most, this.#width * 2);
  }

  /** Behind all others: should it be one of them that it does not get over, the others are out. */
  #bringBackInnocent(): void {
    for (const fifo of this.#deferred)
      for (let left = fifo.size; left > 0; left -= 1) {
        const queued = fifo.take();
        if (queued === undefined) break;
        if (queued.losses > mostLosses && queued.losses <= mostInnocentLosses) this.add(queued);
        else fifo.push(queued);
      }
  }

  /** It put a message off, or was lost over it: half as many at once. */
  putOff(queued: Queued, steady: number): void {
    this.#width = Math.max(1, Math.floor(this.#width / 2));
    this.#defer(queued, steady, retryMs.length - 1);
  }

  #defer(queued: Queued, steady: number, mostStep: number): void {
    const step = Math.min(queued.tries, mostStep);
    queued.tries += 1;
    queued.nextTryAt = steady + (retryMs[step] ?? 0);
    this.#deferred[step]?.push(queued);
  }

  #hasReady(): boolean {
    return Object.values(this.#ready).some(({ size }) => size > 0);
  }

  /**
   * It is away: the message goes back to the head, and one alone asks again later. Over the same message twice, another asks: it may be this message that it
   * does not get over.
   */
  lost(queued: Queued, why: string, { steady, longestPauseMs }: { readonly steady: number; readonly longestPauseMs: number }): void {
    queued.losses += 1;
    if (queued.losses > mostLosses && this.#hasReady()) this.#defer(queued, steady, mostLostStep);
    else this.#ready[queued.item.class].putBack(queued);
    this.#width = 1;
    this.away = why;
    if (steady < this.#pausedUntil) return; // others of the same moment
    this.#pausedUntil = steady + Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 30);
  }

  /** Takes these out, wherever they stand; what is under way is in no line. */
  takeOut(ids: ReadonlySet<string>): readonly Queued[] {
    const out: Queued[] = [];
    for (const fifo of [...Object.values(this.#ready), ...this.#deferred])
      for (let left = fifo.size; left > 0; left -= 1) {
        const queued = fifo.take();
        if (queued === undefined) break;
        if (ids.has(queued.item.id)) out.push(queued);
        else fifo.push(queued);
      }
    return out;
  }

  /** An operator says that it is back. */
  retryNow(steady: number): void {
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
    this.#failures = 0;
    for (const fifo of this.#deferred)
      for (let each = fifo.take(); each !== undefined; each = fifo.take()) {
        each.nextTryAt = steady;
        this.add(each);
      }
  }
}
