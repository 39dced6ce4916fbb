import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pairHash, sketchHash } from './sketch-hash.ts';

const key = { k0: 0x03020100, k1: 0x07060504 };

/** The definition, word for word and slowly: `each` rounds a block, `last` to close. */
function slowHash(text: string, each: number, last: number): number {
  let [v0, v1, v2, v3] = [key.k0, key.k1, key.k0 ^ 0x6c796765, key.k1 ^ 0x74656462];
  const turned = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
  const rounds = (count: number): void => {
    for (let round = 0; round < count; round++) {
      v0 = (v0 + v1) | 0;
      v1 = turned(v1, 5) ^ v0;
      v0 = turned(v0, 16);
      v2 = (v2 + v3) | 0;
      v3 = turned(v3, 8) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = turned(v3, 7) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = turned(v1, 13) ^ v2;
      v2 = turned(v2, 16);
    }
  };
  const bytes = Buffer.from(text, 'latin1');
  const blocks = Buffer.alloc((bytes.length & ~3) + 4, 0);
  bytes.copy(blocks);
  blocks.writeUInt8(bytes.length & 255, blocks.length - 1);
  for (let at = 0; at < blocks.length; at += 4) {
    v3 ^= blocks.readInt32LE(at);
    rounds(each);
    v0 ^= blocks.readInt32LE(at);
  }
  v2 ^= 0xff;
  rounds(last);
  return (v1 ^ v3) >>> 0;
}

test('it is HalfSipHash-1-3, by a slow one that gives the vectors of the reference implementation with two and four rounds', () => {
  const octets = (count: number): string => String.fromCodePoint(...Array.from({ length: count }, (_, octet) => octet));
  const hexOf = (hash: number): string => hash.toString(16).padStart(8, '0').match(/../g)?.toReversed().join('') ?? '';
  assert.deepEqual(
    [0, 1, 2, 3].map((count) => hexOf(slowHash(octets(count), 2, 4))),
    ['a9359f5b', '27475ab8', 'fa62a603', '8afee704'],
  );
  for (let count = 0; count <= 256; count++) assert.equal(sketchHash(key, octets(count)), slowHash(octets(count), 1, 3));
});

test('the hash of a pair tells the order, and pairs apart', () => {
  const hashes = Array.from({ length: 200 }, (_, number) => sketchHash(key, `name${number}`));
  const pairs = new Set(hashes.flatMap((one) => hashes.map((other) => pairHash(one, other))));
  // Of 40,000 pairs 0.2 are expected to share a hash.
  assert.ok(pairs.size >= 39_997, String(pairs.size));
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
