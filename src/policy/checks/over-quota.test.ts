import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, rcptInput } from '../../../test/harness/policy-inputs.ts';
import type { QuotaKind, QuotaUse } from '../../model/quota.ts';
import { known, unknown, type Facts } from '../facts.ts';
import { overQuota } from './over-quota.ts';

const judged = (quota: Facts['quota'], isChosen = false) => overQuota.run(rcptInput(), { quota }, { isChosen }, 'rcpt');
const use = (kind: QuotaKind): QuotaUse => ({ kind, name: 'Bob', clock: 'recipientsPerDay', used: 1000, limit: 1000 });

test('within the quota nothing is said', () => assert.equal(judged(known(null)).kind, 'clean'));

test('who cannot be counted is not stopped', () => assert.equal(judged(unknown('no memory')).kind, 'unsure'));

test('a user over his quota is found with the numbers, and the configured action holds', () => {
  assert.deepEqual(judged(known(use('user'))), {
    kind: 'finding',
    because: 'the quota of outgoing recipients is used up',
    evidence: { account: 'user bob', quota: 'recipientsPerDay', used: 1000, limit: 1000 },
    wholeMessage: true,
  });
});

for (const kind of ['host', 'network', 'customer'] as const)
  test(`a ${kind} over its quota is put off, for it keeps its queue; in observe mode it is only seen`, () => {
    const outcome = judged(known(use(kind)));
    assert.deepEqual(outcome.kind === 'finding' && [outcome.action, outcome.inObserveMode], ['defer', 'observe']);
  });

test('an action that the operator chose holds for all of them', () => {
  const outcome = judged(known(use('host')), true);
  assert.equal(outcome.kind === 'finding' && outcome.action, undefined);
  assert.deepEqual(
    [overQuota.options(configOf()), overQuota.options(configOf({ checks: { 'over-quota': { action: 'observe' } } }))],
    [{ isChosen: false }, { isChosen: true }],
  );
});
