// Messages that an operator has stopped or thrown away: in no line, on the disk like the others. What was thrown away can be had back for a day and takes none
// of the spool's room meanwhile; of such there are so many at most, and the oldest go first.
import type { Parked } from './marks.ts';
import type { Queued } from './route-queue.ts';

/** Milliseconds in which a discarded message can be had back: a day, as in the queues of other servers. */
export const undoForMs = 24 * 3_600_000;

export interface ParkedMessage {
  readonly queued: Queued;
  readonly parked: Parked;
}

export class ParkedMessages {
  readonly #most: number;
  readonly #held = new Map<string, ParkedMessage>();
  /** Oldest first. */
  readonly #discarded = new Map<string, ParkedMessage>();

  /** `most` discarded messages are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  find(id: string): ParkedMessage | undefined {
    return this.#held.get(id) ?? this.#discarded.get(id);
  }

  put(queued: Queued, parked: Parked): void {
    this.take(queued.item.id);
    (parked.state === 'held' ? this.#held : this.#discarded).set(queued.item.id, { queued, parked });
  }

  take(id: string): ParkedMessage | undefined {
    const found = this.find(id);
    this.#held.delete(id);
    this.#discarded.delete(id);
    return found;
  }

  /** Discarded messages whose time is over, or for which there are too many younger ones; taken out, `most` at once. */
  over(now: number, most: number): readonly Queued[] {
    const over: Queued[] = [];
    for (const { queued, parked } of this.#discarded.values()) {
      const isOver = this.#discarded.size > this.#most || (parked.state === 'discarded' && now - parked.at >= undoForMs);
      if (!isOver || over.length === most) break;
      this.#discarded.delete(queued.item.id);
      over.push(queued);
    }
    return over;
  }

  heldOf(route: string): number {
    let count = 0;
    for (const { queued } of this.#held.values()) if (queued.item.route === route) count += 1;
    return count;
  }

  get discarded(): number {
    return this.#discarded.size;
  }
}
