// Addresses of the envelope (RFC 5321 4.1.2, 4.1.3; RFC 6531 3.3): parsed strictly, so that what one host reads as two parts is never
// one for the next. Relay tricks (`user@dom@us`, `@us:user@dom`) either are bad syntax or show in the parts.
import type { Mailbox, Sender } from '../../model/mailbox.ts';
import { parseDomain, parseDomainOrLiteral } from './domain.ts';

/**
 * Octets. RFC 5321 4.5.3.1.2 and .3: domain, and path with its brackets. The 64 of 4.5.3.1.1 is what a local part may count on, not what it
 * must stay below ("every effort" to take more, 4.5.3.1): senders with VERP or SRS encode a whole address in it. The path is its limit.
 */
export const pathLimits = { localPart: 254, domain: 255, path: 256 } as const;

export interface PathRules {
  /** Characters beyond ASCII may stand in the address (RFC 6531). */
  readonly smtputf8: boolean;
}

/** `problem` lets the command choose its reply: not ASCII is 553 5.6.7, all else 501. `why` is ours, free of the client's text. */
export interface BadPath {
  readonly kind: 'bad';
  readonly why: string;
  readonly problem: 'syntax' | 'too-long' | 'not-ascii';
}

/** `rest` is what follows the closing bracket, untouched. */
export type PathResult<T extends Sender> = { readonly kind: 'ok'; readonly mailbox: T; readonly rest: string } | BadPath;

const bad = (why: string, problem: BadPath['problem'] = 'syntax'): BadPath => ({ kind: 'bad', why, problem });

/** C0, DEL, C1, and the Unicode line ends: never, quoted or not. */
const forbidden = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const beyondAscii = /[^\u0000-\u007f]/;
/** RFC 5322 3.2.3 atext, widened by RFC 6531 3.3; dots may not stand at an end or together. */
const dotString = /^[\w!#$%&'*+\-/=?^`{|}~\u0080-\u{10ffff}]+(?:\.[\w!#$%&'*+\-/=?^`{|}~\u0080-\u{10ffff}]+)*$/u;

/** Reads the path of MAIL FROM: `<address>` or `<>`. */
export function parseReversePath(argument: string, rules: PathRules): PathResult<Sender> {
  // RFC 5321 4.5.5: notifications have no sender.
  if (argument.startsWith('<>')) return { kind: 'ok', mailbox: null, rest: argument.slice(2) };
  return parsePath(argument, rules);
}

/** Reads the path of RCPT TO: `<address>` or `<postmaster>`. */
export function parseForwardPath(argument: string, rules: PathRules): PathResult<Mailbox> {
  // RFC 5321 4.5.1: in any case of letters, without a domain.
  const postmaster = /^<(postmaster)>/i.exec(argument);
  if (postmaster === null) return parsePath(argument, rules);
  const [whole, text = ''] = postmaster;
  return { kind: 'ok', mailbox: { localPart: text, domain: '', text, sourceRoute: null }, rest: argument.slice(whole.length) };
}

/** Reads a bare address, without brackets and source route; nothing may follow it. */
export function parseMailbox(text: string, rules: PathRules = { smtputf8: false }): PathResult<Mailbox> {
  return charactersOf(text, rules) ?? withRest(readMailbox(text, null, text), '');
}

function parsePath(argument: string, rules: PathRules): PathResult<Mailbox> {
  if (!argument.startsWith('<')) return bad('the address must stand in angle brackets');
  const close = closingBracket(argument);
  if (close < 0) return bad('the closing angle bracket is missing');
  const text = argument.slice(1, close);
  const fault = charactersOf(text, rules);
  if (fault !== null) return fault;
  // RFC 5321 4.5.3.1.3: punctuation counts.
  if (Buffer.byteLength(text) + 2 > pathLimits.path) return bad('the address is longer than 256 octets', 'too-long');
  const route = readSourceRoute(text);
  if (route === null) return bad('the source route is malformed');
  return withRest(readMailbox(text.slice(route.length), route === '' ? null : route.slice(0, -1), text), argument.slice(close + 1));
}

const withRest = (found: Mailbox | BadPath, rest: string): PathResult<Mailbox> => ('kind' in found ? found : { kind: 'ok', mailbox: found, rest });

function charactersOf(text: string, rules: PathRules): BadPath | null {
  if (forbidden.test(text) || !text.isWellFormed()) return bad('control characters may not stand in an address');
  if (!rules.smtputf8 && beyondAscii.test(text)) return bad('an address beyond ASCII needs SMTPUTF8', 'not-ascii'); // RFC 6531 3.5
  return null;
}

/** Position of the `>` that closes the path; brackets inside a quoted local part do not count. -1 without one. */
function closingBracket(argument: string): number {
  let quoted = false;
  for (let at = 1; at < argument.length; at++) {
    const character = argument[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === '>' && !quoted) return at;
  }
  return -1;
}

/** The source route with its colon, '' when there is none, null when it is malformed (RFC 5321 4.1.2 A-d-l, appendix C: accepted, never followed). */
function readSourceRoute(text: string): string | null {
  if (!text.startsWith('@')) return '';
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const hops = text.slice(0, colon).split(',');
  return hops.every((hop) => hop.startsWith('@') && parseDomain(hop.slice(1)) !== null) ? text.slice(0, colon + 1) : null;
}

function readMailbox(address: string, sourceRoute: string | null, text: string): Mailbox | BadPath {
  const at = address.startsWith('"') ? endOfQuoted(address) : address.indexOf('@');
  if (at < 0 || address[at] !== '@') return bad('an address is local-part@domain');
  const local = address.slice(0, at);
  const rawDomain = address.slice(at + 1);
  // RFC 5321 4.5.3.1.1
  if (Buffer.byteLength(local) > pathLimits.localPart) return bad('the local part is longer than 254 octets', 'too-long');
  if (Buffer.byteLength(rawDomain) > pathLimits.domain) return bad('the domain is longer than 255 octets', 'too-long'); // RFC 5321 4.5.3.1.2
  const localPart = local.startsWith('"') ? unquote(local) : dotString.test(local) ? local : null;
  if (localPart === null) return bad('the local part is malformed');
  const domain = parseDomainOrLiteral(rawDomain);
  if (domain === null) return bad('the domain is malformed');
  if (domain.length > pathLimits.domain) return bad('the domain is longer than 255 octets', 'too-long');
  return { localPart, domain, text, sourceRoute };
}

/** Position behind the closing quote; -1 when it is missing. */
function endOfQuoted(address: string): number {
  for (let at = 1; at < address.length; at++) {
    if (address[at] === '\\') at++;
    else if (address[at] === '"') return at + 1;
  }
  return -1;
}

/** The text of a quoted string (RFC 5321 4.1.2 Quoted-string); null where a backslash stands before what is not ASCII. */
function unquote(quoted: string): string | null {
  const inner = quoted.slice(1, -1);
  // RFC 6531 3.3 widens qtext, not quoted-pair.
  if (/\\[^ -~]/.test(inner)) return null;
  return inner.replace(/\\(.)/g, '$1');
}
