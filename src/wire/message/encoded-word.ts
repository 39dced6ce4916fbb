// Header text written in ASCII (RFC 2047), read with tolerance: blanks inside words, unknown charsets, characters cut between words.
import { decodeCharset, decodeUnlabelled } from './charset.ts';

// Each part stops at the next question mark, so that no octet is looked at more than a few times.
const encodedWord = /=\?([^?\s]{1,60})\?([bqBQ])\?([^?]{0,2000})\?=/g;

/** What a value with encoded words says to its reader; undefined where it has none and says what stands there. */
export const wordsSaid = (value: string | null): string | undefined => (value?.includes('=?') === true ? decodeWords(value) : undefined);

/** The value with its encoded words decoded. */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return decodeUnlabelled(value);
  let text = '';
  let at = 0;
  let pending: { charset: string; octets: Buffer[] } | null = null;
  const flush = (): string => (pending === null ? '' : decodeCharset(Buffer.concat(pending.octets), pending.charset));
  for (const match of value.matchAll(encodedWord)) {
    const [whole, label = '', encoding = '', encoded = ''] = match;
    const between = value.slice(at, match.index);
    const charset = (label.split('*', 1)[0] ?? '').toLowerCase(); // RFC 2231 5: a language after the asterisk
    const octets = encoding.toLowerCase() === 'b' ? Buffer.from(encoded, 'base64') : decodeQ(encoded);
    // RFC 2047 6.2: blanks between two words are not part of the text; a character may be cut between them.
    if (pending !== null && between.trim() === '' && pending.charset === charset) pending.octets.push(octets);
    else {
      text += flush() + (pending !== null && between.trim() === '' ? '' : decodeUnlabelled(between));
      pending = { charset, octets: [octets] };
    }
    at = match.index + whole.length;
  }
  return text + flush() + decodeUnlabelled(value.slice(at));
}

/** RFC 2047 4.2: underscore is a blank. */
function decodeQ(encoded: string): Buffer {
  const text = encoded.replaceAll('_', ' ').replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}
