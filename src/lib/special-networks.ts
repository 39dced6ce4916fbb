// Addresses that belong to nobody on the Internet (RFC 6890 and the registries it began): no registry can say whose they are.
import { PrefixSet } from './prefix-set.ts';

const special: readonly string[] = [
  '0.0.0.0/8', // this host
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // behind a provider's translator, RFC 6598
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // the link itself
  '172.16.0.0/12', // private, RFC 1918
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation, RFC 5737
  '192.168.0.0/16', // private, RFC 1918
  '198.18.0.0/15', // benchmarks, RFC 2544
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/3', // multicast, reserved, broadcast
  '::/8', // unspecified, loopback, IPv4 in disguise
  '64:ff9b:1::/48', // local translators, RFC 8215
  '100::/64', // discarded, RFC 6666
  '2001:db8::/32', // documentation, RFC 3849
  'fc00::/7', // private, RFC 4193
  'fe80::/10', // the link itself
  'ff00::/8', // multicast
];

/** Says whether an address belongs to nobody on the Internet; text that is no address belongs to nobody either. */
export function createSpecialNetworks(): (ip: string) => boolean {
  const set = PrefixSet.build(special);
  const world = PrefixSet.build(['0.0.0.0/0', '::/0']);
  return (ip) => !world.has(ip) || set.has(ip);
}
