// The mailbox of a recipient field of a delivery status, in all the ways it is written: RFC 3464 2.3.1 and 2.3.2, RFC 6533 3.
import { addressesIn, tidyAddress } from './address-text.ts';

/** Longest value looked at, in characters. */
const longestValue = 2000;

/** `rfc822;user@domain`; the type is often missing, brackets are often there. Null where it names no mailbox that mail can be sent to: X.400 names, a host's own users. */
export function recipientOf(raw: string): string | null {
  const [, type = '', rest = ''] = /^\s{0,20}(?:([A-Za-z0-9-]{1,20})\s{0,5};)?([^]*)$/.exec(raw.slice(0, longestValue)) ?? [];
  const text = withoutComments(type.toLowerCase().startsWith('utf-8') ? decodeUtf8Address(rest) : rest).trim();
  const address = fromXtext(withoutRoute((/<([^<>]{1,500})>[^<>]*$/.exec(text)?.[1] ?? text).trim()));
  if (isMailbox(address)) return tidyAddress(address);
  // A gateway's own form: the last address is the recipient's.
  const found = addressesIn(address, 5).at(-1)?.address;
  return found === undefined ? null : tidyAddress(found);
}

/** RFC 5321 4.1.2: dot-string or quoted string, at a domain or an address literal (4.1.3). */
const isMailbox = (text: string): boolean =>
  /^(?:"(?:[^"\\]|\\.){1,200}"|[^\s"<>()@,;:[\]]{1,200})@(?:\[[0-9A-Za-z:.-]{2,60}\]|[^\s"<>()@,;:[\]]{1,255})$/u.test(text);

/** RFC 5322 3.2.2: what stands in parentheses is said of the address, and may name another. Those inside of quotes are part of it. */
function withoutComments(text: string): string {
  let kept = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '\\' && isQuoted) {
      kept += text.slice(at, at + 2);
      at++;
      continue;
    }
    if (character === '"' && depth === 0) isQuoted = !isQuoted;
    if (!isQuoted && character === '(') depth++;
    if (depth === 0) kept += character;
    if (!isQuoted && character === ')' && depth > 0) depth--;
  }
  // A parenthesis that is never closed hides nothing.
  return depth === 0 ? kept : text;
}

/** RFC 5321 4.1.1.3: the hosts of a source route are passed over. */
const withoutRoute = (text: string): string => text.replace(/^(?:@[^\s@,:]{1,255},?){1,20}:/, '');

/** RFC 3461 4: xtext, which a server should have decoded (RFC 3464 2.3.1); only what must be written so is read so. */
function fromXtext(text: string): string {
  if (!text.includes('@')) return text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return text.replace(/\+(2B|3D)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** RFC 6533 3: `\x{...}` for what is not ASCII. */
const decodeUtf8Address = (text: string): string => text.replace(/\\x\{([0-9A-Fa-f]{1,6})\}/g, (_, hex: string) => characterOf(hex));

function characterOf(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
