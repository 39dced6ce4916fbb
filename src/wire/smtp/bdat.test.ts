import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBdat, type ChunkHeader } from './bdat.ts';

const cases: readonly [argument: string, expected: ChunkHeader | null, why: string][] = [
  ['86', { bytes: 86, last: false }, 'a chunk'],
  ['86 LAST', { bytes: 86, last: true }, 'the last one'],
  ['86 last', { bytes: 86, last: true }, 'RFC 5321 2.4: in any case of letters'],
  ['0 LAST', { bytes: 0, last: true }, 'RFC 3030 2: the end may come without octets'],
  ['0', { bytes: 0, last: false }, 'so may a chunk'],
  ['00012', { bytes: 12, last: false }, 'a number is a number'],
  ['', null, 'no size'],
  ['LAST', null, 'no size'],
  ['-1', null, 'a sign is no digit'],
  ['0x10', null, 'nor is a letter'],
  ['1e3', null, 'nor an exponent'],
  ['12 LAST LAST', null, 'more than the syntax has'],
  ['12 MORE', null, 'an unknown mark'],
  ['1'.repeat(21), null, 'a number without end'],
  ['\u0661', null, 'ASCII digits only'],
];

for (const [argument, expected, why] of cases) {
  test(`BDAT ${JSON.stringify(argument.slice(0, 30))}: ${why}`, () => assert.deepEqual(parseBdat(argument), expected));
}
