// Near-duplicates: two texts that share most of their words in a row share bands of their MinHash (Broder 1997), in one pass over the text
// (one permutation, Li et al. 2012; empty bins filled from their neighbours, Shrivastava and Li 2014).
// 64 bins in 8 bands of 8: texts that are alike by 0.77 share a band as often as not, by 0.9 nearly always, by 0.5 hardly ever.
import type { HashKey } from './half-sip-hash.ts';

const bins = 64;
const bands = 8;
const binsPerBand = bins / bands;
/** Words in a row that are compared as one. */
const shingleWords = 5;
/**
 * Words below which a text is not compared: empty messages, one line with a link and pictures with a caption are all alike without
 * being copies (the lesson of DCC's false alarms).
 */
const fewestWords = 30;
/** Characters that are looked at: their words fill each bin some five times over, and every message pays for them. */
const mostCharacters = 2048;
/** Bits of a shingle's hash: V8 keeps such numbers in an array as they are. */
const hashBits = 31;
const binBits = 6;
/** No shingle has hashed to this bin. */
const empty = 0x7fff_ffff;

export interface TextPrint {
  /** Of all its words in their order: 16 hexadecimal digits. */
  readonly hash: string;
  /** Unsigned 32-bit numbers; null where the text is too short to compare. */
  readonly bands: readonly number[] | null;
}

/**
 * The print of a text's words; null for a text without words. Words are letters, case put aside; digits part them as blanks do, so that
 * a number made for each copy does not hide that it is one. Characters of scripts that write without blanks are a word each.
 */
export function textPrint(text: string, key: HashKey): TextPrint | null {
  const print = new Printing(key);
  hashWords(text.slice(0, mostCharacters).toLowerCase(), key.k0, print);
  return print.done();
}

/** Finaliser of MurmurHash3: each bit of the input changes half of those that come out. */
function mixed(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

/** Hands over a hash a word, without cutting the words out. */
function hashWords(text: string, seed: number, print: Printing): void {
  let hash = seed;
  let inWord = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x2e80 && isLetter(code)) {
      hash = Math.imul(hash ^ code, 0x01000193); // FNV-1a
      inWord = true;
      continue;
    }
    if (inWord) {
      print.add(mixed(hash));
      hash = seed;
      inWord = false;
    }
    if (code >= 0x2e80) print.add(mixed(seed ^ code));
  }
  if (inWord) print.add(mixed(hash));
}

/** Lower-case ASCII letters, and beyond ASCII all but signs and punctuation. */
const isLetter = (code: number): boolean => (code >= 0x61 && code <= 0x7a) || (code >= 0xaa && (code < 0x2000 || code > 0x2bff));

/** Shingles are hashed as numbers of this base, so that the next one follows from the last (Rabin and Karp). */
const base = 0x9e3779b1;
const oldestPlace = Array.from({ length: shingleWords }).reduce<number>((power) => Math.imul(power, base), 1);

/** A print in the making, word by word; nothing is kept but the last words and the least hash of each bin. */
class Printing {
  readonly #key: HashKey;
  readonly #least = Array.from({ length: bins }, () => empty);
  /** The last words, in a ring. */
  readonly #last = [0, 0, 0, 0, 0];
  #count = 0;
  #shingle = 0;
  #one: number;
  #two: number;

  constructor(key: HashKey) {
    this.#key = key;
    this.#one = key.k0 | 0;
    this.#two = key.k1 | 0;
  }

  add(word: number): void {
    const one = this.#one;
    this.#one = Math.imul(((one << 13) | (one >>> 19)) ^ word, 0x85ebca6b);
    this.#two = (Math.imul(this.#two, base) + word) | 0;
    const place = this.#count++ % shingleWords;
    this.#shingle = (Math.imul(this.#shingle, base) + word - Math.imul(this.#last[place] ?? 0, oldestPlace)) | 0;
    this.#last[place] = word;
    if (this.#count < shingleWords) return;
    const hash = mixed(this.#shingle ^ this.#key.k1) >>> (32 - hashBits);
    const bin = hash >>> (hashBits - binBits);
    if (hash < (this.#least[bin] ?? 0)) this.#least[bin] = hash;
  }

  done(): TextPrint | null {
    if (this.#count === 0) return null;
    const values = this.#count < fewestWords ? null : filled(this.#least);
    return { hash: hex(mixed(this.#one)) + hex(mixed(this.#two)), bands: values === null ? null : bandsOf(values, this.#key.k0) };
  }
}

/** Empty bins take the value of the next full one, marked by the distance, so that two texts agree in them as they do elsewhere. */
function filled(least: readonly number[]): readonly number[] {
  const full = [...least];
  let found = empty;
  let distance = 0;
  // Backwards and twice around: the next full bin of the last ones is behind the first.
  for (let at = 2 * bins - 1; at >= 0; at--) {
    const value = least[at % bins] ?? empty;
    if (value !== empty) [found, distance] = [value, 0];
    else distance++;
    if (at < bins && distance > 0) full[at] = mixed(found + distance);
  }
  return full;
}

function bandsOf(values: readonly number[], seed: number): number[] {
  return Array.from({ length: bands }, (_, band) => {
    let hash = mixed(seed + band);
    for (let bin = band * binsPerBand; bin < (band + 1) * binsPerBand; bin++) hash = mixed(Math.imul(hash, 5) ^ (values[bin] ?? 0));
    return hash >>> 0;
  });
}

/** How many bands two texts share, of 8. */
export const sharedBands = (one: readonly number[], other: readonly number[]): number => one.filter((band, at) => band === other[at]).length;
