import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { configOf, factsOf, mailboxOf, messageInput, rcptInput } from '../../../test/harness/policy-inputs.ts';
import type { Action, Finding, Stage } from '../../model/verdict.ts';
import { known, unknown, type Facts, type MeasureHit } from '../facts.ts';
import { createJudge, type Judgement } from '../judge.ts';
import { standingMeasure } from './standing-measure.ts';

const hit = (action: Action, changes: Partial<MeasureHit> = {}): MeasureHit => ({
  id: 'm-1',
  scope: 'client 203.0.113.0/24',
  ofRecipients: false,
  action,
  actor: { kind: 'person', name: 'anna' },
  reason: 'bomb',
  incident: null,
  dryRun: false,
  probe: false,
  neverBlock: null,
  ...changes,
});
const auto = { actor: { kind: 'auto', name: 'subscription-bomb' } } as const;

/** What the judge makes of the check's word alone. */
function judged(
  stage: Stage,
  hits: readonly MeasureHit[],
  mode = 'enforce',
  input: object = stage === 'message' ? messageInput() : rcptInput(),
): Finding | null {
  const facts: Facts = factsOf({ measures: known(hits) });
  const judge = createJudge({ config: configOf({ mode }), checks: [standingMeasure], facts: { get: (fact) => facts[fact] }, now: () => 0 });
  const { verdict } = judge(stage, input as never) as Judgement; // the stage's own input; all facts answer at once
  return verdict.findings[0] ?? null;
}
const actionAt = (stage: Stage, hits: readonly MeasureHit[], mode?: string) => judged(stage, hits, mode)?.action ?? 'clean';

const cases: readonly [stage: Stage, hits: readonly MeasureHit[], expected: string, why: string][] = [
  ['rcpt', [], 'clean', 'no measure fits'],
  ['rcpt', [hit('defer')], 'defer', 'the measure says what is done'],
  ['connect', [hit('reject')], 'clean', 'a refused client may still write to postmaster'],
  ['mail', [hit('defer')], 'clean', 'so it is told at RCPT'],
  ['connect', [hit('refuse-at-banner')], 'refuse-at-banner', 'at the banner means at once'],
  ['helo', [hit('refuse-at-banner')], 'refuse-at-banner', 'also when it came, or its scope was known, in the middle of a session'],
  ['message', [hit('reject')], 'reject', 'recipients were taken before the measure came'],
  ['message', [hit('reject', { ofRecipients: true })], 'clean', 'the other recipients of the message must not pay'],
  ['rcpt', [hit('reject', { ofRecipients: true })], 'reject', 'a recipient is refused at RCPT'],
  ['rcpt', [hit('divert')], 'clean', 'there is nothing to mark yet'],
  ['message', [hit('divert', { ofRecipients: true })], 'divert', 'a marked message is still delivered to all'],
  ['message', [hit('delay')], 'clean', 'the client was slowed at RCPT'],
  ['rcpt', [hit('quarantine')], 'quarantine', 'what does not reach its recipient is said at RCPT, where recipients can be told apart'],
  ['message', [hit('quarantine')], 'quarantine', 'recipients were taken before the measure came'],
  ['message', [hit('quarantine', { ofRecipients: true })], 'clean', 'the others of the message must not pay'],
  ['rcpt', [hit('discard')], 'discard', 'a person may throw mail away'],
  ['rcpt', [hit('discard', auto)], 'quarantine', 'no automatic measure does: what it would throw away is kept'],
  ['rcpt', [hit('discard'), hit('defer', { id: 'm-2' })], 'defer', 'a refused message is still its sender’s'],
  ['rcpt', [hit('observe'), hit('reject', { id: 'm-2' }), hit('delay', { id: 'm-3' })], 'reject', 'of several the strictest counts'],
  ['rcpt', [hit('reject', { dryRun: true }), hit('delay', { id: 'm-2' })], 'delay', 'a dry run does not overrule what is meant'],
];
for (const [stage, hits, expected, why] of cases) test(`${expected} at ${stage}: ${why}`, () => assert.equal(actionAt(stage, hits), expected));

const onlyRecorded: readonly [what: string, changes: Partial<MeasureHit>, evidence: object][] = [
  ['a dry run', { dryRun: true }, { dryRun: true }],
  ['a probe', { probe: true }, { probe: true }],
  ['an automatic measure against whom is never blocked', { ...auto, neverBlock: '10.0.0.0/8' }, { neverBlock: '10.0.0.0/8', by: 'auto subscription-bomb' }],
];
for (const [what, changes, evidence] of onlyRecorded) {
  test(`${what} is recorded with what it would have done, and refuses nobody`, () => {
    const finding = judged('rcpt', [hit('reject', changes)]);
    assert.deepEqual([finding?.action, finding?.wouldBe], ['observe', 'reject']);
    const said = finding?.outcome.kind === 'finding' ? finding.outcome.evidence : {};
    assert.deepEqual(said, { measure: 'm-1', scope: 'client 203.0.113.0/24', by: 'person anna', reason: 'bomb', ...evidence });
  });
}

test('observe mode suspends automatic measures, never those of a person', () => {
  assert.equal(actionAt('rcpt', [hit('reject')], 'observe'), 'reject');
  const finding = judged('rcpt', [hit('reject', auto)], 'observe');
  assert.deepEqual([finding?.action, finding?.wouldBe], ['observe', 'reject']);
  const both = [hit('tag'), hit('reject', { ...auto, id: 'm-2' })];
  assert.equal(actionAt('message', both), 'reject');
  assert.equal(actionAt('message', both, 'observe'), 'tag', 'the stricter automatic one must not swallow it');
});

test('in observe mode the finding is about the measure that was carried out, not about the stricter automatic one that was not', () => {
  const auto2 = hit('defer', { ...auto, id: 'm-2', ofRecipients: true });
  const said = (mode: string) => {
    const found = judged('rcpt', [auto2, hit('quarantine'), hit('delay', { id: 'm-3', dryRun: true }), hit('delay', { id: 'm-4' })], mode);
    const outcome = found?.outcome.kind === 'finding' ? found.outcome : null;
    const { measure, also, recorded } = outcome?.evidence ?? {};
    return [found?.action, found?.wouldBe, measure, also, recorded, outcome?.wholeMessage, outcome !== null && 'insteadInObserveMode' in outcome];
  };
  assert.deepEqual(said('observe'), ['quarantine', 'defer', 'm-1', 'm-4', 'm-2 m-3', true, false]);
  assert.deepEqual(said('enforce'), ['defer', undefined, 'm-2', 'm-1 m-4', 'm-3', undefined, false]);
});

test('the record names who else had a word, but not who let pass', () => {
  const finding = judged('rcpt', [hit('defer'), hit('reject', { id: 'm-2', incident: 'i-7' }), hit('reject', { id: 'm-3', probe: true })]);
  assert.deepEqual(finding?.outcome.kind === 'finding' && finding.outcome.evidence, {
    measure: 'm-2',
    scope: 'client 203.0.113.0/24',
    by: 'person anna',
    reason: 'bomb',
    incident: 'i-7',
    also: 'm-1',
  });
});

test('mail to postmaster gets through, also when the measure comes in the middle of it', () => {
  assert.equal(judged('rcpt', [hit('reject')], 'enforce', rcptInput({ to: mailboxOf('Postmaster@example.org') })), null);
  const input = messageInput({ recipients: [mailboxOf('user@example.org'), mailboxOf('postmaster@example.org')] });
  assert.equal(judged('message', [hit('reject')], 'enforce', input), null);
});

test('at the end of a message nothing is said that was said at RCPT, or of mail to postmaster', () => {
  const at = (input: object) => judged('message', [hit('quarantine')], 'enforce', messageInput(input))?.action ?? 'clean';
  assert.deepEqual([at({}), at({ treatment: 'quarantine' }), at({ treatment: 'discard' })], ['quarantine', 'clean', 'clean']);
  assert.equal(at({ recipients: [mailboxOf('postmaster@example.org')] }), 'clean');
});

test('divert goes into the quarantine where the operator wants it there, and then speaks at RCPT', () => {
  const options = { takesDiverted: true };
  const at = (stage: 'rcpt' | 'message', input: Parameters<typeof standingMeasure.run>[0]) => {
    const outcome = standingMeasure.run(input, { measures: known([hit('divert')]) }, options, stage);
    return outcome.kind === 'finding' ? outcome.action : outcome.kind;
  };
  assert.deepEqual([at('rcpt', rcptInput()), at('message', messageInput())], ['quarantine', 'quarantine']);
});

test('measures that cannot be asked are neither clean nor a finding', () =>
  assert.equal(standingMeasure.run(rcptInput(), { measures: unknown('no name') }, { takesDiverted: false }, 'rcpt').kind, 'unsure'));

test('what only records or is let pass never changes what the client hears', () => {
  const action = fc.constantFrom<Action>('observe', 'tag', 'delay', 'divert', 'quarantine', 'discard', 'defer', 'reject', 'refuse-at-banner');
  const silent = fc.constantFrom<Partial<MeasureHit>>({ dryRun: true }, { probe: true }, { ...auto, neverBlock: 'x' });
  const stage = fc.constantFrom<Stage>('connect', 'rcpt', 'message');
  const silentHits = fc.array(fc.tuple(action, silent).map(([each, changes]) => hit(each, changes)));
  fc.assert(fc.property(stage, silentHits, (at, hits) => ['clean', 'observe'].includes(actionAt(at, hits))));
});

test('a measure that names no recipient concerns the whole message, one that does not', () => {
  const concernsAll = (changes: Partial<MeasureHit>): boolean => {
    const outcome = judged('rcpt', [hit('quarantine', changes)])?.outcome;
    return outcome?.kind === 'finding' && outcome.wholeMessage === true;
  };
  assert.deepEqual([concernsAll({}), concernsAll({ ofRecipients: true }), concernsAll({ dryRun: true })], [true, false, false]);
});
