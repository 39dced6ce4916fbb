// What becomes of mail that is taken: it passes, is quarantined or discarded. A message has one answer and one fate: recipients whose mail
// would be treated otherwise than that of the first are put off, and come in a message of their own. What is found of the sender in the middle
// of a message (a measure has just come, a quota is used up) holds for all of it. Pure.
import type { StageInput, TreatmentSoFar } from '../model/stage-input.ts';
import type { Finding, Treatment } from '../model/verdict.ts';
import { finding } from './check.ts';
import { isPostmaster, mayRelay } from './relay.ts';
import { refuses } from './run-stage.ts';

/** The check that names sinks: addresses of ours that a forger made up. */
export const sinkCheck = 'sink-recipient';
const namesSink = (findings: readonly Finding[] | null): boolean => findings?.some(({ check }) => check === sinkCheck) === true;

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

/** Whether a treatment rests on who sends, so that it is that of the whole message. */
const isOfWholeMessage = (findings: readonly Finding[], treatment: Treatment): boolean =>
  findings.some(({ action, outcome }) => action === treatment && outcome.kind === 'finding' && outcome.wholeMessage === true);

/** How the message stands before a further recipient; `before` holds for every recipient, `all` is that and what was found of those accepted. */
export function treatmentSoFar({ before, all }: { readonly before: readonly Finding[]; readonly all: readonly Finding[] }): TreatmentSoFar {
  const accepted = treatmentOf(all);
  const toSinks = namesSink(all) ? { toSinks: true as const } : {};
  return { before: treatmentOf(before), accepted, wholeMessage: isOfWholeMessage(all, accepted), ...toSinks };
}

/**
 * The findings at RCPT, and one more where this recipient's mail would be treated otherwise than that of those accepted before. It has the
 * name of the check that says the same of routes: the mail goes another way.
 */
export function withOneTreatment(found: readonly Finding[] | null, input: StageInput['rcpt']): readonly Finding[] | null {
  const { treatmentSoFar: so, accepted, to } = input;
  if (accepted.length === 0 || refuses(found)) return found;
  // Postmaster's mail is judged by nobody (RFC 5321 4.5.1): a stranger who names him first must not have others' mail let through with it.
  if (!mayRelay(input) && accepted.some(isPostmaster) !== isPostmaster(to))
    return putOff(found, isPostmaster(to) ? { first: 'judged', this: 'postmaster' } : { first: 'postmaster', this: 'judged' });
  const first = so?.accepted ?? 'pass';
  const here = stricterTreatment(so?.before ?? 'pass', treatmentOf(found));
  // A sink's mail is thrown away beyond its sample: nobody who has a mailbox shares a message with one, however his own is treated.
  const [firstSink, sink] = [so?.toSinks === true, namesSink(found)];
  if (firstSink !== sink) return putOff(found, { first: firstSink ? 'sink' : first, this: sink ? 'sink' : here });
  if (first === here) return found;
  // Some mail programs take 452 for the end of it: what is wrong with the sender must not cost a user his message, nor tell a thief.
  const wholeMessage = stricterTreatment(first, here) === first ? so?.wholeMessage === true : isOfWholeMessage(found ?? [], here);
  // RFC 5321 4.5.1: mail to postmaster is not held, and so not in one message with mail that is.
  if (wholeMessage && ![...accepted, to].some(isPostmaster)) return found;
  return putOff(found, { first, this: here });
}

const putOff = (found: readonly Finding[] | null, ways: { readonly first: string; readonly this: string }): readonly Finding[] => [
  ...(found ?? []),
  { check: 'different-route', kind: 'permission', action: 'defer', outcome: finding('recipients of one message are treated differently', ways) },
];
