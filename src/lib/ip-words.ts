// Text of Internet addresses to 32-bit words, by hand: a look-up in a list happens at every stage of every session, and a list
// of 100,000 networks must be read while mail waits.

/** Strict dotted IPv4 (four numbers, no leading zero) as an unsigned 32-bit number; -1 when it is anything else. */
export function parseIpv4(text: string, from = 0): number {
  const end = text.length;
  if (end - from < 7 || end - from > 15) return -1;
  let value = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (digits === 0 || ++dots > 3) return -1;
      value = (value << 8) | octet;
      octet = 0;
      digits = 0;
      continue;
    }
    const digit = code - 48;
    if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return -1;
    octet = octet * 10 + digit;
    digits++;
    if (octet > 255) return -1;
  }
  return dots === 3 && digits > 0 ? ((value << 8) | octet) >>> 0 : -1;
}

/** IPv6 text (RFC 4291 2.2, without zone) as four words, most significant first; null when it is anything else. */
export function parseIpv6(text: string): Uint32Array | null {
  if (text.length < 2 || text.length > 45) return null;
  const groups = new Uint16Array(8);
  const read = readGroups(text, groups);
  if (read === null) return null;
  const { count, gap } = read;
  if (gap < 0 ? count !== 8 : count > 7) return null;
  if (gap >= 0) {
    groups.copyWithin(8 - (count - gap), gap, count);
    groups.fill(0, gap, 8 - (count - gap));
  }
  const words = new Uint32Array(4);
  for (let at = 0; at < 4; at++) words[at] = (groups[at * 2] ?? 0) * 0x10000 + (groups[at * 2 + 1] ?? 0);
  return words;
}

/** Fills the 16-bit groups as written; `gap` is the group before which `::` stands, -1 without one. */
function readGroups(text: string, groups: Uint16Array): { readonly count: number; readonly gap: number } | null {
  let count = 0;
  let gap = -1;
  let at = 0;
  while (at < text.length) {
    if (text.charCodeAt(at) === 58) {
      // A colon at the very start or after another is only right as the one `::`.
      const double = text.charCodeAt(at + 1) === 58;
      if (double ? gap >= 0 : at === 0 || at + 1 === text.length) return null;
      if (double) gap = count;
      at += double ? 2 : 1;
      if (double && text.charCodeAt(at) === 58) return null;
      continue;
    }
    if (count === 8) return null;
    const end = groupEnd(text, at);
    if (text.charCodeAt(end) === 46) {
      const v4 = parseIpv4(text, at);
      if (v4 < 0 || count > 6) return null;
      groups[count++] = v4 >>> 16;
      groups[count++] = v4 & 0xffff;
      return { count, gap };
    }
    if (end === at || end - at > 4 || (end < text.length && text.charCodeAt(end) !== 58)) return null;
    groups[count++] = hexGroup(text, at, end);
    at = end;
  }
  return { count, gap };
}

function groupEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && hexDigit(text.charCodeAt(at)) >= 0) at++;
  return at;
}

function hexGroup(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 16 + hexDigit(text.charCodeAt(at));
  return value;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
