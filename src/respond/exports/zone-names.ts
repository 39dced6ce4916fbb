// How networks are named in zones: reversed by octet or nibble for block lists (RFC 5782), reversed as written for response policies.
import type { Cidr } from '../../lib/ip.ts';

/**
 * The names below a DNSBL zone that cover a network: one where its prefix ends at an octet (IPv6: a nibble), at most 128 (8) elsewhere,
 * each with `*.` in front where it stands for more than one address. RFC 5782 2.1 and 2.4
 */
export function dnsblNames({ family, words, bits }: Cidr): readonly string[] {
  const step = family === 4 ? 8 : 4;
  const depth = Math.max(1, Math.ceil(bits / step));
  const labels = labelsOf(words, step).slice(0, depth);
  const last = labels[depth - 1] ?? 0;
  const isWhole = depth * step === words.length * 32;
  return Array.from({ length: 2 ** (depth * step - bits) }, (_, offset) => {
    const path = [...labels.slice(0, -1), last + offset].map((label) => label.toString(family === 4 ? 10 : 16));
    return `${isWhole ? '' : '*.'}${path.toReversed().join('.')}`;
  });
}

function labelsOf(words: readonly number[], step: 4 | 8): readonly number[] {
  const perWord = 32 / step;
  return words.flatMap((word) => Array.from({ length: perWord }, (_, at) => (word >>> (32 - step * (at + 1))) & (2 ** step - 1)));
}

/** The owner of an rpz-ip trigger: prefix length, then the address reversed, `zz` for `::`; `text` is `address/bits` in the form of RFC 5952. */
export function rpzName(text: string): string {
  const [address = '', bits = ''] = text.split('/');
  if (!address.includes(':')) return `${bits}.${address.split('.').toReversed().join('.')}.rpz-ip`;
  const groups = address.replace('::', ':zz:').replace(/^:/, '').replace(/:$/, '').split(':');
  return `${bits}.${groups.toReversed().join('.')}.rpz-ip`;
}

/** Seconds: zones change by the minute in an attack. */
export const zoneTtl = 60;

/** SOA and NS of a zone whose serial number is the time in seconds (RFC 1982 arithmetic holds until 2106). */
export const apex = (atMs: number): readonly string[] => [
  `$TTL ${zoneTtl}`,
  `@ SOA localhost. hostmaster.localhost. ( ${Math.floor(atMs / 1000)} 300 60 86400 ${zoneTtl} )`,
  '@ NS localhost.',
];
