// XCLIENT and XFORWARD (Postfix XCLIENT_README, XFORWARD_README): who the outside client was, told from one trusted hop to the next.
import { canonicalIp } from '../../lib/ip.ts';
import { decodeXtext, encodeXtext } from './xtext.ts';

export type XclientName = 'NAME' | 'ADDR' | 'PORT' | 'PROTO' | 'HELO' | 'LOGIN' | 'DESTADDR' | 'DESTPORT';
export type XforwardName = 'NAME' | 'ADDR' | 'PORT' | 'PROTO' | 'HELO' | 'IDENT' | 'SOURCE';

/** Null: the sender says that it does not know. Addresses are canonical, without the `IPV6:` of the wire. */
export type XclientAttributes = Partial<Record<XclientName, string | null>>;
export type XforwardAttributes = Partial<Record<XforwardName, string | null>>;

export type XclientResult = { readonly kind: 'ok'; readonly attributes: XclientAttributes } | { readonly kind: 'bad'; readonly why: string };

/** RFC 5321 4.5.3.1.4: a command line has at most 512 octets, CRLF included; Postfix keeps to it and so must we. */
const MAX_LINE_BYTES = 512;
/** XFORWARD_README: "the server may refuse" longer values. In octets, decoded. */
const MAX_VALUE_BYTES = 255;
/** Encoding may treble a value; NAME and ADDR must still fit one line together. */
const MAX_ENCODED_BYTES = 400;

/** What a value must look like, decoded; null: it does not. */
const readers: Readonly<Record<XclientName, (value: string) => string | null>> = {
  NAME: (value) => (/^[A-Za-z0-9_.-]+$/.test(value) ? value : null),
  ADDR: readAddress,
  PORT: readPort,
  PROTO: (value) => (/^e?smtp$/i.test(value) ? value.toUpperCase() : null),
  HELO: readText,
  LOGIN: readText,
  DESTADDR: readAddress,
  DESTPORT: readPort,
};

/** Reads what follows `XCLIENT `. */
export function parseXclient(argument: string): XclientResult {
  const attributes: XclientAttributes = {};
  const parts = argument.split(' ').filter((part) => part !== '');
  if (parts.length === 0) return { kind: 'bad', why: 'Syntax: XCLIENT attribute=value...' };
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(0, equals)).toUpperCase();
    if (!Object.hasOwn(readers, name)) return { kind: 'bad', why: 'Attribute not recognized' };
    const known = name as XclientName;
    if (attributes[known] !== undefined) return { kind: 'bad', why: `${known} given twice` };
    const value = readValue(part.slice(equals + 1), readers[known]);
    if (value === undefined) return { kind: 'bad', why: `Bad value of ${known}` };
    attributes[known] = value;
  }
  return { kind: 'ok', attributes };
}

/** Undefined: bad. Null: stated to be unknown, for good or for now. */
function readValue(raw: string, reader: (value: string) => string | null): string | null | undefined {
  if (/^\[(?:unavailable|tempunavail)\]$/i.test(raw)) return null;
  const value = decodeXtext(raw);
  if (value === null || Buffer.byteLength(value) > MAX_VALUE_BYTES) return undefined;
  return reader(value) ?? undefined;
}

function readAddress(value: string): string | null {
  const v6 = /^ipv6:/i.test(value);
  const ip = v6 ? value.slice(5) : value;
  // Only digits: a zone (`%eth0`) names nothing outside its host. IPv6 must have its prefix.
  if (!/^[0-9A-Fa-f:.]+$/.test(ip) || ip.includes(':') !== v6) return null;
  return canonicalIp(ip) || null;
}

function readPort(value: string): string | null {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? String(Number(value)) : null;
}

function readText(value: string): string | null {
  return value !== '' && !/[\p{Cc}\u2028\u2029]/u.test(value) ? value : null;
}

/**
 * XCLIENT command lines without CRLF, none when nothing of it is supported. NAME and ADDR stand last and together: once the next hop
 * takes us for the client it may refuse further XCLIENT, and it must never pair one client's name with another's address.
 */
export function formatXclient(attributes: XclientAttributes, supported: ReadonlySet<string>): readonly string[] {
  return format('XCLIENT', [['PORT'], ['PROTO'], ['HELO'], ['LOGIN'], ['DESTADDR'], ['DESTPORT'], ['NAME', 'ADDR']], attributes, supported);
}

/** XFORWARD command lines without CRLF, none when nothing of it is supported. */
export function formatXforward(attributes: XforwardAttributes, supported: ReadonlySet<string>): readonly string[] {
  return format('XFORWARD', [['NAME', 'ADDR'], ['PORT'], ['PROTO'], ['HELO'], ['IDENT'], ['SOURCE']], attributes, supported);
}

/** Fills lines with groups of attributes in the given order; a group is never cut. */
function format(
  verb: string,
  groups: readonly (readonly string[])[],
  attributes: Readonly<Record<string, string | null>>,
  supported: ReadonlySet<string>,
): readonly string[] {
  const lines: string[] = [];
  let line = verb;
  for (const group of groups) {
    const part = group.map((name) => formatAttribute(name, supported.has(name) ? attributes[name] : undefined)).join('');
    if (line !== verb && line.length + part.length > MAX_LINE_BYTES - 2) {
      lines.push(line);
      line = verb;
    }
    line += part;
  }
  return line === verb ? lines : [...lines, line];
}

/** A value that cannot be told in full is told as unknown: a cut name or address would be another's. */
function formatAttribute(name: string, value: string | null | undefined): string {
  if (value === undefined) return '';
  const told = name === 'ADDR' || name === 'DESTADDR' ? addressOnWire(value) : (value ?? '');
  const encoded = Buffer.byteLength(told) > MAX_VALUE_BYTES ? '' : encodeXtext(told);
  return encoded === '' || encoded.length > MAX_ENCODED_BYTES ? ` ${name}=[UNAVAILABLE]` : ` ${name}=${encoded}`;
}

/** '' for what is no address. */
function addressOnWire(value: string | null): string {
  const ip = canonicalIp(value ?? '');
  return ip.includes(':') ? `IPV6:${ip}` : ip;
}
