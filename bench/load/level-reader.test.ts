import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turnsOf } from './level-reader.ts';

const curve = (levels: readonly number[]) => levels.map((level, second) => ({ second, level, waiting: 0 }));
const cases: readonly (readonly [levels: readonly number[], turns: number, why: string])[] = [
  [[0, 0, 0], 0, 'nothing happened'],
  [[0, 1, 2, 2, 1, 0], 1, 'up by steps and down by steps is one swell'],
  [[0, 2, 0, 2, 0], 3, 'each return of the level is two turns'],
];
for (const [levels, turns, why] of cases) test(`${levels.join(' ')} turns ${turns} times: ${why}`, () => assert.equal(turnsOf(curve(levels)), turns));
