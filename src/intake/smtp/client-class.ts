// How a client is preferred when there is not room for all (engineering 2.10): six classes, from what is known before a word is said.
import type { LoadLevel } from '../../lib/load-level.ts';
import type { Role } from '../../model/client.ts';

/** 0 the hub itself; 1 insiders and those who come to submit; 2 known good; 3 known; 4 unknown; 5 penalised. */
export type ClientClass = 0 | 1 | 2 | 3 | 4 | 5;

/** What is remembered of a correspondent: decayed sums of messages taken and of refusals, and their balance from -1 to 1. */
export interface Repute {
  readonly good: number;
  readonly bad: number;
  readonly score: number;
}

export interface Known {
  /** The client is one of our own next hops. */
  readonly isHub: boolean;
  readonly inside: boolean;
  readonly role: Role;
  /** Null for whom we do not know. */
  readonly repute: Repute | null;
  /** It came back too fast after it was turned away. */
  readonly penalised: boolean;
}

/** From here on a correspondent is good (engineering 2.11). Ten messages without a refusal make just this. */
const goodScore = 0.5;
/** Below this a correspondent is worse than a stranger: ten refusals and nothing good make just this. */
const badScore = -0.5;

export function classOf({ isHub, inside, role, repute, penalised }: Known): ClientClass {
  if (isHub) return 0;
  if (inside || role !== 'mx') return 1;
  if (penalised) return 5;
  if (repute === null) return 4;
  const { good, score } = repute;
  if (score >= goodScore) return 2;
  if (score <= badScore) return 5;
  return good >= 1 && score >= 0 ? 3 : 4;
}

/** Strangers are those for whom nothing speaks: they wait, are slowed and are refused first. */
export const isStranger = (standing: ClientClass): boolean => standing >= 4;

/** Whether a client of this class is refused at the banner, the lowest class first; `half` is true for one in two. */
export function isShed(standing: ClientClass, level: LoadLevel, half: boolean): boolean {
  switch (level) {
    case 0:
      return false;
    case 1:
      return standing === 5;
    case 2:
      return standing >= 4;
    case 3:
      return standing >= 3 || (standing === 2 && half);
    default:
      return level satisfies never;
  }
}
