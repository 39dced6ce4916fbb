// A process that died between keeping a message in the quarantine and marking that in the spool gives it up again at the next start, and finds it kept already.
import type { HoldingPlace } from '../../model/quarantine.ts';

/** What of the quarantine is asked: times are ISO 8601 UTC. */
export interface KeptBefore {
  find(id: string): Promise<{ readonly id: string; readonly expiresAt: string } | null>;
}

/** The place itself; what it cannot keep because it is there already counts as kept. */
export const keptOnce = (place: HoldingPlace, kept: KeptBefore): HoldingPlace => ({
  keep: async (hold) => {
    const outcome = await place.keep(hold);
    if (outcome.kind !== 'failed') return outcome;
    const there = await kept.find(hold.request.reference);
    return there === null ? outcome : { kind: 'kept', id: there.id, expiresAt: Date.parse(there.expiresAt) };
  },
});
