import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf, rcptInput } from '../../test/harness/policy-inputs.ts';
import { passed, type Action, type CheckKind, type Outcome } from '../model/verdict.ts';
import { clean, defineCheck, finding, unsure, type Check } from './check.ts';
import { refuses, runChecks, verdictOf, type EnabledCheck } from './run-stage.ts';

const checkThat = (id: string, run: () => Outcome, kind: CheckKind = 'abuse'): Check =>
  defineCheck({ id, stages: ['rcpt'], kind, facts: [], defaults: { action: 'reject', onUnsure: 'pass' }, options: () => undefined, run });
const enabled = (check: Check, action: Action, onUnsure: 'pass' | 'defer' = 'pass'): EnabledCheck => ({ check, options: undefined, action, onUnsure });
const run = (checks: readonly EnabledCheck[], suspended = false) => runChecks(checks, { stage: 'rcpt', input: rcptInput(), facts: factsOf(), suspended }, null);

const finds = (id: string, kind?: CheckKind) => checkThat(id, () => finding('it is so'), kind);
const crash = (kind: CheckKind) =>
  checkThat(
    'crash',
    () => {
      throw new Error('broken');
    },
    kind,
  );

test('nothing found is the one shared verdict', () =>
  assert.equal(
    verdictOf(
      run([
        enabled(
          checkThat('a', () => clean),
          'reject',
        ),
      ]),
    ),
    passed,
  ));

const actions: readonly Action[] = ['observe', 'tag', 'delay', 'divert', 'defer', 'reject', 'refuse-at-banner'];
for (const [milder, one] of actions.entries()) {
  for (const other of actions.slice(milder + 1)) {
    test(`${other} is stricter than ${one}, in whatever order they are found`, () => {
      const both = [enabled(finds('one'), one), enabled(finds('other'), other)];
      for (const order of [both, both.toReversed()]) {
        const verdict = verdictOf(run(order));
        assert.deepEqual([verdict.action, verdict.decisive?.check, verdict.findings.length], [other, 'other', 2]);
      }
    });
  }
}

test('every check of a tier runs: the record shows all that was wrong', () => {
  assert.equal(verdictOf(run([enabled(finds('a'), 'reject'), enabled(finds('b'), 'reject'), enabled(finds('c'), 'observe')])).findings.length, 3);
});

test('what is only observed decides nothing', () => {
  const verdict = verdictOf(run([enabled(finds('a'), 'observe')]));
  assert.deepEqual([verdict.action, verdict.decisive], ['observe', null]);
});

const crashes: readonly [kind: CheckKind, onUnsure: 'pass' | 'defer', expected: string][] = [
  ['abuse', 'pass', 'pass'],
  ['abuse', 'defer', 'defer'],
  ['permission', 'defer', 'defer'],
];
for (const [kind, onUnsure, expected] of crashes) {
  test(`a ${kind} check that throws (${onUnsure} when unsure) ends in ${expected} and is seen`, () => {
    const verdict = verdictOf(run([enabled(crash(kind), 'reject', onUnsure)]));
    assert.equal(verdict.action, expected);
    assert.deepEqual(verdict.findings[0]?.outcome, { kind: 'unsure', why: 'check failed: Error: broken' });
  });
}

const suspended: readonly [kind: CheckKind, outcome: Outcome, action: string, wouldBe: string | undefined, why: string][] = [
  ['abuse', finding('x'), 'observe', 'reject', 'an abuse check only records, and says what it would do'],
  ['abuse', unsure('x'), 'observe', 'defer', 'also when it cannot tell'],
  ['abuse', finding('x', {}, { action: 'reject' }), 'reject', undefined, "an operator's own entry is no automatic action"],
  ['abuse', finding('x', {}, { action: 'reject', inObserveMode: 'observe' }), 'observe', 'reject', 'an automatic measure is one'],
  ['abuse', finding('x', {}, { action: 'reject', inObserveMode: 'tag' }), 'tag', 'reject', "an operator's milder word holds beside it"],
  ['abuse', finding('x', {}, { action: 'observe', wouldBe: 'reject' }), 'observe', 'reject', 'a dry run says what it would do'],
  ['permission', finding('x'), 'reject', undefined, 'permission always holds'],
  ['protocol', finding('x'), 'reject', undefined, 'so do the rules of the protocol'],
];
for (const [kind, outcome, action, wouldBe, why] of suspended) {
  test(`observe mode, ${kind} ${outcome.kind}: ${why}`, () => {
    const [found] =
      run(
        [
          enabled(
            checkThat('a', () => outcome, kind),
            'reject',
            'defer',
          ),
        ],
        true,
      ) ?? [];
    assert.deepEqual([found?.action, found?.wouldBe], [action, wouldBe]);
  });
}

test('a tier ends the stage from deferring on; tags and delays do not', () => {
  const endings = actions.map((action) => refuses(run([enabled(finds('a'), action)])));
  assert.deepEqual(endings, [false, false, false, false, true, true, true]);
  assert.equal(refuses(null), false);
});
