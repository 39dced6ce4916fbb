import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOriginHints } from './origin-hints.ts';

test('an answer is remembered for ten minutes, trouble is not', async () => {
  const clock = { ms: 0 };
  let asked = 0;
  const hint = createOriginHints({
    permits: (ip) => (asked++, ip === '192.0.2.1' ? Promise.resolve('pass') : Promise.reject(new Error('away'))),
    now: () => clock.ms,
  });
  assert.equal(await hint('192.0.2.1', 'hub.example'), 'permitted');
  assert.equal(await hint('192.0.2.1', 'hub.example'), 'permitted');
  assert.equal(asked, 1);
  clock.ms += 600_001;
  await hint('192.0.2.1', 'hub.example');
  assert.equal(asked, 2);
  for (let n = 0; n < 2; n++) assert.equal(await hint('192.0.2.2', 'hub.example'), null);
  assert.equal(asked, 4);
});

test('that nothing is said is remembered as well', async () => {
  let asked = 0;
  const hint = createOriginHints({ permits: () => (asked++, Promise.resolve('none')), now: () => 0 });
  for (let n = 0; n < 3; n++) assert.equal(await hint('192.0.2.1', 'hub.example'), null);
  assert.equal(asked, 1);
});

test('a flood of addresses asks eight at a time and fifty after a rest; the others hear no hint at once', async () => {
  const waiting: (() => void)[] = [];
  let asked = 0;
  const hint = createOriginHints({
    permits: () => {
      asked++;
      const { promise, resolve } = Promise.withResolvers<string>();
      waiting.push(() => resolve('fail'));
      return promise;
    },
    now: () => 0,
  });
  const all = Array.from({ length: 100 }, (_, n) => hint(`192.0.2.${n}`, 'hub.example'));
  assert.equal(asked, 8);
  assert.equal(await all[99], null);
  for (const answer of waiting) answer();
  assert.equal(await all[0], 'forbidden');
  for (let n = 0; n < 200; n++) {
    const each = hint(`198.51.100.${n}`, 'hub.example');
    waiting.at(-1)?.();
    await each;
  }
  assert.equal(asked, 50);
});
