// Whom no packet filter may be told to drop, as the configuration in force and this machine have it: our networks, the never-block list,
// next hops, proxies in front of us, and our own addresses.
import { isIP } from 'node:net';
import type { Config } from '../config/options.ts';
import type { ProtectedNetwork } from '../respond/network-guard.ts';
import { addressesOfMachine, addressesOfName, nextHopHosts } from './next-hop-addresses.ts';

export interface ProtectedParts {
  /** The configuration in force. */
  config(): Config;
  /** Addresses of a name; rejects where there are none now. */
  resolve?(name: string): Promise<readonly string[]>;
  /** Addresses of this machine. */
  ownAddresses?(): readonly string[];
}

export interface ProtectedNetworks {
  /** As known now. */
  networks(): readonly ProtectedNetwork[];
  /** Names of next hops that could never be resolved. */
  unresolved(): readonly string[];
  /** Asks for the addresses of next hops that have names; never rejects. What was known stays known. */
  refresh(): Promise<void>;
}

/** Keeps them; the first `refresh` brings the names in. */
export function createProtectedNetworks({ config, resolve = addressesOfName, ownAddresses = addressesOfMachine }: ProtectedParts): ProtectedNetworks {
  // Bounded by the configuration: it holds next hops only.
  const known = new Map<string, readonly string[]>();
  const names = (): readonly string[] => nextHopHosts(config()).filter((host) => isIP(host) === 0);
  return {
    networks: () => {
      const { site, neverBlock, listeners } = config();
      const as = (whose: string, networks: readonly string[]): ProtectedNetwork[] => networks.map((network) => ({ network, whose }));
      const hops = nextHopHosts(config());
      return [
        ...as('site.networks', site.networks),
        ...as('neverBlock.networks', neverBlock.networks),
        ...as(
          'a proxy in front of us',
          listeners.flatMap(({ proxyProtocol, xclient }) => [...(proxyProtocol?.trusted ?? []), ...(xclient?.trusted ?? [])]),
        ),
        ...as(
          'a next hop',
          hops.flatMap((host) => (isIP(host) === 0 ? (known.get(host) ?? []) : [host])),
        ),
        ...as('this machine', ownAddresses().map(withoutZone)),
      ];
    },
    unresolved: () => names().filter((name) => !known.has(name)),
    refresh: async () => {
      const wanted = new Set(names());
      for (const name of known.keys()) if (!wanted.has(name)) known.delete(name);
      await Promise.all(
        [...wanted].map(async (name) => {
          const addresses = await resolve(name).catch(() => []);
          if (addresses.length > 0) known.set(name, addresses);
        }),
      );
    },
  };
}

/** fe80::1%eth0 */
const withoutZone = (address: string): string => address.replace(/%.*$/, '');
