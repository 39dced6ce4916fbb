import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadLevel } from '../../lib/load-level.ts';
import { classOf, isShed, type ClientClass, type Known } from './client-class.ts';

const stranger: Known = { isHub: false, inside: false, role: 'mx', repute: null, penalised: false };
const repute = (good: number, bad: number): Pick<Known, 'repute'> => ({ repute: { good, bad, score: (good - bad) / (good + bad + 10) } });

const cases: readonly [known: Partial<Known>, expected: ClientClass, why: string][] = [
  [{ isHub: true }, 0, 'our own hub'],
  [{ inside: true }, 1, 'an insider'],
  [{ inside: true, penalised: true }, 1, 'an insider is never pushed down: it is one address with many sessions'],
  [{ role: 'submission' }, 1, 'who comes to submit has to authenticate'],
  [{ role: 'smarthost' }, 1, 'who reaches a smart host is ours'],
  [repute(10, 0), 2, 'ten messages and no refusal'],
  [repute(9, 0), 3, 'nine are known, not yet good'],
  [repute(300, 40), 2, 'a large sender with a few unknown recipients'],
  [repute(1, 0), 3, 'one message makes it known'],
  [repute(3, 5), 4, 'more refusals than messages are no recommendation'],
  [{}, 4, 'never seen'],
  [repute(0, 9), 4, 'nine refusals are not yet held against it'],
  [repute(0, 10), 5, 'ten are'],
  [{ ...repute(200, 0), penalised: true }, 5, 'even a good one that comes back too fast'],
];
for (const [known, expected, why] of cases) test(`class ${expected}: ${why}`, () => assert.equal(classOf({ ...stranger, ...known }), expected));

test('the higher the level the more classes are refused, lowest first, and ours never', () => {
  const refusedAt = (level: LoadLevel, half: boolean): ClientClass[] => ([0, 1, 2, 3, 4, 5] as const).filter((standing) => isShed(standing, level, half));
  assert.deepEqual(refusedAt(0, true), []);
  assert.deepEqual(refusedAt(1, true), [5]);
  assert.deepEqual(refusedAt(2, true), [4, 5]);
  assert.deepEqual(refusedAt(3, false), [3, 4, 5]);
  assert.deepEqual(refusedAt(3, true), [2, 3, 4, 5]);
});
