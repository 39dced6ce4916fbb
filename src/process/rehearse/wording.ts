// A decision in few words, as the lines of `floodgate replay` have it.
import type { Action, Finding } from '../../model/verdict.ts';
import { decisiveOf, reasonOf } from '../../events/catalogue.ts';

/** What was, or would have been, decided at a stage. */
export interface Decision {
  readonly action: Action | 'pass';
  /** The check that decided, or that found most; null where nothing was found. */
  readonly check: string | null;
  readonly because: string;
  /** What observe mode, a dry run or a probe holds back; null where nothing. */
  readonly wouldBe: Action | null;
}

/** The decision that findings amount to. */
export function decisionOf(action: Action | 'pass', findings: readonly Finding[]): Decision {
  const decisive = decisiveOf(action, findings);
  return { action, check: decisive?.check ?? null, because: decisive === null ? '' : reasonOf(decisive), wouldBe: decisive?.wouldBe ?? null };
}

/** Whether the client and the record would tell them apart. */
export const isSame = (one: Decision, other: Decision): boolean => one.action === other.action && one.check === other.check && one.wouldBe === other.wouldBe;

/** Why a check found something; '' where it did not. */
export const outcomeTextOf = (finding: Finding | undefined): string => (finding === undefined ? '' : reasonOf(finding));
