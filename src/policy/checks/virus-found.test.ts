import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageInput } from '../../../test/harness/policy-inputs.ts';
import type { VirusScan } from '../../model/virus-scan.ts';
import { virusFound } from './virus-found.ts';

const options = {
  clamd: '/run/clamav/clamd.ctl',
  action: 'reject',
  leaving: 'quarantine',
  tellNetwork: false,
  tellAfter: 0,
  tellPerHour: 1,
  whenAway: 'pass',
  whenTooLarge: 'quarantine',
  timeout: 60_000,
  maxSize: 1000,
  atOnce: 10,
} as const;
const found: VirusScan = { kind: 'found', found: 'Eicar' };
const away: VirusScan = { kind: 'unknown', why: 'nobody there' };

test('found: what the operator has ordered, which for mail that leaves is something else', () => {
  const coming = virusFound.run(messageInput({ scan: found }), {}, options, 'message');
  const leaving = virusFound.run(messageInput({ scan: found, user: 'ann' }), {}, options, 'message');
  assert.deepEqual(
    [coming, leaving].map((outcome) => outcome.kind === 'finding' && [outcome.action, outcome.evidence['virus']]),
    [
      ['reject', 'Eicar'],
      ['quarantine', 'Eicar'],
    ],
  );
});

test('a scanner that cannot be asked is no innocence: unsure, or put off where the operator wants that', () => {
  assert.equal(virusFound.run(messageInput({ scan: away }), {}, options, 'message').kind, 'unsure');
  const deferred = virusFound.run(messageInput({ scan: away }), {}, { ...options, whenAway: 'defer' }, 'message');
  assert.equal(deferred.kind === 'finding' && deferred.action, 'defer');
});

test('clean, or nobody looks: nothing is found', () => {
  assert.equal(virusFound.run(messageInput({ scan: { kind: 'clean' } }), {}, options, 'message').kind, 'clean');
  assert.equal(virusFound.run(messageInput({}), {}, options, 'message').kind, 'clean');
  assert.equal(virusFound.run(messageInput({ scan: found }), {}, undefined, 'message').kind, 'clean');
});
