// Mail addresses in the free text of reports and in header fields: found by the @, extended to both sides, so that the work is linear.

const localCharacter = /[\p{L}\p{N}\p{M}\p{So}\p{Cs}!#$%&'*+/=?^_`{|}~.-]/u;
const domainCharacter = /[\p{L}\p{N}\p{M}.\-_]/u;
/** Scripts that write no blank between an address in ASCII and the words around it. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\u30fc]/u;
const ascii = /[\x21-\x7e]/;
/** RFC 5321 4.5.3.1: 64 and 255 octets; VERP makes longer local parts in the wild. */
const longestLocal = 200;
const longestDomain = 255;

export interface FoundAddress {
  readonly address: string;
  /** Where the address begins and ends in the text, brackets left out. */
  readonly start: number;
  readonly end: number;
}

/** The addresses of one line or field, at most `most`. */
export function addressesIn(text: string, most = 50): FoundAddress[] {
  const found: FoundAddress[] = [];
  for (let at = text.indexOf('@'); at >= 0 && found.length < most; at = text.indexOf('@', at + 1)) {
    const one = addressAround(text, at, found.at(-1)?.end ?? 0);
    if (one !== null) found.push(one);
  }
  return found;
}

/** A word of such a script right in front of ASCII. */
const isSeam = (text: string, start: number): boolean =>
  unspaced.test(text[start - 1] ?? '') && start < text.length && ascii.test(text[start] ?? '') && text[start] !== '@';

/** An ASCII domain with a top level has been read already. */
const endsAsDomain = (text: string, at: number, end: number): boolean => /^[\x21-\x7e]+\.[A-Za-z]{2,}$/.test(text.slice(at + 1, end));

function addressAround(text: string, at: number, floor: number): FoundAddress | null {
  const end = endOfDomain(text, at);
  const domain = text.slice(at + 1, end);
  if (domain === '' || domain.startsWith('.') || domain.includes('..')) return null;
  const start = startOfLocal(text, at, floor);
  return start < 0 || start === at ? null : { address: `${text.slice(start, at)}@${domain.toLowerCase()}`, start, end };
}

function endOfDomain(text: string, at: number): number {
  // RFC 5321 4.1.3: an address literal.
  const literal = text[at + 1] === '[' ? /^\[[0-9A-Za-z:.]{2,60}\]/.exec(text.slice(at + 1, at + 64)) : null;
  if (literal !== null) return at + 1 + literal[0].length;
  let end = at + 1;
  while (
    end < text.length &&
    end - at <= longestDomain &&
    domainCharacter.test(text[end] ?? '') &&
    !(unspaced.test(text[end] ?? '') && endsAsDomain(text, at, end))
  )
    end++;
  while (end > at + 1 && /[.\-_]/.test(text[end - 1] ?? '')) end--;
  return end;
}

/** Where the local part begins; below 0 where a quote is never opened. */
function startOfLocal(text: string, at: number, floor: number): number {
  if (text[at - 1] === '"') {
    // RFC 5321 4.1.2: a quoted local part.
    const quote = text.lastIndexOf('"', at - 2);
    return quote < Math.max(floor, at - longestLocal) ? -1 : quote;
  }
  let start = at;
  while (start > floor && at - start < longestLocal && localCharacter.test(text[start - 1] ?? '') && !isSeam(text, start)) start--;
  // What opens or introduces an address is not of it: `RCPT TO:=x`, a quote, an apostrophe.
  while (start < at && /['`=|*./{]/.test(text[start] ?? '') && !text.startsWith('=?', start)) start++;
  return start;
}

/** The first address of a header field such as From; null where there is none. */
export function firstAddress(value: string): string | null {
  const angle = /<([^<>]{1,400})>/.exec(value.slice(0, 4000))?.[1];
  const inAngle = angle === undefined ? undefined : addressesIn(angle, 1)[0];
  return (inAngle ?? addressesIn(value.slice(0, 4000), 1)[0])?.address ?? null;
}

/** Domain in lower case; the local part as it is written (RFC 5321 2.4). */
export function tidyAddress(raw: string): string {
  const at = raw.lastIndexOf('@');
  return at < 0 ? raw : `${raw.slice(0, at)}@${raw.slice(at + 1).toLowerCase()}`;
}
