import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, factsOf, insider, mailboxOf, rcptInput } from '../../test/harness/policy-inputs.ts';
import type { Action, Finding } from '../model/verdict.ts';
import { answerTo } from './answer.ts';
import { catalogue } from './catalogue.ts';
import { known } from './facts.ts';
import { createJudge, type Judgement } from './judge.ts';
import { treatingFinding, treatmentOf, treatmentSoFar, withOneTreatment } from './treatment.ts';

const found = (action: Action, check = 'listed'): Finding => ({ check, kind: 'abuse', action, outcome: { kind: 'finding', because: 'x', evidence: {} } });

test('the strictest finding is the treatment, and refusals are none', () => {
  assert.equal(treatmentOf(null), 'pass');
  assert.equal(treatmentOf([found('tag'), found('reject')]), 'pass');
  assert.equal(treatmentOf([found('discard'), found('quarantine')]), 'discard');
  assert.equal(treatingFinding([found('tag'), found('quarantine', 'a'), found('quarantine', 'b')])?.check, 'a');
  assert.equal(treatingFinding([found('divert')]), null);
});

const ofSender = (action: Action): Finding => ({
  check: 'over-quota',
  kind: 'abuse',
  action,
  outcome: { kind: 'finding', because: 'x', evidence: {}, wholeMessage: true },
});
/** What was found of the recipients accepted so far, and what is found of this one. */
type Case = readonly [accepted: readonly Finding[] | null, here: readonly Finding[] | null, expected: 'same' | 'other way', why: string];

const ofRecipients: readonly Case[] = [
  [null, [found('quarantine')], 'same', 'the first recipient sets the way'],
  [[], null, 'same', 'by far the most common'],
  [[], [found('quarantine')], 'other way', 'one answer cannot be for both'],
  [[found('quarantine')], null, 'other way', 'the second is to have the mail now'],
  [[found('quarantine')], [found('quarantine')], 'same', 'both are kept'],
  [[], [found('reject'), found('quarantine')], 'same', 'who is refused goes no way at all'],
  [[], [ofSender('quarantine')], 'same', 'a measure that comes between two recipients, or a quota that ends there, holds the message'],
  [[ofSender('quarantine')], null, 'same', 'a place in the quota that became free meanwhile does not take it apart'],
  [[ofSender('quarantine')], [found('discard')], 'other way', 'what is thrown away for one recipient must be kept for the other'],
  [[found('discard')], [ofSender('quarantine')], 'other way', 'and the other way round'],
  [[found('quarantine'), ofSender('quarantine')], null, 'same', 'one reason that concerns all is enough'],
  [
    [found('quarantine', 'sink-recipient')],
    [found('quarantine')],
    'other way',
    'beyond its sample a sink’s mail is thrown away, and this mailbox somebody has',
  ],
  [[found('quarantine')], [found('quarantine', 'sink-recipient')], 'other way', 'a sink’s mail is not kept for ever as somebody’s'],
  [[ofSender('quarantine')], [found('quarantine', 'sink-recipient'), ofSender('quarantine')], 'other way', 'whatever else holds for all of it'],
  [[found('discard', 'sink-recipient')], [found('discard')], 'other way', 'thrown away for two reasons is said twice'],
  [[found('quarantine', 'sink-recipient')], [found('quarantine', 'sink-recipient')], 'same', 'two sinks are one way'],
  [[found('quarantine', 'sink-recipient')], [found('quarantine', 'sink-recipient'), ofSender('quarantine')], 'same', 'a measure that comes meanwhile keeps it'],
];
const everybody: readonly Case[] = [
  [[found('quarantine')], null, 'same', 'what was found at MAIL holds for all'],
  [[found('quarantine')], [found('discard')], 'other way', 'kept and thrown away are two ways'],
];
const [anna, bert, postmaster] = ['a@example.org', 'b@example.org', 'postmaster@hub.example'].map((address) => mailboxOf(address));
assert.ok(anna && bert && postmaster);

const isPutOff = (findings: readonly Finding[] | null): boolean =>
  findings?.some(({ check, action }) => check === 'different-route' && action === 'defer') ?? false;

for (const [before, cases] of [[false, ofRecipients] as const, [true, everybody] as const])
  for (const [accepted, here, expected, why] of cases) {
    const words = (findings: readonly Finding[] | null): string => findings?.map(({ check, action }) => `${check} ${action}`).join() || 'nothing';
    test(`${accepted === null ? 'nobody yet' : words(accepted)}, then ${words(here)}: ${expected}, because ${why}`, () => {
      const so = accepted === null ? {} : { accepted: [anna], treatmentSoFar: treatmentSoFar({ before: before ? accepted : [], all: accepted }) };
      assert.equal(isPutOff(withOneTreatment(here, rcptInput(so))), expected === 'other way');
    });
  }

test('postmaster’s mail is not held together with others’: whoever comes second is put off', () => {
  const quota = [ofSender('quarantine')];
  const passing = treatmentSoFar({ before: [], all: [] });
  const held = treatmentSoFar({ before: [], all: quota });
  assert.ok(isPutOff(withOneTreatment(quota, rcptInput({ to: bert, accepted: [postmaster], treatmentSoFar: passing }))));
  assert.ok(isPutOff(withOneTreatment(null, rcptInput({ to: postmaster, accepted: [anna], treatmentSoFar: held }))));
});

test('a stranger writes to postmaster in a message of its own: what reaches him unjudged must not reach others with it', () => {
  const so = treatmentSoFar({ before: [], all: [] });
  const putOffFor = (to: typeof anna, accepted: readonly (typeof anna)[], who = {}): boolean =>
    isPutOff(withOneTreatment(null, rcptInput({ to, accepted, treatmentSoFar: so, ...who })));
  assert.deepEqual([putOffFor(anna, [postmaster]), putOffFor(postmaster, [anna])], [true, true]);
  assert.deepEqual([putOffFor(postmaster, []), putOffFor(mailboxOf('Postmaster'), [postmaster]), putOffFor(bert, [anna])], [false, false, false]);
  assert.ok(!putOffFor(anna, [postmaster], { client: insider }), 'a colleague writes to whom he likes');
});

test('the judge puts such a recipient off with 452 4.5.3, and the list entry that asked for it is in the record', () => {
  const lists = known([{ list: 'held', entry: 'b@example.org', action: 'quarantine' as const, reason: null }]);
  const facts = factsOf({ lists });
  const judge = createJudge({ config: configOf(), checks: catalogue, facts: { get: (fact) => facts[fact] }, now: () => 0 });
  const input = rcptInput({ to: mailboxOf('b@example.org'), accepted: [mailboxOf('a@example.org')], treatmentSoFar: treatmentSoFar({ before: [], all: [] }) });
  const { verdict } = judge('rcpt', input) as Judgement; // all facts answer at once
  assert.deepEqual([verdict.action, verdict.decisive?.check], ['defer', 'different-route']);
  assert.ok(verdict.findings.some(({ check, action }) => check === 'listed' && action === 'quarantine'));
  const { code, enhanced } = answerTo(verdict, { stage: 'rcpt', reference: 'R' });
  assert.deepEqual([code, enhanced], [452, '4.5.3']);
  const alone = judge('rcpt', rcptInput({ to: mailboxOf('b@example.org') })) as Judgement; // as above
  assert.equal(alone.verdict.action, 'quarantine', 'alone it is taken');
});

test('in observe mode an abuse check’s quarantine only records; the operator’s own list holds', () => {
  const at = (checks: object, lists: Parameters<typeof known>[0]) => {
    const facts = factsOf({ lists: known(lists as never) }); // entries as the fact has them
    const config = configOf({ mode: 'observe', checks });
    const judge = createJudge({ config, checks: catalogue, facts: { get: (fact) => facts[fact] }, now: () => 0 });
    return (judge('helo', { ...rcptInput(), helo: 'mx.example.org' }) as Judgement).verdict.findings[0];
  };
  const finding = at({ 'helo-claims-our-name': { action: 'quarantine' } }, []);
  assert.deepEqual([finding?.action, finding?.wouldBe], ['observe', 'quarantine']);
});
