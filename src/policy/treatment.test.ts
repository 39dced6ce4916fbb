import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, factsOf, mailboxOf, rcptInput } from '../../test/harness/policy-inputs.ts';
import type { Action, Finding, Treatment } from '../model/verdict.ts';
import { answerTo } from './answer.ts';
import { catalogue } from './catalogue.ts';
import { known } from './facts.ts';
import { createJudge, type Judgement } from './judge.ts';
import { treatingFinding, treatmentOf, withOneTreatment } from './treatment.ts';

const found = (action: Action, check = 'listed'): Finding => ({ check, kind: 'abuse', action, outcome: { kind: 'finding', because: 'x', evidence: {} } });

test('the strictest finding is the treatment, and refusals are none', () => {
  assert.equal(treatmentOf(null), 'pass');
  assert.equal(treatmentOf([found('tag'), found('reject')]), 'pass');
  assert.equal(treatmentOf([found('discard'), found('quarantine')]), 'discard');
  assert.equal(treatingFinding([found('tag'), found('quarantine', 'a'), found('quarantine', 'b')])?.check, 'a');
  assert.equal(treatingFinding([found('divert')]), null);
});

const cases: readonly [accepted: Treatment | null, before: Treatment, here: readonly Finding[] | null, expected: 'same' | 'other way', why: string][] = [
  [null, 'pass', [found('quarantine')], 'same', 'the first recipient sets the way'],
  ['pass', 'pass', null, 'same', 'by far the most common'],
  ['pass', 'pass', [found('quarantine')], 'other way', 'one answer cannot be for both'],
  ['quarantine', 'pass', null, 'other way', 'the second is to have the mail now'],
  ['quarantine', 'pass', [found('quarantine')], 'same', 'both are kept'],
  ['quarantine', 'quarantine', null, 'same', 'what was found at MAIL holds for all'],
  ['quarantine', 'quarantine', [found('discard')], 'other way', 'kept and thrown away are two ways'],
  ['pass', 'pass', [found('reject'), found('quarantine')], 'same', 'who is refused goes no way at all'],
];
for (const [accepted, before, here, expected, why] of cases) {
  test(`${accepted ?? 'nobody yet'}, then ${here?.map(({ action }) => action).join() ?? 'nothing'}: ${expected}, because ${why}`, () => {
    const so = accepted === null ? {} : { accepted: [mailboxOf('a@example.org')], treatmentSoFar: { before, accepted } };
    const findings = withOneTreatment(here, rcptInput(so));
    assert.equal(findings?.some(({ check, action }) => check === 'different-route' && action === 'defer') ?? false, expected === 'other way');
  });
}

test('the judge puts such a recipient off with 452 4.5.3, and the list entry that asked for it is in the record', () => {
  const lists = known([{ list: 'held', entry: 'b@example.org', action: 'quarantine' as const, reason: null }]);
  const facts = factsOf({ lists });
  const judge = createJudge({ config: configOf(), checks: catalogue, facts: { get: (fact) => facts[fact] }, now: () => 0 });
  const input = rcptInput({ to: mailboxOf('b@example.org'), accepted: [mailboxOf('a@example.org')], treatmentSoFar: { before: 'pass', accepted: 'pass' } });
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
