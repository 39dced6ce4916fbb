// The hash that sketches and fingerprints are made with: HalfSipHash-2-4 (lib/half-sip-hash.ts) over one octet a character, twice as fast for the
// addresses and names of mail. Text with other characters takes the long way.
import { halfSipHash, type HashKey } from './half-sip-hash.ts';

/** Tells the long way's results from those of the short one. */
const wideMark = 0x5bd1e995;

/** A keyed hash of a text, an unsigned 32-bit number; not that of `halfSipHash`. */
export function sketchHash(key: HashKey, text: string): number {
  let v0 = key.k0 | 0;
  let v1 = key.k1 | 0;
  let v2 = 0x6c796765 ^ v0;
  let v3 = 0x74656462 ^ v1;
  const { length } = text;
  const blocks = (length >>> 2) + 1;
  for (let block = 0; block <= blocks; block++) {
    const at = block * 4;
    const isClosing = block === blocks;
    // Beyond the end charCodeAt gives NaN, which the operators take for 0.
    const c0 = isClosing ? 0 : text.charCodeAt(at) | 0;
    const c1 = isClosing ? 0 : text.charCodeAt(at + 1) | 0;
    const c2 = isClosing ? 0 : text.charCodeAt(at + 2) | 0;
    const c3 = isClosing ? 0 : text.charCodeAt(at + 3) | 0;
    if ((c0 | c1 | c2 | c3) > 255) return (halfSipHash(key, text) ^ wideMark) >>> 0;
    const isLast = block === blocks - 1;
    const word = isClosing ? 0 : isLast ? (length << 24) | (c2 << 16) | (c1 << 8) | c0 : (c3 << 24) | (c2 << 16) | (c1 << 8) | c0;
    if (isClosing) v2 ^= 0xff;
    v3 ^= word;
    for (let round = isClosing ? 4 : 2; round > 0; round--) {
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
    }
    v0 ^= word;
  }
  return (v1 ^ v3) >>> 0;
}
