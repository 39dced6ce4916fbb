import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { duration, durationText, moment, size, sizeText } from './units.ts';

const read = (type: { safeParse(raw: unknown): { success: boolean; data?: unknown } }, raw: unknown): unknown => {
  const result = type.safeParse(raw);
  return result.success ? result.data : 'refused';
};

const durations: readonly [raw: unknown, ms: number | 'refused'][] = [
  ['500ms', 500],
  ['30s', 30_000],
  [' 5 m ', 300_000],
  ['5min', 300_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
  [undefined, 1000],
  ['30', 'refused'],
  [30, 'refused'],
  ['-1s', 'refused'],
  ['1e3s', 'refused'],
  ['5 minutes', 'refused'],
  ['1constructor', 'refused'],
  ['', 'refused'],
];
for (const [raw, ms] of durations) test(`${JSON.stringify(raw)} as a duration is ${ms}`, () => assert.equal(read(duration('1s'), raw), ms));

const sizes: readonly [raw: unknown, bytes: number | 'refused'][] = [
  [2048, 2048],
  ['2048', 2048],
  ['64 KiB', 65_536],
  ['1.5MiB', 1_572_864],
  ['1 KB', 1000],
  [undefined, 1],
  ['1 kb', 'refused'],
  [-1, 'refused'],
  [1.5, 'refused'],
  ['999999999999999 TiB', 'refused'],
  [null, 'refused'],
];
for (const [raw, bytes] of sizes) test(`${JSON.stringify(raw)} as a size is ${bytes}`, () => assert.equal(read(size('1'), raw), bytes));

const moments: readonly [raw: unknown, atMs: number | 'refused'][] = [
  ['2026-09-01', Date.UTC(2026, 8, 1)],
  ['2026-09-01T06:30:00Z', Date.UTC(2026, 8, 1, 6, 30)],
  ['2026-02-30', 'refused'],
  ['2026-09-01T06:30:00', 'refused'], // whose local time?
  ['tomorrow', 'refused'],
];
for (const [raw, atMs] of moments) test(`${JSON.stringify(raw)} as a date is ${atMs}`, () => assert.equal(read(moment, raw), atMs));

test('what `config show` writes reads back as the same number', () => {
  fc.assert(fc.property(fc.nat(2 ** 40), (value) => read(duration('1s'), durationText(value)) === value && read(size('1'), sizeText(value)) === value));
});
