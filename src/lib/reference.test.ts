import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newSessionIds, parseReference, referenceOf, sessionIdsFrom, timeOfReference } from './reference.ts';

const at = Date.UTC(2026, 10, 21, 9, 6, 32, 123);

test('an id tells its time, so that explain opens only the segments around it', () => {
  const next = newSessionIds({ doorNumber: 3, now: () => at });
  const id = next();
  assert.equal(id.length, 13);
  assert.equal(timeOfReference(id), at);
  assert.equal(timeOfReference(referenceOf(id, 40)), at);
});

test('more ids in one millisecond than the counter holds do not repeat and keep their order', () => {
  const next = newSessionIds({ doorNumber: 0, now: () => at });
  const ids = Array.from({ length: 70_000 }, next);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids, ids.toSorted());
});

test('whether a session began before a moment is a comparison of texts', () => {
  const id = newSessionIds({ doorNumber: 3, now: () => at })();
  assert.deepEqual([id >= sessionIdsFrom(at - 1), id >= sessionIdsFrom(at), id >= sessionIdsFrom(at + 1)], [true, true, false]);
});

test('a clock that steps back does not bring an id back', () => {
  const times = [at, at, at - 5000, at - 5000, at, at + 1];
  const next = newSessionIds({ doorNumber: 0, now: () => times.shift() ?? at });
  const ids = Array.from({ length: 6 }, next);
  assert.equal(new Set(ids).size, 6);
  assert.deepEqual(ids, ids.toSorted());
});

test('two doors never make the same id', () => {
  const [a, b] = [0, 31].map((doorNumber) => newSessionIds({ doorNumber, now: () => at })());
  assert.notEqual(a, b);
});

test('a door number that does not fit is our fault and throws', () => {
  assert.throws(() => newSessionIds({ doorNumber: 32, now: () => at }), RangeError);
});

test('what is read out on the telephone is understood: lower case, I and L for 1, O for 0', () => {
  const id = newSessionIds({ doorNumber: 0, now: () => at })();
  const spoken = `${id.toLowerCase().replaceAll('1', 'l').replaceAll('0', 'o')}-i`;
  assert.deepEqual(parseReference(spoken), { session: id, reference: `${id}-1` });
});

for (const raw of ['', '4f2a', '192.0.2.1', 'a@b.example', '2026-11-21T09:06:32Z', '1M7YNPXHV0000-', 'XXXXXXXXXXXXXU']) {
  test(`${JSON.stringify(raw)} is no reference`, () => assert.equal(timeOfReference(raw), null));
}
