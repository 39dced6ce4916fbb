// Values with a syntax of their own: networks, domains, addresses, files. Each error shows how to write it, and none repeats the
// value: what stands in the wrong place may be a password.
import { compilePattern } from '../lib/linear-pattern.ts';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { z } from '../lib/zod.ts';
import { reading } from './units.ts';

const asWritten = (value: string): string => value;

function parseCidr(raw: string): string | null {
  const [address = '', bits, ...more] = raw.split('/');
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  // A zone (%eth0) names an interface, not a network.
  return family === 0 || address.includes('%') || more.length > 0 || length < 0 || length > most ? null : `${address}/${length}`;
}

/** A network as address/bits; a bare address is a network of one. */
export const cidr = z
  .codec(z.string(), z.string(), {
    decode: reading(parseCidr, { message: 'is not a network', hint: 'write it like 10.20.0.0/16 or "2001:db8::/32"' }),
    encode: asWritten,
  })
  .meta({ unit: 'network', example: '10.20.0.0/16' });

const labels = /^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/;

function parseDomain(raw: string): string | null {
  const ascii = domainToASCII(raw.replace(/\.$/, '')).toLowerCase();
  return ascii.length <= 255 && labels.test(ascii) ? ascii : null;
}

/** A domain in lower-case A-label form. */
export const domain = z
  .codec(z.string(), z.string(), {
    decode: reading(parseDomain, { message: 'is not a domain name', hint: 'write it like example.org, without @ and without a wildcard' }),
    encode: asWritten,
  })
  .meta({ unit: 'domain', example: 'example.org' });

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const hostPortPattern = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/;

function parseHostPort(raw: string): HostPort | null {
  const [, bracketed, plain = '', digits] = hostPortPattern.exec(raw) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return null;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : null;
  // A name whose last label is a number is an IPv4 address with a slip in it: 10.20.0.999.
  if (isIP(plain) === 0 && (/(^|\.)\d+$/.test(plain) || !labels.test(plain.toLowerCase()))) return null;
  return { host: plain, port };
}

/** An address and port as it is written: 127.0.0.1:25, [::1]:25. */
export const hostPortText = ({ host, port }: HostPort): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** host:port or [IPv6]:port. */
export const hostPort = z
  .codec(z.string(), z.custom<HostPort>(), {
    decode: reading(parseHostPort, {
      message: 'is not an address with a port',
      hint: 'write it like 127.0.0.1:25 or "[::1]:25"; 0.0.0.0:25 and "[::]:25" mean every address of this host',
    }),
    encode: hostPortText,
  })
  .meta({ unit: 'address', example: '127.0.0.1:2525' });

export type HubAddressConfig =
  | { readonly kind: 'smtp' | 'lmtp'; readonly host: string; readonly port: number }
  | { readonly kind: 'maildir'; readonly path: string };

function parseHubAddress(raw: string): HubAddressConfig | null {
  if (raw.startsWith('maildir:')) return raw.length > 'maildir:'.length && isPath(raw) ? { kind: 'maildir', path: raw.slice('maildir:'.length) } : null;
  const lmtp = raw.startsWith('lmtp://');
  const target = parseHostPort(lmtp ? raw.slice('lmtp://'.length) : raw);
  return target === null || target.port === 0 ? null : { kind: lmtp ? 'lmtp' : 'smtp', ...target };
}

/** A next hop as it is written: 127.0.0.1:2626, lmtp://127.0.0.1:24, maildir:/var/mail. */
export const hubAddressText = (address: HubAddressConfig): string => {
  if (address.kind === 'maildir') return `maildir:${address.path}`;
  return `${address.kind === 'lmtp' ? 'lmtp://' : ''}${hostPortText(address)}`;
};

/** host:port, lmtp://host:port or maildir:/path. */
export const hubAddress = z
  .codec(z.string(), z.custom<HubAddressConfig>(), {
    decode: reading(parseHubAddress, {
      message: 'is not a next hop',
      hint: 'write it like 127.0.0.1:2626, lmtp://127.0.0.1:24 or maildir:/var/mail/floodgate',
    }),
    encode: hubAddressText,
  })
  .meta({ unit: 'next hop', example: '127.0.0.1:2626' });

function parseMailAddress(raw: string): string | null {
  const [, localPart, rawDomain] = /^([^\s@<>,;:"\\]{1,64})@([^\s@<>]{1,255})$/.exec(raw) ?? [];
  const ascii = rawDomain === undefined ? null : parseDomain(rawDomain);
  return ascii === null ? null : `${localPart}@${ascii}`;
}

/** A pattern in RE2 syntax, which is matched in linear time. */
export const pattern = z.string().superRefine((source, context) => {
  const compiled = source === '' ? { wrong: 'is empty' } : compilePattern(source);
  if ('wrong' in compiled) context.addIssue({ code: 'custom', message: `is no pattern: ${compiled.wrong}` });
});

/** local@domain; the domain in lower-case A-label form. */
export const mailAddress = z
  .codec(z.string(), z.string(), {
    decode: reading(parseMailAddress, { message: 'is not a mail address', hint: 'write it like postmaster@example.org' }),
    encode: asWritten,
  })
  .meta({ unit: 'mail address', example: 'postmaster@example.org' });

function parsePattern(raw: string): string | null {
  if (raw === '<>') return raw;
  if (raw.includes('@')) return parseMailAddress(raw)?.toLowerCase() ?? null;
  const domainPart = parseDomain(raw.startsWith('.') ? raw.slice(1) : raw);
  return domainPart === null ? null : `${raw.startsWith('.') ? '.' : ''}${domainPart}`;
}

/** Whom an entry means: local@domain, domain, or .domain for all below it; `<>` is the null sender. In lower case. */
export const mailPattern = z
  .codec(z.string(), z.string(), {
    decode: reading(parsePattern, {
      message: 'is not a mail address or domain',
      hint: 'write it like user@example.org, example.org, or .example.org for all below it',
    }),
    encode: asWritten,
  })
  .meta({ unit: 'mail address', example: 'user@example.org' });

/** No line ends: a key or a password pasted where its file's name belongs is refused before it is shown anywhere. */
const isPath = (raw: string): boolean => raw.length <= 4096 && !/\p{Cc}/u.test(raw);

/** A file or directory; relative ones start at the folder of the configuration file. */
export const path = z
  .codec(z.string(), z.string(), {
    decode: reading((raw) => (raw !== '' && isPath(raw) ? raw : null), {
      message: 'is not the name of a file',
      hint: 'give the path of the file, not what is in it',
    }),
    encode: asWritten,
  })
  .meta({ unit: 'path' });
