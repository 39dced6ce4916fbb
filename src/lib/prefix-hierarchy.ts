// Which networks most comes from, at the size at which it comes: one host, a rack of them, a provider's block. Every level is counted for
// every address; a network is named only for what its named parts do not already explain (hierarchical heavy hitters, full update).
import { HeavyHitters } from './heavy-hitters.ts';
import { networkOf } from './ip.ts';

/** Prefix lengths from one host upwards. A host of IPv6 has a /64 (RFC 4291 2.5.1): nothing smaller is counted. */
const levels: readonly { readonly v4: number; readonly v6: number }[] = [
  { v4: 32, v6: 64 },
  { v4: 24, v6: 56 },
  { v4: 20, v6: 48 },
  { v4: 16, v6: 32 },
];

/** A network with its decayed count, and what of it is not in the networks named before it. */
export interface HeavyNetwork {
  /** `192.0.2.0/24`. */
  readonly network: string;
  readonly est: number;
  readonly err: number;
  /** A lower bound: no error of the sketch accuses a network. */
  readonly own: number;
}

export interface PrefixHierarchyOptions {
  /** Networks counted at each level. */
  readonly capacity: number;
  /** Milliseconds after which an event counts half. */
  readonly halfLifeMs: number;
}

export class PrefixHierarchy {
  readonly #sketches: readonly HeavyHitters[];

  constructor(options: PrefixHierarchyOptions) {
    this.#sketches = levels.map(() => new HeavyHitters(options));
  }

  /** Counts an address (canonical text) at a moment in ms. */
  add(ip: string, at: number, weight = 1): void {
    for (const [level, sketch] of this.#sketches.entries()) sketch.add(networksAt(ip, level), at, weight);
  }

  /** Decayed count of everything at a moment in ms. */
  total(at: number): number {
    return this.#sketches[0]?.total(at) ?? 0;
  }

  /** Networks of which more than `share` of all comes that no smaller named network explains; smallest networks first, at most `most`. */
  heavy(share: number, at: number, most = 20): readonly HeavyNetwork[] {
    const threshold = share * this.total(at);
    const named: HeavyNetwork[] = [];
    for (const [level, sketch] of this.#sketches.entries()) {
      // What is named here must not hide a sibling at the same level: only smaller ones explain.
      const smaller = [...named];
      for (const { key, est, err } of sketch.top(most, at)) {
        const explained = smaller.filter((each) => networksAt(addressOf(each.network), level) === key);
        const own = est - err - outermost(explained).reduce((sum, each) => sum + each.est, 0);
        if (own > threshold) named.push({ network: key, est, err, own });
      }
    }
    return named.slice(0, most);
  }
}

const networksAt = (ip: string, level: number): string => networkOf(ip, levels[level]?.v4 ?? 32, levels[level]?.v6 ?? 64);

const addressOf = (network: string): string => network.slice(0, network.indexOf('/'));

/** Those that lie in no other of them: a host within a named /24 is counted with the /24. */
function outermost(networks: readonly HeavyNetwork[]): readonly HeavyNetwork[] {
  return networks.filter((each) => !networks.some((other) => other !== each && contains(other.network, each.network)));
}

function contains(outer: string, inner: string): boolean {
  const [bits, innerBits] = [outer, inner].map((network) => Number(network.slice(network.indexOf('/') + 1)));
  return (bits ?? 0) < (innerBits ?? 0) && networkOf(addressOf(inner), bits ?? 0, bits ?? 0) === outer;
}
