// One entry of an operator's list: how it is written, and the form in which it is looked up.
import { domainToASCII } from 'node:url';
import { cidrText, parseCidr } from '../lib/ip.ts';
import type { ListHit } from '../policy/facts.ts';

export const listKinds = ['client', 'hostname', 'sender', 'recipient'] as const;
/** What an entry is compared with. */
export type ListKind = (typeof listKinds)[number];

/** An entry that has been understood: `entry` is in the form in which it is looked up. */
export interface ListEntry extends ListHit {
  readonly matches: ListKind;
}

/** The look-up form of an entry as an operator writes it, or what is wrong with it. */
export function parseEntry(matches: ListKind, raw: string): { readonly entry: string } | { readonly wrong: string } {
  const text = raw.trim();
  if (text.length === 0 || text.length > 320) return { wrong: 'is empty or too long' };
  switch (matches) {
    case 'client':
      return parseClient(text);
    case 'hostname':
      return parseDomain(text) ?? { wrong: 'is no host name; write it like mail.example.org, or .example.org for all below it' };
    case 'sender':
      return text === '<>' ? { entry: '<>' } : parseAddress(text);
    case 'recipient':
      return parseAddress(text);
    default:
      return matches satisfies never;
  }
}

/** A bare address and a network of one are the same entry. */
function parseClient(text: string): { readonly entry: string } | { readonly wrong: string } {
  const cidr = parseCidr(text);
  return cidr === null ? { wrong: 'is no address or network; write it like 192.0.2.7 or 2001:db8::/32' } : { entry: cidrText(cidr) };
}

function parseAddress(text: string): { readonly entry: string } | { readonly wrong: string } {
  const wrong = { wrong: 'is no address or domain; write it like user@example.org, example.org, or .example.org for all below it' };
  const at = text.lastIndexOf('@');
  if (at < 0) return parseDomain(text) ?? wrong;
  const domain = parseDomain(text.slice(at + 1));
  if (at === 0 || domain === null || domain.entry.startsWith('.') || /[\s<>]/.test(text)) return wrong;
  return { entry: addressKey(text.slice(0, at), domain.entry) };
}

/** `example.org` or `.example.org`, in lower case and A-labels. */
function parseDomain(text: string): { readonly entry: string } | null {
  const below = text.startsWith('.');
  const ascii = domainToASCII(text.slice(below ? 1 : 0).replace(/\.$/, '')).toLowerCase();
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(ascii) && ascii.length <= 253 ? { entry: (below ? '.' : '') + ascii } : null;
}

/** RFC 5321 2.4 has local parts differ by case; an operator who lists an address means the person, in any case. */
export const addressKey = (localPart: string, domain: string): string => `${localPart.toLowerCase()}@${domain}`;
