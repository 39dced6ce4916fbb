import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Rate } from './gcra.ts';
import { TimedRates } from './timed-rates.ts';

const rate: Rate = { everyMs: 1000, burst: 5 };

test('the burst is admitted at once and not one more, whenever it comes', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 2_000_000_000 }), fc.integer({ min: 1, max: 50 }), (at, burst) => {
      const rates = new TimedRates(10);
      const answers = Array.from({ length: burst + 3 }, () => rates.accept('a', { everyMs: 1000, burst }, at));
      assert.equal(answers.filter(Boolean).length, burst);
    }),
  );
});

test('over any time exactly the burst and one a turn are admitted', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 }), (burst, turns) => {
      const rates = new TimedRates(10);
      let admitted = 0;
      for (let at = 0; at <= turns * 1000; at += 100) if (rates.accept('a', { everyMs: 1000, burst }, at)) admitted++;
      // From the start a try every 100 ms: the burst goes as fast as tries come, and then one each second.
      const tries = turns * 10 + 1;
      assert.ok(admitted <= Math.min(tries, burst + turns) && admitted >= Math.min(tries, burst + turns) - 1, `${admitted} of ${burst} + ${turns}`);
    }),
  );
});

test('on the strict clock whoever goes on trying stays out, and one burst of rest opens again', () => {
  const rates = new TimedRates(10);
  for (let at = 0; at < 20_000; at += 500) rates.attempt('a', rate, at);
  assert.equal(rates.attempt('a', rate, 20_000), false);
  assert.equal(rates.level('a', rate, 20_000), 5);
  assert.equal(rates.attempt('a', rate, 25_000), true);
});

test('keys do not share their turns, and there are never more than the capacity', () => {
  const rates = new TimedRates(100);
  for (let number = 0; number < 10_000; number++) assert.equal(rates.accept(`k${number}`, { everyMs: 1000, burst: 1 }, 0), true);
  assert.ok(rates.size <= 100);
});
