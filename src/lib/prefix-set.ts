// A set of networks that answers in some tens of nanoseconds: nested prefixes are flattened into ranges that do not overlap, kept
// in sorted typed arrays, and looked up by halving. Immutable; its data can be sent to another thread as it is.
import { parseIpv4, parseIpv6 } from './ip-words.ts';
import { parseCidr, type Cidr } from './ip.ts';
import { flattenV4, flattenV6, type Networks } from './prefix-ranges.ts';

/**
 * What a set is made of: range `i` begins at `starts[i]` (IPv6: at four words) and ends where the next begins; `values[i]` is the
 * index of the most specific network that covers it, -1 for none.
 */
export interface PrefixSetData {
  readonly v4starts: Uint32Array;
  readonly v4values: Int32Array;
  readonly v6starts: Uint32Array;
  readonly v6values: Int32Array;
}

export class PrefixSet {
  readonly #data: PrefixSetData;

  private constructor(data: PrefixSetData) {
    this.#data = data;
  }

  static readonly empty = PrefixSet.build([]);

  /** Of `address/bits` or bare addresses; of two equal networks the later one counts. Throws on text that is neither. */
  static build(cidrs: readonly string[]): PrefixSet {
    const v4: Networks<number> = { start: [], after: [], value: [] };
    const v6: Networks<string> = { start: [], after: [], value: [] };
    for (let index = 0; index < cidrs.length; index++) {
      const cidr = parseCidr(cidrs[index] ?? '');
      if (cidr === null) throw new Error(`"${cidrs[index]}" is not a network`);
      if (cidr.family === 4) addV4(v4, cidr, index);
      else addV6(v6, cidr, index);
    }
    const ranges4 = flattenV4(v4);
    const ranges6 = flattenV6(v6);
    return new PrefixSet({
      v4starts: Uint32Array.from(ranges4.starts),
      v4values: Int32Array.from(ranges4.values),
      v6starts: wordsOf(ranges6.starts),
      v6values: Int32Array.from(ranges6.values),
    });
  }

  static fromData(data: PrefixSetData): PrefixSet {
    return new PrefixSet(data);
  }

  /** Plain typed arrays, ready to be posted to another thread. */
  toData(): PrefixSetData {
    return this.#data;
  }

  /** Whether any network holds this address; text that is no address is in none. */
  has(ip: string): boolean {
    return this.match(ip) >= 0;
  }

  /** Index (in the order given to `build`) of the most specific network that holds this address; -1 when none does. */
  match(ip: string): number {
    const v4 = parseIpv4(ip);
    if (v4 >= 0) return this.#matchV4(v4);
    const words = parseIpv6(ip);
    if (words === null) return -1;
    const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
    return mapped ? this.#matchV4(words[3] ?? 0) : this.#matchV6(words);
  }

  #matchV4(word: number): number {
    const { v4starts, v4values } = this.#data;
    let low = 0;
    let high = v4starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((v4starts[middle] ?? 0) <= word) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : (v4values[low - 1] ?? -1);
  }

  #matchV6(words: Uint32Array): number {
    const { v6starts, v6values } = this.#data;
    let low = 0;
    let high = v6values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (startsAtOrBefore(v6starts, middle * 4, words)) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : (v6values[low - 1] ?? -1);
  }
}

function startsAtOrBefore(starts: Uint32Array, at: number, words: Uint32Array): boolean {
  for (let word = 0; word < 4; word++) {
    const difference = (starts[at + word] ?? 0) - (words[word] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

function addV4(networks: Networks<number>, cidr: Cidr, index: number): void {
  const start = cidr.words[0] ?? 0;
  const after = start + 2 ** (32 - cidr.bits);
  networks.start.push(start);
  networks.after.push(after > 0xffffffff ? null : after);
  networks.value.push(index);
}

function addV6(networks: Networks<string>, cidr: Cidr, index: number): void {
  const groups = cidr.words.flatMap((word) => [word >>> 16, word & 0xffff]);
  networks.start.push(String.fromCharCode(...groups));
  networks.after.push(groupsAfter(groups, cidr.bits));
  networks.value.push(index);
}

/** The first address behind a network, by adding one at its last prefix bit; null when that overflows. */
function groupsAfter(groups: number[], bits: number): string | null {
  if (bits === 0) return null;
  let at = (bits - 1) >>> 4;
  let carry = 1 << (15 - ((bits - 1) & 15));
  for (; at >= 0; at--) {
    const sum = (groups[at] ?? 0) + carry;
    groups[at] = sum & 0xffff;
    if (sum <= 0xffff) return String.fromCharCode(...groups);
    carry = 1;
  }
  return null;
}

function wordsOf(starts: readonly string[]): Uint32Array {
  const words = new Uint32Array(starts.length * 4);
  for (const [index, start] of starts.entries()) {
    for (let word = 0; word < 4; word++) words[index * 4 + word] = start.charCodeAt(word * 2) * 0x10000 + start.charCodeAt(word * 2 + 1);
  }
  return words;
}
