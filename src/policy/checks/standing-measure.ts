import { isPostmaster } from '../relay.ts';
import type { MessageInput } from '../../model/stage-input.ts';
import type { Action, Evidence, Stage } from '../../model/verdict.ts';
import { clean, defineCheck, finding, unsure, type FindingExtras } from '../check.ts';
import type { MeasureHit } from '../facts.ts';

/** A measure that is in force covers this client or mail; the measure says what is done (mission X1). */
export const standingMeasure = defineCheck({
  id: 'standing-measure',
  stages: ['connect', 'helo', 'mail', 'rcpt', 'message'],
  kind: 'abuse',
  facts: ['measures'],
  defaults: { action: 'observe', onUnsure: 'pass' },
  options: ({ quarantine }) => ({ takesDiverted: quarantine.takesDiverted }),

  run(input, { measures }, { takesDiverted }, stage) {
    if (measures.kind === 'unknown') return unsure(measures.why);
    if (measures.value.length === 0) return clean;
    const speaking = measures.value
      .map((hit) => asCarriedOut(hit, takesDiverted))
      .filter((hit) => speaksAt(hit, stage) && !(stage === 'message' && isSettled(hit, input as MessageInput))); // the stage says which input it is
    const deciding = strictest(speaking, effectOf);
    if (deciding === undefined) return clean;
    const own = strictest(
      speaking.filter(({ actor }) => actor.kind === 'person'),
      effectOf,
    );
    const effect = effectOf(deciding);
    return finding('a standing measure covers it', evidenceOf(deciding, speaking, effectOf), {
      action: effect,
      ...(deciding.actor.kind === 'auto' ? observed(deciding, own, speaking) : {}),
      ...(effect === deciding.action ? {} : { wouldBe: deciding.action }),
      ...reachOf(deciding),
    });
  },
});

/** Observe mode suspends what nobody has ordered; what an operator has ordered holds, and is what the finding is about. */
function observed(deciding: MeasureHit, own: MeasureHit | undefined, speaking: readonly MeasureHit[]): FindingExtras {
  // Alone, as in a flood, it is what the finding is about in either mode.
  if (speaking.length === 1 && reachOf(deciding).wholeMessage === undefined) return { inObserveMode: 'observe' };
  const carried = own === undefined || effectOf(own) === 'observe' ? deciding : own;
  return {
    inObserveMode: own === undefined ? 'observe' : effectOf(own),
    insteadInObserveMode: { evidence: evidenceOf(carried, speaking, effectInObserveMode), ...(carried === own ? reachOf(own) : {}) },
  };
}

/** It may come between two recipients: it then holds at the end of the message for all of them. */
const reachOf = (hit: MeasureHit): { readonly wholeMessage?: true } =>
  hit.ofRecipients || !['quarantine', 'discard'].includes(effectOf(hit)) ? {} : { wholeMessage: true };

const order: readonly Action[] = ['observe', 'tag', 'delay', 'divert', 'quarantine', 'discard', 'defer', 'reject', 'refuse-at-banner'];

/** It does not reach its recipients: told at RCPT, where they can be told apart. */
const isHeldBack = ({ action }: MeasureHit): boolean => order.indexOf(action) >= order.indexOf('quarantine');

/** What the measure means in this house: discard is for persons only, what an automatic measure would throw away is kept. */
function asCarriedOut(hit: MeasureHit, takesDiverted: boolean): MeasureHit {
  if (hit.action === 'discard' && hit.actor.kind === 'auto') return { ...hit, action: 'quarantine' };
  return hit.action === 'divert' && takesDiverted ? { ...hit, action: 'quarantine' } : hit;
}

/**
 * Refuse-at-banner speaks as soon as the scope is known. Everybody else may still reach postmaster (RFC 5321 4.5.1) and is told at RCPT,
 * so that the record names whom the mail was for; or at the end of a message whose recipients were taken before the measure came.
 * What marks a message speaks when it is complete.
 */
function speaksAt(hit: MeasureHit, stage: Stage): boolean {
  const { action, ofRecipients } = hit;
  if (action === 'tag' || action === 'divert') return stage === 'message';
  // A message has one answer: the recipients who are not meant must not pay.
  if (stage === 'message') return isHeldBack(hit) && !ofRecipients;
  return stage === 'rcpt' || action === 'refuse-at-banner';
}

/** At the end of a message nothing more is to be said: it is for postmaster, or this was said at RCPT. */
function isSettled(hit: MeasureHit, { recipients, treatment = 'pass' }: MessageInput): boolean {
  if (!isHeldBack(hit)) return false;
  return recipients.some(isPostmaster) || (treatment !== 'pass' && order.indexOf(hit.action) <= order.indexOf(treatment));
}

const effectOf = ({ action, dryRun, probe, neverBlock }: MeasureHit): Action => (dryRun || probe || neverBlock !== null ? 'observe' : action);

const effectInObserveMode = (hit: MeasureHit): Action => (hit.actor.kind === 'auto' ? 'observe' : effectOf(hit));

/** Of equally strict ones the oldest; where none does anything, the one that would have done most. */
function strictest(hits: readonly MeasureHit[], effect: (hit: MeasureHit) => Action): MeasureHit | undefined {
  const rank = (hit: MeasureHit): number => order.indexOf(effect(hit)) * order.length + order.indexOf(hit.action);
  let worst: MeasureHit | undefined;
  for (const hit of hits) if (worst === undefined || rank(hit) > rank(worst)) worst = hit;
  return worst;
}

/** Further measures named at most. */
const maxNamed = 5;

/** `also` had a word as well; `recorded` would have had one. */
function evidenceOf(hit: MeasureHit, all: readonly MeasureHit[], effect: (hit: MeasureHit) => Action): Evidence {
  const { id, scope, actor, reason, incident, dryRun, probe, neverBlock } = hit;
  const others = all.filter((other) => other !== hit && !other.probe).slice(0, maxNamed);
  const recorded = others.filter((other) => effect(other) !== other.action);
  const also = others.filter((other) => effect(other) === other.action);
  return {
    measure: id,
    scope,
    by: `${actor.kind} ${actor.name}`,
    reason,
    ...(incident === null ? {} : { incident }),
    ...(dryRun ? { dryRun } : {}),
    ...(probe ? { probe } : {}),
    ...(neverBlock === null ? {} : { neverBlock }),
    ...(also.length === 0 ? {} : { also: also.map((other) => other.id).join(' ') }),
    ...(recorded.length === 0 ? {} : { recorded: recorded.map((other) => other.id).join(' ') }),
  };
}
