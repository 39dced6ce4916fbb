import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortNumber } from './short-number.ts';

for (const [value, expected] of [
  [115.1223846497024, '115.12'],
  [9.969368333333334, '9.97'],
  [40, '40'],
  [0.1 + 0.2, '0.3'],
] as const)
  test(`${value} reads ${expected}`, () => assert.equal(shortNumber(value), expected));
