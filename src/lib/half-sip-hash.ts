// HalfSipHash-2-4: a keyed 32-bit hash for short text. With a secret key nobody outside can aim two keys at one place of a table.
// Aumasson and Bernstein, "SipHash: a fast short-input PRF"; the half-width variant of the reference implementation.

/** Two words of a secret key, as signed or unsigned 32-bit numbers. */
export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

/** Hashes the UTF-16LE bytes of `text`; an unsigned 32-bit number. */
export function halfSipHash(key: HashKey, text: string): number {
  let v0 = key.k0 | 0;
  let v1 = key.k1 | 0;
  let v2 = 0x6c796765 ^ v0;
  let v3 = 0x74656462 ^ v1;
  const units = text.length;
  const blocks = (units >>> 1) + 1;
  // One loop for blocks, the closing block and the four closing rounds: calls cost more than the arithmetic here.
  for (let block = 0; block <= blocks; block++) {
    const at = block * 2;
    const closing = block === blocks;
    const last = ((units * 2) << 24) | (at < units ? text.charCodeAt(at) : 0);
    const word = closing ? 0 : at + 1 < units ? text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16) : last;
    if (closing) v2 ^= 0xff;
    v3 ^= word;
    for (let round = closing ? 4 : 2; round > 0; round--) {
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
