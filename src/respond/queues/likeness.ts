// How alike two messages are: the share of three words in a row that they have in common (resemblance, Broder 1997), counted exactly, because
// an operator who purges a queue wants to know and has the time. Numbers and what is no letter do not count: copies differ in them.
import { halfSipHash, type HashKey } from '../../lib/half-sip-hash.ts';

/** From this share on two messages are copies of one: a name and a link of their own change some ten of a hundred words. */
export const alikeFrom = 0.6;
/** Words in a row that are compared as one. */
const shingleWords = 3;
/** Words of one message that are looked at: memory and time for a message stay small. */
const mostWords = 3000;
/** Nobody gains by collisions here; the same in every run. */
const key: HashKey = { k0: 1, k1: 2 };

export type Shingles = ReadonlySet<number>;

/** The words in a row of a text, as numbers; a text of one or two words is one of its own. */
export function shinglesOf(text: string): Shingles {
  const words: string[] = [];
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
    words.push(word);
    if (words.length >= mostWords) break;
  }
  const shingles = new Set<number>();
  const last = Math.max(0, words.length - shingleWords);
  for (let at = 0; at <= last && words.length > 0; at++) shingles.add(halfSipHash(key, words.slice(at, at + shingleWords).join(' ')));
  return shingles;
}

/** 0 to 1; texts without words are like nothing. */
export function resemblance(one: Shingles, other: Shingles): number {
  let shared = 0;
  for (const each of one) if (other.has(each)) shared += 1;
  const all = one.size + other.size - shared;
  return all === 0 ? 0 : shared / all;
}
