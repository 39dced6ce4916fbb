// What strangers wrote into a header, made fit to stand in a letter of ours or on a page: decoded, without anything that drives a terminal, turns
// the direction of writing, breaks a line or becomes a link.
import { decodeWords } from '../../wire/message/encoded-word.ts';

/** Controls, marks of direction, invisible characters, lone halves of pairs, private ones; and what replaces the unreadable. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\u115f\u1160\u3164\uffa0\ufffd]/gu;

/** The text of a header field, at most `most` characters. '' where nothing readable is left. */
export function safeText(raw: string, most: number): string {
  // Decoding works on octets; a record has characters.
  const decoded = decodeWords(Buffer.from(raw.slice(0, 4000), 'utf8').toString('latin1'));
  const clean = decoded
    .normalize('NFC')
    .replace(unsafe, ' ')
    // A pile of marks on one letter runs over the lines above and below.
    .replace(/(\p{M}{4})\p{M}+/gu, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(withoutLinks(clean));
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}

/** A mail address with nothing behind it but what ends a sentence or a bracket: who wrote must be told. */
const plainAddress = /^[<("'[]{0,3}[^\s@<>()[\]"'/\\:]{1,64}@[\p{L}\p{N}.-]{1,255}[>)"',;.\]]{0,3}$/u;

/** Mail programs make links of what looks like one, and in our letter it would seem to be ours: names of hosts, schemes, shares of files. */
const withoutLinks = (text: string): string =>
  text
    .split(' ')
    .map((word) => (plainAddress.test(word) ? word : brokenUp(word)))
    .join(' ');

const brokenUp = (word: string): string =>
  word
    // The full stops of IDNA as well (RFC 3490 3.1).
    .replace(/(?<=[\p{L}\p{N}_-])[.\u3002\uff0e\uff61](?=\p{L}[\p{L}\p{N}-])/gu, '[.]')
    .replace(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d)/g, (quad) => quad.replaceAll('.', '[.]'))
    // RFC 3986 3.1: a letter, then letters, digits, plus, minus, full stop.
    .replace(/([a-z][a-z0-9+-]{0,30}):(?=\S)/gi, '$1: ')
    .replace(/\\(?=\\)/g, '\\ ');

/** The author a message names, with the envelope's sender behind it where that is another; `noSender` stands for the null sender. */
export function senderText(author: string | null, envelope: string, noSender: string): string {
  const sender = envelope === '' ? noSender : safeText(envelope, 120);
  const named = author === null ? '' : safeText(author, 120);
  if (named === '') return sender;
  return envelope !== '' && named.toLowerCase().includes(envelope.toLowerCase()) ? named : `${named} (${sender})`;
}

/** The value of the first From field among header lines, unfolded; null where there is none. */
export function authorIn(header: readonly string[]): string | null {
  const first = header.findIndex((line) => /^from[ \t]*:/i.test(line));
  if (first < 0) return null;
  const rest = header.slice(first + 1);
  const end = rest.findIndex((line) => !/^[ \t]/.test(line));
  return [header[first] ?? '', ...(end < 0 ? rest : rest.slice(0, end))]
    .join('')
    .replace(/^[^:]*:/, '')
    .trim();
}
