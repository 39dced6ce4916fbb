// What becomes of mail that is taken: it passes, is quarantined or discarded. A message has one answer and one fate: recipients whose mail
// would be treated otherwise than that of the first are put off, and come in a message of their own. Pure.
import type { StageInput } from '../model/stage-input.ts';
import type { Finding, Treatment } from '../model/verdict.ts';
import { finding } from './check.ts';
import { refuses } from './run-stage.ts';

const strictness: readonly Treatment[] = ['pass', 'quarantine', 'discard'];

/** The stricter of two. */
export const stricterTreatment = (one: Treatment, other: Treatment): Treatment => (strictness.indexOf(other) > strictness.indexOf(one) ? other : one);

/** What the findings ask for; the strictest counts. Refusals are no treatment: they come before. */
export function treatmentOf(findings: readonly Finding[] | null): Treatment {
  let treatment: Treatment = 'pass';
  for (const { action } of findings ?? []) if (action === 'quarantine' || action === 'discard') treatment = stricterTreatment(treatment, action);
  return treatment;
}

/** The finding that a treatment rests on: of equally strict ones the first; null where mail passes. */
export function treatingFinding(findings: readonly Finding[]): Finding | null {
  const treatment = treatmentOf(findings);
  return treatment === 'pass' ? null : (findings.find(({ action }) => action === treatment) ?? null);
}

/**
 * The findings at RCPT, and one more where this recipient's mail would be treated otherwise than that of those accepted before. It has the
 * name of the check that says the same of routes: the mail goes another way.
 */
export function withOneTreatment(found: readonly Finding[] | null, { treatmentSoFar, accepted }: StageInput['rcpt']): readonly Finding[] | null {
  if (accepted.length === 0 || refuses(found)) return found;
  const first = treatmentSoFar?.accepted ?? 'pass';
  const here = stricterTreatment(treatmentSoFar?.before ?? 'pass', treatmentOf(found));
  if (first === here) return found;
  const outcome = finding('recipients of one message are treated differently', { first, this: here });
  return [...(found ?? []), { check: 'different-route', kind: 'permission', action: 'defer', outcome }];
}
