// Questions about addresses that configuration asks before any client comes: loopback, wildcard, inside a network.
import { BlockList, isIP } from 'node:net';

const familyOf = (ip: string): 'ipv4' | 'ipv6' => (isIP(ip) === 6 ? 'ipv6' : 'ipv4');

/** True when the address is in one of the networks; `networks` as the option table gives them (address/bits). A name is in none. */
export function isInNetworks(ip: string, networks: readonly string[]): boolean {
  if (isIP(ip) === 0) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = '0'] = network.split('/');
    list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list.check(ip, familyOf(ip));
}

/** 127.0.0.0/8, ::1 and the name localhost. */
export const isLoopback = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || isInNetworks(host, ['127.0.0.0/8', '::1/128', '::ffff:127.0.0.0/104']);

/** The address that stands for every address of this host. */
export const isWildcard = (host: string): boolean => host === '0.0.0.0' || (isIP(host) === 6 && isInNetworks(host, ['::/128']));

/** A network so wide that strangers are in it: no site has more than an IPv4 /8 or an IPv6 /16. */
export function isHalfTheWorld(network: string): boolean {
  const [address = '', bits = '0'] = network.split('/');
  if (isIP(address) === 4) return Number(bits) < 8;
  if (isInNetworks(address, ['::ffff:0:0/96']) && Number(bits) >= 96) return Number(bits) < 96 + 8; // IPv4 written as IPv6
  return Number(bits) < 16 || (Number(bits) <= 96 && isInNetworks('::ffff:0.0.0.0', [network]));
}
