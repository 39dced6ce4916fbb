// How much there is, as operators and metrics see it.
import type { HeldState } from '../../model/quarantine.ts';
import type { HeldSum, HeldTotals } from '../../store/quarantine.ts';

/** Mail that waits, copies of refused mail, and what is discarded of both. */
export type QuarantineTotals = Readonly<Record<HeldState | 'refused', HeldTotals>>;

/** Where a message counts. */
export const placeOf = ({ state, refused }: Pick<HeldSum, 'state' | 'refused'>): HeldState | 'refused' => (refused && state === 'held' ? 'refused' : state);

/** The totals of these sums. */
export function totalsOf(sums: readonly HeldSum[]): QuarantineTotals {
  const of = (place: HeldState | 'refused'): HeldTotals => {
    const its = sums.filter((sum) => placeOf(sum) === place);
    return { messages: its.reduce((all, { messages }) => all + messages, 0), bytes: its.reduce((all, { bytes }) => all + bytes, 0) };
  };
  return { held: of('held'), trash: of('trash'), refused: of('refused') };
}
