import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modeAt } from './mode.ts';

const end = Date.UTC(2026, 8, 1);
const withEnd = (mode: 'enforce' | 'observe', observeUntil?: number) => (observeUntil === undefined ? { mode } : { mode, observeUntil });
const cases: readonly [mode: 'enforce' | 'observe', until: number | undefined, now: number, expected: string, why: string][] = [
  ['observe', undefined, end, 'observe', 'no end is set'],
  ['observe', end, end - 1, 'observe', 'the last millisecond'],
  ['observe', end, end, 'enforce', 'it ends at the moment itself'],
  ['enforce', end, end - 1, 'enforce', 'an end does not begin an observation'],
];
for (const [mode, until, now, expected, why] of cases)
  test(`${mode} is ${expected}: ${why}`, () => assert.equal(modeAt(withEnd(mode, until) as Parameters<typeof modeAt>[0], now), expected));
