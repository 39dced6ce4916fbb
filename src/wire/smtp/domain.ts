// Domains and address literals of the envelope (RFC 5321 4.1.2, 4.1.3), in the one form that policy compares.
import { domainToASCII } from 'node:url';
import { canonicalIp } from '../../lib/ip.ts';

/**
 * One label. RFC 5321 says letters, digits and inner hyphens; we take the underscore too, because hosts with one do send mail.
 * At most 63 octets (RFC 1035 2.3.4).
 */
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** What may stand in a domain before IDN labels are converted; keeps URL syntax away from the converter. */
const plausible = /^[A-Za-z0-9_.\-\u0080-\u{10ffff}]+$/u;
const beyondAscii = /[^\u0000-\u007f]/;

/** A domain in lower case, IDN labels as A-labels (RFC 5890), the trailing dot dropped; null when it is none. */
export function parseDomain(raw: string): string | null {
  if (!plausible.test(raw)) return null;
  const ascii = beyondAscii.test(raw) ? toAscii(raw) : raw.toLowerCase();
  // A trailing dot names the same host; behind it nothing else may stand.
  const domain = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  return domain.length <= 255 && domain.split('.').every((part) => label.test(part)) ? domain : null;
}

/** A domain, or an address literal with its brackets in canonical form; null when it is neither. */
export function parseDomainOrLiteral(raw: string): string | null {
  if (!raw.startsWith('[')) return parseDomain(raw);
  return raw.endsWith(']') ? parseLiteral(raw.slice(1, -1)) : null;
}

/** RFC 5321 4.1.3 */
function parseLiteral(inner: string): string | null {
  const v6 = /^IPv6:/i.test(inner);
  const ip = v6 ? inner.slice(5) : inner;
  if (v6 || !inner.includes(':')) {
    // A zone or a wrong family must not slip through the reader of addresses.
    if (!/^[0-9A-Fa-f:.]+$/.test(ip) || ip.includes(':') !== v6) return null;
    const canonical = canonicalIp(ip);
    if (canonical === '') return null;
    return canonical.includes(':') ? `[IPv6:${canonical}]` : `[${canonical}]`;
  }
  // IPv6 without its tag: by the grammar a literal of the kind "2001", but meant is an address, and nobody may be in doubt which.
  if (canonicalIp(inner) !== '') return null;
  // General-address-literal: no registered tag is in use besides IPv6, but the grammar has it.
  const general = /^([A-Za-z0-9-]*[A-Za-z0-9]):([!-Z^-~]+)$/.exec(inner);
  return general === null ? null : `[${inner.toLowerCase()}]`;
}

/**
 * UTS 46 by the platform. The added label keeps its URL rules for "hosts that end in a number" away: digits in full width must
 * not become an IPv4 address.
 */
function toAscii(raw: string): string {
  const dotted = raw.endsWith('.');
  const converted = domainToASCII(`${dotted ? raw.slice(0, -1) : raw}.x`);
  return converted.endsWith('.x') ? `${converted.slice(0, -2)}${dotted ? '.' : ''}` : '';
}
