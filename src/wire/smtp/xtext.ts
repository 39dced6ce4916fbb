// xtext (RFC 3461 4): how a value with blanks, `+`, `=` or octets beyond ASCII travels inside an SMTP parameter.
import { isUtf8 } from 'node:buffer';

/** Encodes text; characters beyond ASCII as their UTF-8 octets, as Postfix does for XCLIENT and XFORWARD. */
export function encodeXtext(text: string): string {
  let out = '';
  for (const octet of Buffer.from(text, 'utf8')) {
    const plain = octet >= 0x21 && octet <= 0x7e && octet !== 0x2b && octet !== 0x3d;
    out += plain ? String.fromCharCode(octet) : `+${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** Decodes xtext; null where it is none, or where its octets are not UTF-8. Lower-case hexadecimal is tolerated, as some senders write it. */
export function decodeXtext(text: string): string | null {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-Fa-f]{2})*$/.test(text)) return null;
  if (!text.includes('+')) return text;
  const octets = Buffer.from(
    text.replace(/\+(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  return isUtf8(octets) ? octets.toString('utf8') : null;
}
