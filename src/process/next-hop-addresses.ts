// From which addresses mail comes that has been taken before: next hops hand it on, and so does whatever else runs on this machine.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Config } from '../config/options.ts';
import { canonicalIp } from '../lib/ip.ts';

export interface NextHopParts {
  /** Addresses of a name; rejects where there are none now. */
  resolve?(name: string): Promise<readonly string[]>;
  /** Addresses of this machine. */
  ownAddresses?(): readonly string[];
  /** Milliseconds, monotonic. */
  steady?(): number;
}

export interface NextHopAddresses {
  /** A next hop's address, or one of this machine's. Names count from when they are resolved. */
  has(ip: string): boolean;
}

/** Names and interfaces are looked at anew after this. */
const staleAfterMs = 600_000;

export const addressesOfName = async (name: string): Promise<readonly string[]> => (await lookup(name, { all: true })).map(({ address }) => address);
export const addressesOfMachine = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address.replace(/%.*$/, ''))); // fe80::1%eth0

/** Hosts of all next hops, each once. */
export const nextHopHosts = ({ hub, routes, outbound }: Pick<Config, 'hub' | 'routes' | 'outbound'>): readonly string[] => [
  ...new Set(
    [hub, ...Object.values(routes), ...(outbound === undefined ? [] : [outbound])].flatMap(({ address }) => (address.kind === 'maildir' ? [] : [address.host])),
  ),
];

/** Those of one configuration. Nobody waits for a name: what was known of it holds meanwhile. */
export function createNextHopAddresses(
  config: Pick<Config, 'hub' | 'routes' | 'outbound'>,
  { resolve = addressesOfName, ownAddresses = addressesOfMachine, steady = () => performance.now() }: NextHopParts = {},
): NextHopAddresses {
  const hosts = nextHopHosts(config);
  const named = new Map<string, readonly string[]>(); // by name; bounded by the configuration
  let known = new Set<string>();
  let lookedAt = -Infinity;
  const compose = (): void => {
    known = new Set([...ownAddresses(), ...hosts.flatMap((host) => (isIP(host) === 0 ? (named.get(host) ?? []) : [host]))].map(canonicalIp));
  };
  const look = (): void => {
    lookedAt = steady();
    compose();
    for (const host of hosts)
      if (isIP(host) === 0)
        resolve(host).then(
          (addresses) => {
            named.set(host, addresses);
            compose();
          },
          () => {}, // what was known stays known
        );
  };
  look();
  return {
    has: (ip) => {
      if (steady() - lookedAt >= staleAfterMs) look();
      return known.has(ip);
    },
  };
}
