// The hash that sketches and fingerprints are made with: HalfSipHash-1-3 (lib/half-sip-hash.ts) over one octet a character, several times as fast
// for the addresses and names of mail. One round a block is what hash tables use (Rust, Python): what it gives never leaves the process, so there
// is nothing to break it with. Text with other characters takes the long way.
import { halfSipHash, type HashKey } from './half-sip-hash.ts';

/** Tells the long way's results from those of the short one. */
const wideMark = 0x5bd1e995;
const closingRounds = 3;

/** A keyed hash of a text, an unsigned 32-bit number; not that of `halfSipHash`. */
export function sketchHash(key: HashKey, text: string): number {
  let v0 = key.k0 | 0;
  let v1 = key.k1 | 0;
  let v2 = 0x6c796765 ^ v0;
  let v3 = 0x74656462 ^ v1;
  const { length } = text;
  const whole = length & ~3;
  let seen = 0;
  let word = 0;
  // One round a block and three to close, with the block that tells the length between them: the loop ends when all are done.
  for (let at = 0; at <= whole + 4 * closingRounds; at += 4) {
    if (at < whole) {
      const c0 = text.charCodeAt(at);
      const c1 = text.charCodeAt(at + 1);
      const c2 = text.charCodeAt(at + 2);
      const c3 = text.charCodeAt(at + 3);
      seen |= c0 | c1 | c2 | c3;
      word = (c3 << 24) | (c2 << 16) | (c1 << 8) | c0;
    } else if (at === whole) {
      word = length << 24;
      for (let rest = whole; rest < length; rest++) {
        const code = text.charCodeAt(rest);
        seen |= code;
        word |= code << ((rest - whole) * 8);
      }
      if (seen > 255) return (halfSipHash(key, text) ^ wideMark) >>> 0;
    } else {
      if (at === whole + 4) v2 ^= 0xff;
      word = 0;
    }
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return (v1 ^ v3) >>> 0;
}

/** One hash of two, in this order: for pairs, without making a text of them. Takes hashes of a secret key; unsigned 32 bits. */
export function pairHash(one: number, other: number): number {
  let mixed = Math.imul(one ^ 0x9e3779b1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ other, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x9e3779b1);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
