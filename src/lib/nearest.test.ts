import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearest } from './nearest.ts';

const distances: readonly [a: string, b: string, distance: number][] = [
  ['', '', 0],
  ['', 'abc', 3],
  ['address', 'adress', 1],
  ['address', 'addrses', 1],
  ['hub', 'hubs', 1],
  ['kitten', 'sitting', 3],
];
for (const [a, b, distance] of distances) test(`"${a}" and "${b}" differ by ${distance}`, () => assert.equal(editDistance(a, b), distance));

test('the distance is the same both ways, and at most the longer length', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 12 }),
      fc.string({ maxLength: 12 }),
      (a, b) => editDistance(a, b) === editDistance(b, a) && editDistance(a, b) <= Math.max(a.length, b.length),
    ),
  );
});

const known = ['sessions', 'sessionsPerAddress', 'sessionsPerNetwork', 'errors', 'proxyProtocol'];
const found: readonly [name: string, expected: string | null, why: string][] = [
  ['sesions', 'sessions', 'a letter is missing'],
  ['sessionsPerAdress', 'sessionsPerAddress', 'nearer than its shorter sibling'],
  ['proxy_protocol', 'proxyProtocol', 'another habit of writing'],
  ['SESSIONS', 'sessions', 'case does not matter'],
  ['zebra', null, 'nothing is near: no advice is better than a wrong one'],
  ['x'.repeat(100_000), null, 'a giant name costs nothing'],
];
for (const [name, expected, why] of found) test(`nearest to ${name.slice(0, 20)} is ${expected}: ${why}`, () => assert.equal(nearest(name, known), expected));
