// A client that tries again after a "try later" sends nothing new (engineering 2.1): its first try is seen, and what becomes of it in the end.
import { RecentMap } from '../../lib/recent-map.ts';

/** Four hours: most queues have tried several times by then. */
const keepMs = 4 * 3_600_000;
/** Deferred mail remembered at most; beyond it a retry counts as new. */
const mostKept = 100_000;

export class Retries {
  readonly #deferred = new RecentMap<true>({ capacity: mostKept, keepMs });

  get size(): number {
    return this.#deferred.size;
  }

  /** Nothing waits for another try: a try that is not deferred is the first, and nobody needs to name it. */
  get isIdle(): boolean {
    return this.#deferred.size === 0;
  }

  /** What a try is: `first`, a `repeat` that is deferred once more and is not to be seen, or the `end` of one that was deferred. */
  note(key: string, isDeferred: boolean, at: number): 'first' | 'repeat' | 'end' {
    const isKnown = this.#deferred.get(key, at) !== undefined;
    if (isDeferred) {
      if (!isKnown) this.#deferred.set(key, true, at);
      return isKnown ? 'repeat' : 'first';
    }
    if (isKnown) this.#deferred.delete(key);
    return isKnown ? 'end' : 'first';
  }
}
