// Values with a syntax of their own: networks, domains, addresses. Each gives an error that shows how to write it.
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { z } from 'zod';

/** A network as address/bits; a bare address is a network of one. */
export const cidr = z.string().transform((raw, context) => {
  const [address = '', bits] = raw.trim().split('/');
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (family === 0 || length < 0 || length > most) {
    context.issues.push({ code: 'custom', message: `"${raw}" is not a network; write it like 10.20.0.0/16 or 2001:db8::/32`, input: raw });
    return z.NEVER;
  }
  return `${address}/${length}`;
});

/** A domain in lower-case A-label form. */
export const domain = z.string().transform((raw, context) => {
  const ascii = domainToASCII(raw.trim().replace(/\.$/, '')).toLowerCase();
  if (ascii === '' || ascii.length > 255 || !/^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/.test(ascii)) {
    context.issues.push({ code: 'custom', message: `"${raw}" is not a domain name; write it like example.org`, input: raw });
    return z.NEVER;
  }
  return ascii;
});

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const hostPortPattern = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/;

function parseHostPort(raw: string): HostPort | null {
  const match = hostPortPattern.exec(raw.trim());
  const port = Number(match?.[3]);
  if (!match || port > 65_535 || (match[1] !== undefined && isIP(match[1]) !== 6)) return null;
  return { host: match[1] ?? match[2] ?? '', port };
}

/** host:port or [IPv6]:port. */
export const hostPort = z.string().transform((raw, context): HostPort => {
  const parsed = parseHostPort(raw);
  if (parsed) return parsed;
  context.issues.push({ code: 'custom', message: `"${raw}" is not an address with a port; write it like 127.0.0.1:25 or [::1]:25`, input: raw });
  return z.NEVER;
});

export type HubAddressConfig = { readonly kind: 'smtp' | 'lmtp'; readonly host: string; readonly port: number } | { readonly kind: 'maildir'; readonly path: string };

/** host:port, lmtp://host:port or maildir:/path. */
export const hubAddress = z.string().transform((raw, context): HubAddressConfig => {
  const text = raw.trim();
  if (text.startsWith('maildir:') && text.length > 8) return { kind: 'maildir', path: text.slice(8) };
  const lmtp = text.startsWith('lmtp://');
  const parsed = parseHostPort(lmtp ? text.slice(7) : text);
  if (parsed) return { kind: lmtp ? 'lmtp' : 'smtp', ...parsed };
  context.issues.push({ code: 'custom', message: `"${raw}" is not a next hop; write it like 127.0.0.1:2626, lmtp://127.0.0.1:24 or maildir:/var/mail/floodgate`, input: raw });
  return z.NEVER;
});

/** local@domain. */
export const mailAddress = z.string().regex(/^[^\s@<>]+@[^\s@<>]+$/, 'write it like postmaster@example.org');
