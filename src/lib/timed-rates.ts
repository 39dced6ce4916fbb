// Rates of keys that strangers choose (lib/gcra.ts), for whoever is told the time with each event: a log may be of yesterday.
import { afterOne, waitOf, type Rate } from './gcra.ts';
import { KeyedStates } from './keyed-states.ts';

interface Turn {
  restAt: number;
}

export class TimedRates {
  readonly #turns: KeyedStates<Turn>;

  constructor(capacity: number) {
    this.#turns = new KeyedStates<Turn>(capacity, () => ({ restAt: Number.NEGATIVE_INFINITY }));
  }

  get size(): number {
    return this.#turns.size;
  }

  /** The strict clock: every event counts, up to one burst of debt. True when it conforms. `at` in ms. */
  attempt(key: string, rate: Rate, at: number): boolean {
    const turn = this.#turns.of(key);
    const conforms = waitOf(turn.restAt, rate, at) === 0;
    turn.restAt = Math.min(afterOne(turn.restAt, rate, at), at + rate.burst * rate.everyMs);
    return conforms;
  }

  /** The leaky clock: only what conforms counts. True when it conforms. `at` in ms. */
  accept(key: string, rate: Rate, at: number): boolean {
    const turn = this.#turns.of(key);
    const conforms = waitOf(turn.restAt, rate, at) === 0;
    if (conforms) turn.restAt = afterOne(turn.restAt, rate, at);
    return conforms;
  }

  /** How many events the key is in debt at a moment in ms, from 0 to the burst: the number to show beside the limit. */
  level(key: string, rate: Rate, at: number): number {
    return Math.max(0, ((this.#turns.peek(key)?.restAt ?? Number.NEGATIVE_INFINITY) - at) / rate.everyMs);
  }
}
