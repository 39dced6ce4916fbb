import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { afterOne, ratePerMinute, RateTable, waitOf, type Rate } from './gcra.ts';

const rates = fc.record({ everyMs: fc.integer({ min: 1, max: 1000 }), burst: fc.integer({ min: 1, max: 30 }) });

/** A table and its clock. */
function table(capacity = 10): { readonly rates: RateTable; readonly clock: { now: number } } {
  const clock = { now: 1_000_000 };
  return { rates: new RateTable({ capacity, now: () => clock.now }), clock };
}

/** How many of a flood of tries, one a millisecond and several in the first, are let in within `ms`. */
function admitted(rate: Rate, ms: number, isIn: (rates: RateTable) => boolean): number {
  const { rates: meter, clock } = table();
  let count = 0;
  for (let tries = 0; tries <= rate.burst; tries++) if (isIn(meter)) count++;
  for (let at = 1; at <= ms; at++) {
    clock.now++;
    if (isIn(meter)) count++;
  }
  return count;
}

test('a flood is admitted exactly burst + t / T times on the leaky clock', () => {
  fc.assert(
    fc.property(rates, fc.integer({ min: 0, max: 3000 }), (rate, ms) => {
      assert.equal(
        admitted(rate, ms, (meter) => meter.accept('k', rate)),
        rate.burst + Math.floor(ms / rate.everyMs),
      );
    }),
    { numRuns: 60 },
  );
});

test('on the strict clock the burst is all a flood ever gets: who goes on trying stays out', () => {
  fc.assert(
    fc.property(rates, fc.integer({ min: 0, max: 3000 }), (rate, ms) => {
      const wanted = rate.everyMs === 1 ? rate.burst + ms : rate.burst; // one a millisecond is no flood for a rate of one a millisecond
      assert.ok(admitted(rate, ms, (meter) => meter.attempt('k', rate)) <= wanted);
    }),
    { numRuns: 60 },
  );
});

test('on the strict clock a rest opens again, however long the flood was', () => {
  const { rates: meter, clock } = table();
  const rate = { everyMs: 100, burst: 5 };
  for (let tries = 0; tries < 1000; tries++) meter.attempt('k', rate);
  assert.equal(meter.attempt('k', rate), false);
  clock.now += 100;
  assert.equal(meter.attempt('k', rate), true);
});

test('turns are given in order, one every T, and none beyond the patience', () => {
  const { rates: meter } = table();
  const rate = { everyMs: 1000, burst: 2 };
  assert.deepEqual(
    Array.from({ length: 6 }, () => meter.reserve('k', rate, 3000)),
    [0, 0, 1000, 2000, 3000, null],
  );
  assert.equal(meter.reserve('k', rate, 3000), null, 'a refused turn counts for nothing');
  assert.equal(meter.reserve('other', rate, 0), 0, 'keys do not hinder one another');
});

test('the table is bounded: keys not seen for two generations are forgotten, the busy ones are not', () => {
  const { rates: meter } = table(10);
  const rate = { everyMs: 1000, burst: 1 };
  meter.accept('gone', rate);
  for (let at = 0; at < 1000; at++) {
    assert.equal(meter.accept(`k${at}`, rate), true);
    assert.equal(meter.attempt('busy', rate), at === 0);
    assert.ok(meter.size <= 10, `${meter.size} keys`);
  }
  assert.equal(meter.accept('k999', rate), false);
  assert.equal(meter.accept('gone', rate), true, 'forgotten, so it may');
});

test('a rate of 0 a minute is no limit', () => {
  assert.equal(ratePerMinute(0, 5), null);
  assert.deepEqual(ratePerMinute(30, 20), { everyMs: 2000, burst: 20 });
});

test('a clock that is set back shuts nobody out for as long as that: what was counted before is forgotten', () => {
  const rate = { everyMs: 1000, burst: 3 };
  for (const isIn of [(meter: RateTable) => meter.accept('k', rate), (meter: RateTable) => meter.attempt('k', rate)]) {
    const { rates: meter, clock } = table();
    clock.now = 36_000_000;
    for (let tries = 0; tries < 5; tries++) isIn(meter);
    assert.equal(isIn(meter), false);
    clock.now = 1_000_000;
    assert.deepEqual([isIn(meter), isIn(meter), isIn(meter), isIn(meter)], [true, true, true, false], 'and from there it counts again');
  }
  const ahead = afterOne(36_000_000, rate, 36_000_000);
  assert.deepEqual([waitOf(ahead, rate, 1000), afterOne(ahead, rate, 1000)], [0, 2000]);
});

test('turns that are given far ahead are no clock that was set back', () => {
  const rate = { everyMs: 1000, burst: 1 };
  const { rates: meter } = table();
  const longest = 3_600_000;
  let turns = 0;
  while (meter.reserve('k', rate, longest) !== null && turns < 10_000) turns++;
  assert.equal(turns, 3601);
});
