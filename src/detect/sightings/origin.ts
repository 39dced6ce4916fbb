// Who is responsible for a message (engineering 2.1): a shared address, a webmail house or a big provider must not be blamed for one of
// the many that send through it, so a proven name comes before the address.
import { networkOf } from '../../lib/ip.ts';
import { parseIpv4 } from '../../lib/ip-words.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { Caller, Origin } from '../../model/sighting.ts';

/** What the translations know of the site. */
export interface SiteView {
  /** One of our domains or our customers'. */
  isOurDomain(domain: string): boolean;
  /** In one of the site's networks. */
  isInside(ip: string): boolean;
  /** The organisational domain: `mail.shop.example.co.uk` gives `example.co.uk`. */
  orgDomain(domain: string): string;
}

/** The network that is given to one customer: IPv4 /24, IPv6 /56; '' for what is no address. */
export const networkOfClient = (ip: string): string =>
  // Canonical IPv4 has a short way: this is asked of every connection.
  ip === '' || ip.includes(':') ? networkOf(ip, 24, 56) : `${ip.slice(0, ip.lastIndexOf('.'))}.0/24`;

/** What stands behind the last `@`; '' for the null sender and where there is none. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1 || address.length);

/** The responsible party: the first that holds of user, aligned DKIM domain, SPF domain, confirmed name, network. */
export function originOf(caller: Caller, from: string, traits: MessageTraits | null, site: Pick<SiteView, 'orgDomain'>): Origin {
  if (caller.user !== null) return { kind: 'user', name: caller.user, spoofable: false };
  const proven = traits === null ? '' : provenDomain(from, traits, site);
  if (proven !== '') return { kind: 'domain', name: proven, spoofable: false };
  const { name, ip } = caller;
  if (name !== null && !namesItsAddress(name, ip)) return { kind: 'host', name: site.orgDomain(name), spoofable: false };
  const network = networkOfClient(ip);
  // A log line without an address: a program on the host itself.
  return network === '' ? { kind: 'host', name: 'localhost', spoofable: false } : { kind: 'network', name: network, spoofable: false };
}

/** The domain that SPF or an aligned DKIM signature proves; '' where none does. */
function provenDomain(from: string, { signatures, fromDomain, spf, dmarc, provenAuthor }: MessageTraits, { orgDomain }: Pick<SiteView, 'orgDomain'>): string {
  if (dmarc === 'pass' && provenAuthor !== undefined) return orgDomain(domainOf(provenAuthor));
  const author = fromDomain === undefined ? '' : orgDomain(fromDomain);
  // RFC 7489 3.1: aligned is a signature of the author's own organisation; anybody can sign with a domain of his own.
  if (author !== '' && signatures?.some(({ domain, result }) => result === 'pass' && orgDomain(domain) === author)) return author;
  const sender = domainOf(from);
  return spf === 'pass' && sender !== '' ? orgDomain(sender) : '';
}

/** A name made of the address (`203-0-113-7.dsl.isp.example`) says whose line it is, not who is responsible: a whole provider would be blamed. */
export function namesItsAddress(name: string, ip: string): boolean {
  if (ip.includes(':')) return /(?:[0-9a-f]{1,4}[-.]){4,}/.test(name);
  const word = parseIpv4(ip);
  // This is asked of every message: nothing is made but for the few names that may hold all of an address in one word.
  if (word < 0) return false;
  let octets = 0;
  let number = 0;
  let digits = 0;
  let hexDigits = 0;
  let isLong = false;
  for (let at = 0; at <= name.length; at++) {
    const code = name.charCodeAt(at); // NaN behind the end
    const isDecimal = code >= 48 && code <= 57;
    hexDigits = isDecimal || (code >= 97 && code <= 102) ? hexDigits + 1 : 0;
    if (hexDigits >= 8) isLong = true;
    if (isDecimal) {
      number = number * 10 + code - 48;
      digits++;
    } else if (digits > 0 || at === 0 || at === name.length) {
      // Before a name's first letter and behind its last there is nothing, which counts as 0.
      octets |= octetsLike(word, number);
      number = 0;
      digits = 0;
    }
  }
  return countOfOctets(octets) >= 3 || (isLong && holdsWhole(name, ip));
}

/** Which octets of an address, as bits, are this number. */
function octetsLike(word: number, number: number): number {
  if (number > 255) return 0;
  const [first, second] = [word >>> 24 === number ? 1 : 0, ((word >>> 16) & 255) === number ? 2 : 0];
  const [third, fourth] = [((word >>> 8) & 255) === number ? 4 : 0, (word & 255) === number ? 8 : 0];
  return first | second | third | fourth;
}

const countOfOctets = (bits: number): number => (bits & 1) + ((bits >> 1) & 1) + ((bits >> 2) & 1) + ((bits >> 3) & 1);

/** `203000113007` or `cb007107`: all of the address in one word. */
function holdsWhole(name: string, ip: string): boolean {
  const octets = ip.split('.');
  const padded = octets.map((octet) => octet.padStart(3, '0')).join('');
  const hex = octets.map((octet) => Number(octet).toString(16).padStart(2, '0')).join('');
  return name.includes(padded) || name.includes(hex);
}
