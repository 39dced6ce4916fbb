import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { calm, causesOf, levelOf, nextLoad, type LoadLevel, type LoadState } from './load-level.ts';

const levels: readonly [value: number, expected: LoadLevel, why: string][] = [
  [50, 0, 'the threshold itself is still well'],
  [51, 1, 'just above'],
  [70.5, 2, 'above the second'],
  [1e9, 3, 'no top'],
  [Number.NaN, 0, 'what could not be measured asks for nothing'],
];
for (const [value, expected, why] of levels) test(`${value} asks for level ${expected}: ${why}`, () => assert.equal(levelOf(value, [50, 70, 200]), expected));

test('the causes are the signals that ask for a level, the worst first', () => {
  const thresholds = { lag: [50, 70, 200], sessions: [0.7, 0.85, 0.95], memory: [0.9, 0.95, 0.98] } as const;
  assert.deepEqual(causesOf({ lag: 60, sessions: 0.9, memory: 0.2 }, thresholds), [
    { signal: 'sessions', value: 0.9, level: 2 },
    { signal: 'lag', value: 60, level: 1 },
  ]);
});

/** The level after each second of a series of wanted levels. */
function curve(wanted: readonly LoadLevel[], calmMs = 10_000): LoadLevel[] {
  let state: LoadState = calm;
  return wanted.map((level, second) => (state = nextLoad(state, level, second * 1000, calmMs)).level);
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('it rises at once and falls one step after ten seconds of calm each', () => {
  const levelsSeen = curve([0, 3, 3, ...times(40, 0 as const)]);
  assert.deepEqual(levelsSeen.slice(0, 3), [0, 3, 3]);
  assert.deepEqual(
    [3, 2, 1, 0].map((level) => levelsSeen.filter((each) => each === level).length),
    [12, 10, 10, 11],
  );
});

test('a signal that swings about its threshold every second makes one change, not sixty', () => {
  const seen = curve(Array.from({ length: 60 }, (_, second) => (second % 2 === 0 ? 2 : 0)));
  assert.deepEqual(new Set(seen), new Set([2]));
});

test('shedding that cures the overload for eight seconds at a time does not flap', () => {
  const seen = curve(Array.from({ length: 90 }, (_, second) => (second % 9 === 0 ? 1 : 0)));
  assert.deepEqual(new Set(seen), new Set([1]));
});

test('whatever is wanted: never below it, never falls by more than a step, nor within the calm', () => {
  const series = fc.array(fc.constantFrom<LoadLevel>(0, 1, 2, 3), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(series, (wanted) => {
      const seen = curve(wanted);
      let lastAbove = -Infinity;
      for (const [at, level] of seen.entries()) {
        assert.ok(level >= (wanted[at] ?? 0));
        const before = at === 0 ? 0 : (seen[at - 1] ?? 0);
        if (level < before) {
          assert.equal(level, before - 1);
          assert.ok(at - lastAbove >= 10);
          lastAbove = at - 1;
        } else if ((wanted[at] ?? 0) >= level) lastAbove = at;
      }
    }),
  );
});
