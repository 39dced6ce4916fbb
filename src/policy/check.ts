// What a check is: a pure function of what the client said and of facts looked up beforehand. It says what is wrong;
// configuration says what is done about it.
import type { Config } from '../config/options.ts';
import type { Action, CheckKind, Evidence, Outcome, Stage } from '../model/verdict.ts';
import type { StageInput } from '../model/stage-input.ts';
import type { FactName, Facts } from './facts.ts';

export interface CheckSettings {
  readonly action: Action;
  /** When the check cannot tell: abuse checks pass, permission checks defer. */
  readonly onUnsure: 'pass' | 'defer';
}

export interface Check<S extends Stage = Stage, F extends FactName = FactName, O = unknown> {
  /** Equals the file name, the configuration key, the metric label and the documentation page. */
  readonly id: string;
  /** The stages it judges; most judge one. */
  readonly stages: readonly S[];
  readonly kind: CheckKind;
  readonly facts: readonly F[];
  readonly defaults: CheckSettings;
  /** What it needs of the configuration, picked out once at load. */
  options(config: Config): O;
  run(input: StageInput[S], facts: Pick<Facts, F>, options: O, stage: S): Outcome;
}

/** Gives a check its exact types; at run time it is the identity. */
export const defineCheck = <S extends Stage, F extends FactName = never, O = undefined>(check: Check<S, F, O>): Check<S, F, O> => check;

type FindingOutcome = Extract<Outcome, { kind: 'finding' }>;
/** What a finding may say besides. */
export type FindingExtras = Pick<FindingOutcome, 'action' | 'inObserveMode' | 'insteadInObserveMode' | 'wouldBe' | 'hubReply' | 'wholeMessage'>;

export const clean: Outcome = { kind: 'clean' };
/** What is wrong. `more` carries an action chosen with the finding, or the next hop's own refusal. */
export const finding = (because: string, evidence: Evidence = {}, more: FindingExtras = {}): FindingOutcome => ({
  kind: 'finding',
  because,
  evidence,
  ...more,
});
export const unsure = (why: string): Extract<Outcome, { kind: 'unsure' }> => ({ kind: 'unsure', why });
