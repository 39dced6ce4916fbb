// Whom no packet filter may be told to drop, as the configuration in force and this machine have it: our networks, the never-block list,
// next hops, proxies in front of us, and our own addresses.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Config } from '../config/options.ts';
import type { ProtectedNetwork } from '../respond/network-guard.ts';

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

const systemLookup = async (name: string): Promise<readonly string[]> => (await lookup(name, { all: true })).map(({ address }) => address);
const systemAddresses = (): readonly string[] => Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));

/** Keeps them; the first `refresh` brings the names in. */
export function createProtectedNetworks({ config, resolve = systemLookup, ownAddresses = systemAddresses }: ProtectedParts): ProtectedNetworks {
  // Bounded by the configuration: it holds next hops only.
  const known = new Map<string, readonly string[]>();
  const names = (): readonly string[] => hopsOf(config()).filter((host) => isIP(host) === 0);
  return {
    networks: () => {
      const { site, neverBlock, listeners } = config();
      const as = (whose: string, networks: readonly string[]): ProtectedNetwork[] => networks.map((network) => ({ network, whose }));
      const hops = hopsOf(config());
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

/** Hosts of all next hops. */
const hopsOf = ({ hub, routes, outbound }: Config): readonly string[] => [
  ...new Set(
    [hub, ...Object.values(routes), ...(outbound === undefined ? [] : [outbound])].flatMap(({ address }) => (address.kind === 'maildir' ? [] : [address.host])),
  ),
];

/** fe80::1%eth0 */
const withoutZone = (address: string): string => address.replace(/%.*$/, '');
