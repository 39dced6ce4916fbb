// A promise that was rejected and that nobody waited for is a fault of ours. What it was about is lost; the keeper is not, and with it every
// door and every session: node would end it. It is said aloud, within bounds, for it may be a stranger who causes it.
import type { Recorder } from '../model/events.ts';
import { RateTable, type Rate } from '../lib/gcra.ts';

/** Enough to see what happens, and a journal that is not filled with it. */
const told: Rate = { everyMs: 60_000, burst: 10 };

/** What the keeper does with a rejection that nobody has taken. `steady` in milliseconds, never backwards. */
export function faultTeller({ record, steady }: { readonly record: Recorder; steady(): number }): (reason: unknown) => void {
  const rate = new RateTable({ capacity: 2, now: steady });
  return (reason) => {
    if (!rate.accept('fault', told)) return;
    record({ type: 'keeper-fault', error: (reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)).slice(0, 4000) });
  };
}
