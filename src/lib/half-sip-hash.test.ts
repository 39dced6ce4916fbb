import assert from 'node:assert/strict';
import { test } from 'node:test';
import { halfSipHash } from './half-sip-hash.ts';

const key = { k0: 0x03020100, k1: 0x07060504 };

/** Text whose UTF-16LE bytes are 00, 01, 02... */
const countingBytes = (bytes: number): string => Array.from({ length: bytes / 2 }, (_, at) => String.fromCharCode(2 * at + 256 * (2 * at + 1))).join('');

// The reference implementation's vectors for messages of even length: key 00..07, message 00, 01, 02...
const vectors: readonly [bytes: number, hash: number][] = [
  [0, 0x5b9f35a9],
  [2, 0x03a662fa],
  [4, 0x89466e2a],
  [6, 0x23fc6358],
  [8, 0x8f84b8d0],
  [10, 0x3479b094],
  [12, 0x2f87f057],
  [14, 0x7cf8ffd6],
];

for (const [bytes, expected] of vectors) {
  test(`${bytes} bytes hash as the reference implementation says`, () => assert.equal(halfSipHash(key, countingBytes(bytes)), expected));
}

test('another key gives another hash: what collides under one secret does not under the next', () => {
  assert.notEqual(halfSipHash(key, '192.0.2.1'), halfSipHash({ k0: 1, k1: 2 }, '192.0.2.1'));
});
