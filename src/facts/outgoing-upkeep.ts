// What the keeper does for the outgoing memory again and again: a new key each week, what is too old swept away. Both go by the wall clock, and a
// clock that jumps must neither wipe keys and prints that are good nor leave a gap in the dates that nobody knows of.
import { ClockGuard, clockWasSetBy, type ClockGuardParts } from '../lib/clock-guard.ts';
import type { OutgoingKeys } from './outgoing-keys.ts';
import type { OutgoingMemory } from './outgoing-memory.ts';

export interface UpkeepParts {
  readonly keys: OutgoingKeys;
  readonly memory: Pick<OutgoingMemory, 'beginAnew' | 'sweep'>;
  readonly clock: ClockGuardParts;
  /** 32 random octets. */
  fresh(): Buffer;
}

/** Days are what the memory counts by: a clock that is off by half a day, in ms, dates things wrong. */
const wrongDayMs = 12 * 3_600_000;
/** Milliseconds between two sweeps. */
const sweepEveryMs = 3_600_000;

/** To be called every half minute or so; true where a key has changed, and must be on the disk before it signs. */
export function outgoingUpkeep({ keys, memory, clock, fresh }: UpkeepParts): () => boolean {
  const guard = new ClockGuard(clock);
  const aheadNow = (): number => clock.now() - clock.steady();
  let ahead = aheadNow();
  let sweptAt = Number.NEGATIVE_INFINITY;
  return () => {
    // At the first look no jump has been seen yet, and without a key nothing is signed; but a clock that is behind our keys is wrong, or they are.
    const isFirst = sweptAt === Number.NEGATIVE_INFINITY && !keys.areAhead(clock.now());
    const isBelieved = (guard.isBelieved() && clock.now() >= clockWasSetBy) || isFirst;
    if (Math.abs(aheadNow() - ahead) >= wrongDayMs) {
      ahead = aheadNow();
      memory.beginAnew();
    }
    if (!isBelieved) return false;
    if (clock.steady() - sweptAt >= sweepEveryMs) {
      sweptAt = clock.steady();
      memory.sweep();
    }
    return keys.rotate(clock.now(), fresh);
  };
}
