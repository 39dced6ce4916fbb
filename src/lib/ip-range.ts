// Ranges of addresses as registries give them, first to last, as networks.
import { cidrText, networkOf, parseCidr } from './ip.ts';

/** The largest network, `address/bits`, that holds `ip` and lies between the two addresses, which count too; '' where `ip` is not between them. */
export function networkWithin(ip: string, first: string, last: string): string {
  const [address, start, end] = [parseCidr(ip), parseCidr(first), parseCidr(last)];
  if (address === null || start === null || end === null || start.family !== address.family || end.family !== address.family) return '';
  for (let bits = 0; bits <= address.words.length * 32; bits += 1) {
    const network = parseCidr(networkOf(ip, bits, bits));
    if (network === null || compare(network.words, start.words) < 0) continue;
    if (compare(lastOf(network.words, bits), end.words) <= 0) return cidrText(network);
  }
  return '';
}

/** The last address of a network, as words. */
function lastOf(words: readonly number[], bits: number): readonly number[] {
  return words.map((word, at) => {
    const here = Math.min(32, Math.max(0, bits - at * 32));
    return here === 32 ? word : (word | (0xffffffff >>> here)) >>> 0;
  });
}

/** Negative, 0 or positive, as `one` comes before `other`, is it, or comes after it. */
function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((word, index) => word !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}
