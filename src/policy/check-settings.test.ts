import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { catalogue } from './catalogue.ts';
import { checkSettingsProblems, enableChecks } from './check-settings.ts';

const cases: readonly [checks: Record<string, object>, problems: readonly string[], why: string][] = [
  [{}, [], 'nothing said'],
  [{ 'early-talker': { action: 'reject' } }, [], 'an abuse check may do anything'],
  [{ 'relay-not-allowed': { action: 'defer' } }, [], 'permission may be milder in tone'],
  [{ 'relay-not-allowed': { action: 'observe' } }, ['checks.relay-not-allowed'], 'but no setting opens the relay'],
  [{ 'unknown-recipient': { onUnsure: 'pass' } }, ['checks.unknown-recipient'], 'nor lets doubt through'],
  [{ 'early-taker': { action: 'reject' } }, ['checks.early-taker'], 'a mistyped name must not pass for a setting'],
];
for (const [checks, problems, why] of cases) {
  test(`${JSON.stringify(checks)}: ${why}`, () =>
    assert.deepEqual(
      checkSettingsProblems(configOf({ checks }), catalogue).map(({ path }) => path),
      problems,
    ));
}

test('a setting that would open the relay is not taken, even where nobody looked for problems', () => {
  const [relay] = enableChecks(configOf({ checks: { 'relay-not-allowed': { action: 'observe', onUnsure: 'pass' } } }), catalogue.slice(0, 1));
  assert.deepEqual([relay?.action, relay?.onUnsure], ['reject', 'defer']);
});

test("an abuse check takes the operator's action", () => {
  const talker = enableChecks(configOf({ checks: { 'early-talker': { action: 'reject', onUnsure: 'defer' } } }), catalogue).find(
    ({ check }) => check.id === 'early-talker',
  );
  assert.deepEqual([talker?.action, talker?.onUnsure], ['reject', 'defer']);
});

test('divert holds instead of marking where the operator wants that, whoever says divert', () => {
  const actionIn = (quarantine: object) =>
    enableChecks(configOf({ quarantine, checks: { 'early-talker': { action: 'divert' } } }), catalogue).find(({ check }) => check.id === 'early-talker')
      ?.action;
  assert.deepEqual([actionIn({}), actionIn({ takesDiverted: true })], ['divert', 'quarantine']);
});

test('a built-in check may hold, and never throws mail away', () => {
  assert.throws(() => configOf({ checks: { 'early-talker': { action: 'discard' } } }));
  assert.doesNotThrow(() => configOf({ checks: { 'early-talker': { action: 'quarantine' } } }));
});
