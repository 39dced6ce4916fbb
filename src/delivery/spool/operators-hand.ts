// What an operator does with single messages of the spool: stops them, throws them away, has them back. Each is marked on the disk before it holds.
import type { Recorder } from '../../model/events.ts';
import type { SpoolItem } from '../../model/spool.ts';
import type { SharedStock } from '../../lib/shared-stock.ts';
import { aboutSpooled } from './giving-up.ts';
import type { Parked } from './marks.ts';
import type { ParkedMessages } from './parked.ts';
import type { Queued } from './route-queue.ts';
import type { SegmentLedger } from './segment-ledger.ts';

/** What became of one message of a command: null, or why it was not done. */
export interface SpoolHandled {
  readonly id: string;
  readonly error: string | null;
}

/** The spool, as the operator's hand reaches into it. */
export interface HandGround {
  readonly ledger: Pick<SegmentLedger, 'mark'>;
  readonly parked: ParkedMessages;
  readonly stock: SharedStock;
  readonly record: Recorder;
  /** Milliseconds since the epoch. */
  now(): number;
  /** A message that is not discarded. */
  waiting(id: string): SpoolItem | undefined;
  isKnown(id: string): boolean;
  /** Takes these out of all lines; what is being delivered is in none. */
  takeOut(ids: ReadonlySet<string>): readonly Queued[];
  /** Puts it into its line, as it stood. */
  putBack(queued: Queued): void;
  /** Something has come into this route's line. */
  pump(route: string): void;
}

const busy = 'is being delivered at this moment; try again';
const gone = 'is no longer in the spool';

export class OperatorsHand {
  readonly #ground: HandGround;

  constructor(ground: HandGround) {
    this.#ground = ground;
  }

  /** Stops messages: they are not tried, and their time is never over, until they are released. */
  hold(ids: readonly string[], by: string): readonly SpoolHandled[] {
    return this.#park(ids, by, { state: 'held' });
  }

  /** Takes messages out; they can be had back for a day. */
  discard(ids: readonly string[], by: string): readonly SpoolHandled[] {
    return this.#park(ids, by, { state: 'discarded', at: this.#ground.now() });
  }

  /** Lets held messages go. */
  release(ids: readonly string[], by: string): readonly SpoolHandled[] {
    return ids.map((id) => {
      const found = this.#ground.parked.find(id);
      if (found?.parked.state !== 'held') return { id, error: this.#ground.waiting(id) === undefined ? gone : null };
      return this.#unpark(id, null, { what: 'released', by });
    });
  }

  /** Brings discarded messages back, to what they were before. */
  restore(ids: readonly string[], by: string): readonly SpoolHandled[] {
    return ids.map((id) => {
      const found = this.#ground.parked.find(id);
      if (found?.parked.state !== 'discarded') return { id, error: this.#ground.waiting(id) === undefined ? gone : null };
      return this.#unpark(id, found.parked.wasHeld ? { state: 'held' } : null, { what: 'restored', by });
    });
  }

  #park(ids: readonly string[], by: string, to: { readonly state: 'held' } | { readonly state: 'discarded'; readonly at: number }): readonly SpoolHandled[] {
    const wanted = new Set(ids);
    const waiting = new Map(this.#ground.takeOut(wanted).map((queued) => [queued.item.id, queued]));
    return [...wanted].map((id) => {
      const before = this.#ground.parked.find(id);
      if (before?.parked.state === to.state) return { id, error: null };
      if (before?.parked.state === 'discarded' || !this.#ground.isKnown(id)) return { id, error: gone };
      const queued = waiting.get(id) ?? before?.queued;
      if (queued === undefined) return { id, error: busy };
      const parked: Parked = to.state === 'held' ? to : { ...to, wasHeld: before !== undefined };
      if (!this.#ground.ledger.mark(queued.item.segment, { id, served: [], parked })) {
        if (before === undefined) this.#ground.putBack(queued);
        return { id, error: 'stays as it is: the disk of the spool has failed' };
      }
      this.#ground.parked.put(queued, parked);
      if (parked.state === 'discarded') this.#ground.stock.giveBack(queued.item.wireBytes);
      this.#ground.record({ type: 'spool-changed', ...aboutSpooled(queued.item), what: parked.state === 'held' ? 'stopped' : 'discarded', by });
      return { id, error: null };
    });
  }

  #unpark(id: string, to: Parked | null, { what, by }: { readonly what: 'released' | 'restored'; readonly by: string }): SpoolHandled {
    const found = this.#ground.parked.find(id);
    if (found === undefined) return { id, error: gone };
    const { queued, parked } = found;
    const { item } = queued;
    if (!this.#ground.ledger.mark(item.segment, { id, served: [], parked: to })) return { id, error: 'stays as it is: the disk of the spool has failed' };
    if (parked.state === 'discarded') this.#ground.stock.add({ pieces: 1, bytes: item.wireBytes });
    this.#ground.parked.take(id);
    if (to === null) {
      queued.mayOutstay = true;
      this.#ground.putBack(queued);
      this.#ground.pump(item.route);
    } else this.#ground.parked.put(queued, to);
    this.#ground.record({ type: 'spool-changed', ...aboutSpooled(item), what, by });
    return { id, error: null };
  }
}
