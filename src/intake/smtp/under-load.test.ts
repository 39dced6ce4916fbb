import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../config/options.ts';
import type { LoadLevel } from '../../lib/load-level.ts';
import { heloInput, mailInput } from '../../../test/harness/policy-inputs.ts';
import type { Judge, Judgement } from './services.ts';
import { configAt, slowed } from './under-load.ts';

const written = {
  limits: { errors: 20, errorsBeforeDelay: 10, minBytesPerSecond: 500 },
  timeouts: { command: 300_000, greetingWait: 4000 },
} as unknown as Config; // the options that load changes

const table: readonly [level: LoadLevel, commandMs: number, errors: number, bytesPerSecond: number, greetingMs: number][] = [
  [0, 300_000, 20, 500, 4000],
  [1, 300_000, 20, 500, 4000],
  [2, 60_000, 5, 500, 2000],
  [3, 10_000, 1, 2000, 1000],
];
for (const [level, ...expected] of table) {
  test(`level ${level}: patience, errors, floor and greeting`, () => {
    const { limits, timeouts } = configAt(level, written);
    assert.deepEqual([timeouts.command, limits.errors, limits.minBytesPerSecond, timeouts.greetingWait], expected);
    assert.ok(level < 2 || limits.errorsBeforeDelay >= limits.errors, 'from level 2 on no reply is delayed');
  });
}

test('load never makes milder what the operator has made strict', () => {
  const strict = { limits: { errors: 2, errorsBeforeDelay: 0, minBytesPerSecond: 9000 }, timeouts: { command: 5000, greetingWait: 0 } } as unknown as Config; // as above
  const { limits, timeouts } = configAt(3, strict);
  assert.deepEqual([timeouts.command, limits.errors, limits.minBytesPerSecond, timeouts.greetingWait], [5000, 1, 9000, 0]);
  assert.equal(configAt(2, strict).limits.errors, 2);
});

const passed = { verdict: { action: 'pass', findings: [], decisive: null }, facts: {} } as const satisfies Judgement;

test('strangers are answered later while it is on, authenticated users and connections never', async () => {
  let isOn = false;
  const judge: Judge = slowed(() => passed, { isOn: () => isOn, delayMs: 1 });
  assert.equal(judge('helo', heloInput()), passed, 'off');
  isOn = true;
  const later = judge('helo', heloInput());
  assert.ok(later instanceof Promise);
  assert.equal(await later, passed);
  assert.equal(judge('mail', mailInput({ user: 'ann' })), passed, 'an authenticated user is no stranger');
  assert.equal(judge('connect', heloInput()), passed, 'the door waits for no answer there');
});
