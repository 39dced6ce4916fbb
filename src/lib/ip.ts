// Internet addresses as text and as words. Plain dotted IPv4 takes a short way of its own: it is looked at for every connection.
// The only file that imports ipaddr.js.
import ipaddr from 'ipaddr.js';
import { parseIpv4, parseIpv6 } from './ip-words.ts';

/** A network: its words (one for IPv4, four for IPv6; host bits cleared) and the length of its prefix in bits. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly words: readonly number[];
  readonly bits: number;
}

/** An address in the one form used everywhere: lower case, shortest (RFC 5952), IPv4-mapped IPv6 as IPv4, zone dropped; '' when it is none. */
export function canonicalIp(raw: string): string {
  if (parseIpv4(raw) >= 0) return raw;
  const zone = raw.indexOf('%');
  const text = zone < 0 ? raw : raw.slice(0, zone);
  const words = parseIpv6(text);
  if (words === null) return '';
  return isMapped(words) ? ipv4Text(words[3] ?? 0) : ipv6Text(words);
}

/** The network of an address as `address/bits`, with the given prefix length in bits for its family; '' when it is no address. */
export function networkOf(raw: string, v4bits: number, v6bits: number): string {
  const cidr = parseCidr(raw);
  if (cidr === null) return '';
  return cidrText(cidr.family === 4 ? masked(4, cidr.words, Math.min(v4bits, cidr.bits)) : masked(6, cidr.words, Math.min(v6bits, cidr.bits)));
}

/** Reads `address/bits` or a bare address (a network of one); null when it is neither. Host bits are cleared. */
export function parseCidr(raw: string): Cidr | null {
  const slash = raw.indexOf('/');
  const address = slash < 0 ? raw : raw.slice(0, slash);
  const given = slash < 0 ? -1 : prefixLength(raw, slash + 1);
  if (slash >= 0 && given < 0) return null;
  const v4 = parseIpv4(address);
  if (v4 >= 0) return given > 32 ? null : masked(4, [v4], given < 0 ? 32 : given);
  const words = parseIpv6(address);
  if (words === null || given > 128) return null;
  const bits = given < 0 ? 128 : given;
  // ::ffff:192.0.2.0/120 is 192.0.2.0/24: clients of a dual-stack socket are looked up as IPv4.
  if (isMapped(words) && bits >= 96) return masked(4, [words[3] ?? 0], bits - 96);
  return masked(6, words, bits);
}

/** `address/bits` of a network. */
export const cidrText = (cidr: Cidr): string => `${cidr.family === 4 ? ipv4Text(cidr.words[0] ?? 0) : ipv6Text(cidr.words)}/${cidr.bits}`;

const isMapped = (words: ArrayLike<number>): boolean => words[0] === 0 && words[1] === 0 && words[2] === 0xffff;

const ipv4Text = (word: number): string => `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;

const ipv6Text = (words: ArrayLike<number>): string => new ipaddr.IPv6(Array.from(words).flatMap((word) => [word >>> 16, word & 0xffff])).toRFC5952String();

/** Digits from `from` to the end as a number of at most 999; -1 when there are others or none. */
function prefixLength(raw: string, from: number): number {
  if (raw.length === from || raw.length - from > 3) return -1;
  let value = 0;
  for (let at = from; at < raw.length; at++) {
    const digit = raw.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function masked(family: 4 | 6, words: ArrayLike<number>, bits: number): Cidr {
  const kept: number[] = [];
  for (let at = 0; at < words.length; at++) {
    const here = Math.min(32, Math.max(0, bits - at * 32));
    kept.push(here === 0 ? 0 : ((words[at] ?? 0) & (0xffffffff << (32 - here))) >>> 0);
  }
  return { family, words: kept, bits };
}
