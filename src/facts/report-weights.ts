// What is held for and against a report that proves nothing by itself. A hint can be forged by whoever writes the report: so none is enough to
// accept it during an attack, and none alone is enough to refuse it.
import type { OriginHint, ReturnedVerdict } from '../model/report-judgement.ts';

/** Weights, by which a report is called forged at `forgedAt` or below. docs/backscatter.md shows what comes of them. */
export const weights = { silence: -3, permitted: 1, doubted: -1, forbidden: -2, attack: -1 } as const;
const forgedAt = -3;

export interface Hints {
  readonly origin: OriginHint | null;
  /** Reports on this address are being forged just now. */
  readonly attack: boolean;
}

/** The verdict with what hints add to it. `first` is that of the memory: forged is its silence. Proofs are beyond weighing. */
export function weighed(first: ReturnedVerdict, { origin, attack }: Hints): ReturnedVerdict {
  if (first.returned === 'ours' || isOnTrial(first)) return first;
  const silence = first.returned === 'forged' ? weights.silence : 0;
  const sum = silence + (origin === null ? 0 : weights[origin]) + (attack ? weights.attack : 0);
  if (sum <= forgedAt) return { returned: 'forged' };
  return first.returned === 'forged' ? { returned: 'unproven', why: 'origin-permitted' } : first;
}

/** While we have not seen what leaves, no hint makes a report forged: forwarders have other addresses than ours, and what they return may be real. */
const isOnTrial = (first: ReturnedVerdict): boolean => first.returned === 'unproven' && (first.why === 'memory-too-young' || first.why === 'not-seen-leaving');

/** Whether any hint could change the verdict: DNS is not asked for what is decided. */
export const mayChange = (first: ReturnedVerdict, attack: boolean): boolean =>
  (first.returned === 'unproven' && !isOnTrial(first)) || (first.returned === 'forged' && !attack);

/** RFC 7208 2.6 as a hint; the rest (none, neutral, errors) is none. */
export function hintOf(spf: string): OriginHint | null {
  if (spf === 'pass') return 'permitted';
  if (spf === 'softfail') return 'doubted';
  return spf === 'fail' ? 'forbidden' : null;
}
