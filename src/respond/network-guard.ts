// Networks that no packet filter may ever be told to drop. Asked by every export, by the gateway before it tells the kernel helper,
// and by the helper itself: the last guard is the one nobody can talk round.
import { parseCidr, type Cidr } from '../lib/ip.ts';
import { shortestDropPrefix } from '../model/measure.ts';

/** A network that is never dropped, and whose it is, in words. */
export interface ProtectedNetwork {
  readonly network: string;
  readonly whose: string;
}

export interface NetworkGuard {
  /** Why this network must not be dropped; null where it may. A network of which any part is protected may not. */
  why(network: Cidr): string | null;
}

/** Addresses that no stranger has: on an interface they mean ourselves, our link, or a group. */
const neverStrangers: readonly ProtectedNetwork[] = [
  { network: '127.0.0.0/8', whose: 'loopback' },
  { network: '::1/128', whose: 'loopback' },
  { network: '0.0.0.0/8', whose: 'this host' },
  { network: '::/128', whose: 'this host' },
  { network: '169.254.0.0/16', whose: 'the link itself' },
  { network: 'fe80::/10', whose: 'the link itself' },
  { network: '224.0.0.0/3', whose: 'multicast and broadcast' },
  { network: 'ff00::/8', whose: 'multicast' },
];

/** The guard over these networks and those that no stranger has. Throws on text that is no network. */
export function createNetworkGuard(networks: readonly ProtectedNetwork[]): NetworkGuard {
  const guarded = [...neverStrangers, ...networks].map(({ network, whose }) => {
    const cidr = parseCidr(network);
    if (cidr === null) throw new Error(`"${network}" is not a network`);
    return { network, whose, cidr };
  });
  return {
    why: (network) => {
      const shortest = shortestDropPrefix[network.family];
      if (network.bits < shortest) return `is wider than /${shortest}`;
      const met = guarded.find(({ cidr }) => meet(cidr, network));
      return met === undefined ? null : `touches ${met.network} (${met.whose})`;
    },
  };
}

/** Networks are nested or apart: they meet when the shorter prefix is the beginning of both. */
export function meet(one: Cidr, other: Cidr): boolean {
  return one.family === other.family && sameBits(one.words, other.words, Math.min(one.bits, other.bits));
}

/** Whether `outer` holds the whole of `inner`. */
export const holds = (outer: Cidr, inner: Cidr): boolean => outer.bits <= inner.bits && meet(outer, inner);

function sameBits(one: readonly number[], other: readonly number[], bits: number): boolean {
  for (let word = 0; word * 32 < bits; word += 1) {
    const here = Math.min(32, bits - word * 32);
    const mask = (0xffffffff << (32 - here)) >>> 0;
    if ((((one[word] ?? 0) ^ (other[word] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}
