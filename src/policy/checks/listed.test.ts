import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rcptInput } from '../../../test/harness/policy-inputs.ts';
import type { Stage } from '../../model/verdict.ts';
import { known, unknown, type ListHit } from '../facts.ts';
import { listed } from './listed.ts';

const hit = (action: ListHit['action'], list = 'bad'): ListHit => ({ list, entry: '203.0.113.0/24', action, reason: 'spam in May' });

const cases: readonly [stage: Stage, hits: readonly ListHit[], expected: string, why: string][] = [
  ['rcpt', [], 'clean', 'on no list'],
  ['rcpt', [hit('reject')], 'reject', "the entry's own action counts"],
  ['mail', [hit('reject')], 'clean', 'a refused client may still write to postmaster, so it is told at RCPT'],
  ['connect', [hit('refuse-at-banner')], 'refuse-at-banner', 'unless the operator wants not to hear it at all'],
  ['mail', [hit('refuse-at-banner')], 'refuse-at-banner', 'also when the entry came in the middle of a session'],
  ['rcpt', [hit('observe'), hit('reject'), hit('tag')], 'reject', 'of several entries the strictest counts'],
  ['rcpt', [hit('accept')], 'clean', 'an accepting entry finds nothing wrong'],
];

for (const [stage, hits, expected, why] of cases) {
  test(`${expected} at ${stage}: ${why}`, () => {
    const outcome = listed.run(rcptInput(), { lists: known(hits) }, undefined, stage as 'rcpt');
    assert.equal(outcome.kind === 'finding' ? outcome.action : outcome.kind, expected);
  });
}

test('lists that cannot be asked are neither clean nor a finding', () =>
  assert.equal(listed.run(rcptInput(), { lists: unknown('no name') }, undefined, 'rcpt').kind, 'unsure'));

test('the record names list, entry and reason', () => {
  const outcome = listed.run(rcptInput(), { lists: known([hit('reject')]) }, undefined, 'rcpt');
  assert.deepEqual(outcome.kind === 'finding' && outcome.evidence, { list: 'bad', entry: '203.0.113.0/24', reason: 'spam in May' });
});
