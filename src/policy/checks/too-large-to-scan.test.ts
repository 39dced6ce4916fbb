import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageInput } from '../../../test/harness/policy-inputs.ts';
import type { VirusScan } from '../../model/virus-scan.ts';
import { tooLargeToScan } from './too-large-to-scan.ts';
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
const tooLarge: VirusScan = { kind: 'too-large', why: 'larger than viruses.maxSize (2000 bytes)' };
const actionFor = (whenTooLarge: 'quarantine' | 'reject', user: string | null = null) => {
  const outcome = tooLargeToScan.run(messageInput({ scan: tooLarge, user }), {}, { ...options, whenTooLarge }, 'message');
  return outcome.kind === 'finding' && outcome.action;
};

test('what is padded until no scanner looks is no trouble of the scanner: it is kept, or refused, as ordered', () => {
  assert.deepEqual([actionFor('quarantine'), actionFor('reject')], ['quarantine', 'reject']);
  assert.equal(virusFound.run(messageInput({ scan: tooLarge }), {}, { ...options, whenAway: 'defer' }, 'message').kind, 'clean', 'nor is it put off for ever');
});

test('a server of ours would bounce it to whoever stands in its envelope: its mail is kept', () => {
  assert.equal(actionFor('reject', 'anna'), 'quarantine');
});

test('it passes where the operator says so, and is seen to be unsure', () => {
  assert.equal(tooLargeToScan.run(messageInput({ scan: tooLarge }), {}, { ...options, whenTooLarge: 'pass' }, 'message').kind, 'unsure');
});

test('everything else is no business of this check', () => {
  for (const scan of [{ kind: 'clean' }, { kind: 'found', found: 'Eicar' }, { kind: 'unknown', why: 'away' }] as const)
    assert.equal(tooLargeToScan.run(messageInput({ scan }), {}, options, 'message').kind, 'clean');
  assert.equal(tooLargeToScan.run(messageInput({}), {}, undefined, 'message').kind, 'clean');
});
