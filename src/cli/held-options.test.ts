import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliError } from './command-line.ts';
import { selectedBy, type Selectors } from './held-options.ts';

const now = Date.UTC(2026, 10, 21, 12);
const cases: readonly [options: Selectors, asked: Readonly<Record<string, string>>, why: string][] = [
  [{}, {}, 'nothing said, nothing asked'],
  [{ sender: 'a.example', subject: 'x' }, { sender: 'a.example', subject: 'x' }, 'texts are handed on'],
  [{ since: '2h', before: '30m' }, { since: '2026-11-21T10:00:00.000Z', before: '2026-11-21T11:30:00.000Z' }, 'times as a length ago'],
  [{ since: '2026-11-20T00:00:00Z' }, { since: '2026-11-20T00:00:00.000Z' }, 'or as they are'],
  [{ larger: '1 MiB', smaller: '2097152' }, { largerThan: '1048576', smallerThan: '2097152' }, 'sizes with a unit'],
  [{ refused: true }, { refused: 'true' }, 'copies of refused mail'],
];
for (const [options, asked, why] of cases) test(why, () => assert.deepEqual(selectedBy(options, now), asked));

for (const wrong of [{ since: 'yesterday' }, { larger: 'big' }] as const) {
  test(`${JSON.stringify(wrong)} is bad usage`, () => assert.throws(() => selectedBy(wrong, now), CliError));
}
