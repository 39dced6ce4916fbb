// Replies on the wire (RFC 5321 4.2; enhanced codes RFC 2034): ours made safe for the client, the hub's read with tolerance and bounds.
import type { Reply } from '../../model/reply.ts';

export { ReplyReader, type ReplyFault } from './reply-reader.ts';

/** RFC 5321 4.5.3.1.5: a reply line has at most 512 octets, CRLF included. */
const MAX_LINE_BYTES = 512;

/**
 * The bytes of a reply, every line with code and enhanced code. Text from elsewhere (a hub, a client) cannot end the line or hide:
 * control characters become blanks, and what is not ASCII `?` unless the client speaks UTF-8 (RFC 6531 3.7.4.2). Long text is folded.
 */
export function formatReply(reply: Reply, options: { readonly utf8: boolean } = { utf8: false }): string {
  const enhanced = fittingEnhanced(reply);
  // RFC 2034 4: each line of a multi-line reply has the code.
  const prefixBytes = 4 + (enhanced === '' ? 0 : enhanced.length + 1);
  const room = MAX_LINE_BYTES - 2 - prefixBytes;
  const [only = ''] = reply.lines;
  // Nearly every reply is one short line of plain ASCII: there is nothing to make safe and nothing to fold.
  if (reply.lines.length === 1 && only.length <= room && plain.test(only)) return `${reply.code} ${enhanced}${enhanced === '' ? '' : ' '}${only}\r\n`;
  const texts = reply.lines.flatMap((line) => fold(safeText(line, options.utf8), room));
  if (texts.length === 0) texts.push('');
  return texts.map((text, at) => `${reply.code}${at === texts.length - 1 ? ' ' : '-'}${enhanced}${enhanced === '' ? '' : ' '}${text}\r\n`).join('');
}

const plain = /^[ -~]*$/;

/** RFC 3463 2: the class must be that of the reply, or the code is left out. */
function fittingEnhanced({ code, enhanced }: Reply): string {
  if (enhanced === null || !/^[245]\.\d{1,3}\.\d{1,3}$/.test(enhanced)) return '';
  return enhanced[0] === String(code)[0] ? enhanced : '';
}

function safeText(text: string, utf8: boolean): string {
  const oneLine = text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
  return utf8 ? oneLine : oneLine.replace(/[^ -~]/gu, '?');
}

/** Parts of at most `room` octets, cut at a blank where there is one; a character is never cut. */
function fold(text: string, room: number): string[] {
  const parts: string[] = [];
  let left = text;
  while (Buffer.byteLength(left) > room) {
    const cut = longestPrefix(left, room);
    const blank = left.lastIndexOf(' ', cut);
    const to = blank > 0 ? blank : cut;
    parts.push(left.slice(0, to));
    left = left.slice(blank > 0 ? to + 1 : to);
  }
  parts.push(left);
  return parts;
}

/** UTF-16 units of the longest prefix within `room` octets that does not cut a character. */
function longestPrefix(text: string, room: number): number {
  let bytes = 0;
  let units = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > room) break;
    units += character.length;
  }
  return units;
}
