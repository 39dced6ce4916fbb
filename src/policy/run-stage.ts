// One tier of checks over one input, and the verdict over all that was found. Pure: facts come in, findings go out.
import type { StageInput } from '../model/stage-input.ts';
import { passed, type Action, type Finding, type Outcome, type Stage, type Verdict } from '../model/verdict.ts';
import type { Check, CheckSettings } from './check.ts';
import type { Facts } from './facts.ts';

/** A check with its options picked from the configuration and its settings decided. */
export interface EnabledCheck extends CheckSettings {
  readonly check: Check;
  readonly options: unknown;
}

/**
 * Mildest first. The strictest action among the findings wins; `observe` never changes what the client hears. Whatever refuses is stricter than
 * what takes the mail and keeps it: a refused message is still its sender's, and no accepting action overrides permission.
 */
const severity: Readonly<Record<Action | 'pass', number>> = {
  pass: 0,
  observe: 1,
  tag: 2,
  delay: 3,
  divert: 4,
  quarantine: 5,
  discard: 6,
  defer: 7,
  reject: 8,
  'refuse-at-banner': 9,
};

export interface TierRun<S extends Stage> {
  readonly stage: S;
  readonly input: StageInput[S];
  readonly facts: Facts;
  /** `mode: observe`: abuse checks only record. */
  readonly suspended: boolean;
}

/** Runs every check of a tier, so that the record shows all that was wrong, not only the first. Adds to `found`; null stands for none so far. */
export function runChecks<S extends Stage>(checks: readonly EnabledCheck[], run: TierRun<S>, found: readonly Finding[] | null): readonly Finding[] | null {
  let findings = found;
  for (const enabled of checks) {
    const outcome = runSafely(enabled, run);
    if (outcome.kind !== 'clean') findings = [...(findings ?? []), toFinding(enabled, outcome, run.suspended)];
  }
  return findings;
}

/** A check that throws counts as unsure, never as clean: a crash must be seen, not taken for innocence. */
function runSafely<S extends Stage>({ check, options }: EnabledCheck, { stage, input, facts }: TierRun<S>): Outcome {
  try {
    return check.run(input, facts, options, stage);
  } catch (error) {
    return { kind: 'unsure', why: `check failed: ${String(error)}` };
  }
}

function toFinding({ check, action, onUnsure }: EnabledCheck, outcome: Finding['outcome'], suspended: boolean): Finding {
  const base = { check: check.id, kind: check.kind, outcome: credited(outcome, false) };
  const said: { action?: Action; inObserveMode?: Action; wouldBe?: Action } = outcome.kind === 'finding' ? outcome : {};
  const wanted = said.action ?? (outcome.kind === 'finding' ? action : onUnsure);
  // An operator's own entry is not an automatic action: observe mode does not suspend it.
  const allowed = said.inObserveMode ?? (said.action === undefined ? 'observe' : said.action);
  if (suspended && check.kind === 'abuse' && severity[wanted] > severity[allowed]) {
    return { ...base, outcome: credited(outcome, true), action: allowed, wouldBe: wanted as Action }; // 'pass' is above nothing
  }
  return said.wouldBe === undefined ? { ...base, action: wanted } : { ...base, action: wanted, wouldBe: said.wouldBe };
}

/** What is carried out in observe mode is credited to whose word it is. */
function credited(outcome: Finding['outcome'], isObserved: boolean): Finding['outcome'] {
  if (outcome.kind !== 'finding' || outcome.insteadInObserveMode === undefined) return outcome;
  const { insteadInObserveMode, ...own } = outcome;
  if (!isObserved) return own;
  const { wholeMessage: _reachOfTheOther, ...same } = own;
  return { ...same, ...insteadInObserveMode };
}

/** True when these findings end the stage: nothing costlier needs to be asked. */
export const refuses = (findings: readonly Finding[] | null): boolean => findings !== null && findings.some(({ action }) => severity[action] >= severity.defer);

/** The verdict over all findings; of equally strict ones the first decides, so permission goes before abuse. */
export function verdictOf(findings: readonly Finding[] | null): Verdict {
  if (findings === null) return passed;
  let decisive: Finding | null = null;
  for (const each of findings) {
    if (severity[each.action] > severity[decisive?.action ?? 'observe']) decisive = each;
  }
  const observed = findings.some(({ action }) => action === 'observe');
  return { action: decisive?.action ?? (observed ? 'observe' : 'pass'), findings, decisive };
}
