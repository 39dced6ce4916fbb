// The bootstrap files of IANA (RFC 9224): which RDAP servers know a network.
import { parseCidr } from '../../lib/ip.ts';
import { PrefixSet } from '../../lib/prefix-set.ts';

export interface RdapBootstrap {
  /** Base addresses of the servers that know this address, best first; each ends in a slash. None where nobody does. */
  serversFor(ip: string): readonly string[];
  /** Hosts, with their ports, of all servers. */
  readonly hosts: ReadonlySet<string>;
}

/** Services at most that are taken of a file; the real ones have five. */
const mostServices = 2000;
const mostNetworks = 50_000;

/** Reads the files' contents (`ipv4.json`, `ipv6.json`). Whatever is not as it should be is left out. */
export function readBootstrap(files: readonly unknown[]): RdapBootstrap {
  const services = files.flatMap(servicesOf).slice(0, mostServices);
  const networks = services.flatMap((service) => service.networks.map((network) => ({ network, servers: service.servers }))).slice(0, mostNetworks);
  const set = PrefixSet.build(networks.map(({ network }) => network));
  return {
    serversFor: (ip) => networks[set.match(ip)]?.servers ?? [],
    hosts: new Set(services.flatMap(({ servers }) => servers.map((server) => new URL(server).host))),
  };
}

interface Service {
  readonly networks: readonly string[];
  readonly servers: readonly string[];
}

function servicesOf(file: unknown): readonly Service[] {
  if (typeof file !== 'object' || file === null || !('services' in file) || !Array.isArray(file.services)) return [];
  return file.services.flatMap((service: unknown) => {
    if (!Array.isArray(service)) return [];
    const [networks, servers] = (service as readonly unknown[]).map((part) =>
      Array.isArray(part) ? part.filter((each): each is string => typeof each === 'string') : [],
    );
    const usable = (servers ?? [])
      .filter((server) => /^https?:\/\//.test(server) && URL.canParse(server))
      .map((server) => (server.endsWith('/') ? server : `${server}/`));
    // RFC 9224 3: encrypted ones first.
    const sorted = usable.toSorted((one, other) => Number(other.startsWith('https:')) - Number(one.startsWith('https:')));
    return sorted.length === 0 ? [] : [{ networks: (networks ?? []).filter((network) => parseCidr(network) !== null), servers: sorted }];
  });
}
