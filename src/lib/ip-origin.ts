// Whose an address is, as far as its digits tell: keys for counting one host, and one customer's network. Short ways for IPv4.
import { parseIpv6 } from './ip-words.ts';

const isV6 = (ip: string): boolean => ip.includes(':');

/** IPv4: the address. IPv6: its /64, which is what one host is given (RFC 6177, RFC 4291 2.5.1). Takes canonical text. */
export function hostKey(ip: string): string {
  if (!isV6(ip)) return ip;
  const words = parseIpv6(ip);
  return `${words?.[0]}:${words?.[1]}`;
}

/** IPv4: the /24. IPv6: the /56, the smallest thing usually given to one customer (RFC 6177). Takes canonical text. */
export function networkKey(ip: string): string {
  if (!isV6(ip)) return ip.slice(0, ip.lastIndexOf('.'));
  const words = parseIpv6(ip);
  return `${words?.[0]}/${(words?.[1] ?? 0) >>> 8}`;
}
