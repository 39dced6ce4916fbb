import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sketchHash } from './sketch-hash.ts';

const key = { k0: 0x03020100, k1: 0x07060504 };

test('the octets 0 to n give the vectors of the reference implementation of HalfSipHash-2-4', () => {
  const octets = (count: number): string => String.fromCodePoint(...Array.from({ length: count }, (_, octet) => octet));
  const hexOf = (hash: number): string => hash.toString(16).padStart(8, '0').match(/../g)?.toReversed().join('') ?? '';
  assert.deepEqual(
    [0, 1, 2, 3].map((count) => hexOf(sketchHash(key, octets(count)))),
    ['a9359f5b', '27475ab8', 'fa62a603', '8afee704'],
  );
});

test('another text and another key give another hash', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (one, other) => {
      assert.equal(sketchHash(key, one) === sketchHash(key, other), one === other);
      assert.notEqual(sketchHash(key, one), sketchHash({ k0: 1, k1: 2 }, one));
    }),
  );
});

test('characters beyond one octet are not folded into others', () => {
  const wide = ['\u0101', '\u0001\u0001', 'a\u0400', 'a\u0000', '\u0100\u0100', 'ä@hub.example', 'ā@hub.example'];
  assert.equal(new Set(wide.map((text) => sketchHash(key, text))).size, wide.length);
});
