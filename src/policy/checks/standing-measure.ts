import { isPostmaster } from '../relay.ts';
import type { MessageInput } from '../../model/stage-input.ts';
import type { Action, Evidence, Stage } from '../../model/verdict.ts';
import { clean, defineCheck, finding, unsure } from '../check.ts';
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
    return finding('a standing measure covers it', evidenceOf(deciding, speaking), {
      action: effect,
      // Observe mode suspends what nobody has ordered; what an operator has ordered holds.
      ...(deciding.actor.kind === 'auto' ? { inObserveMode: own === undefined ? 'observe' : effectOf(own) } : {}),
      ...(effect === deciding.action ? {} : { wouldBe: deciding.action }),
      // It may come between two recipients: it then holds at the end of the message for all of them.
      ...(deciding.ofRecipients || !(effect === 'quarantine' || effect === 'discard') ? {} : { wholeMessage: true }),
    });
  },
});

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

/** Of equally strict ones the oldest; where none does anything, the one that would have done most. */
function strictest(hits: readonly MeasureHit[], effect: (hit: MeasureHit) => Action): MeasureHit | undefined {
  const rank = (hit: MeasureHit): number => order.indexOf(effect(hit)) * order.length + order.indexOf(hit.action);
  let worst: MeasureHit | undefined;
  for (const hit of hits) if (worst === undefined || rank(hit) > rank(worst)) worst = hit;
  return worst;
}

/** Further measures named at most. */
const maxNamed = 5;

function evidenceOf(hit: MeasureHit, all: readonly MeasureHit[]): Evidence {
  const { id, scope, actor, reason, incident, dryRun, probe, neverBlock } = hit;
  const others = all.filter((other) => other !== hit && !other.probe).slice(0, maxNamed);
  return {
    measure: id,
    scope,
    by: `${actor.kind} ${actor.name}`,
    reason,
    ...(incident === null ? {} : { incident }),
    ...(dryRun ? { dryRun } : {}),
    ...(probe ? { probe } : {}),
    ...(neverBlock === null ? {} : { neverBlock }),
    ...(others.length === 0 ? {} : { also: others.map((other) => other.id).join(' ') }),
  };
}
