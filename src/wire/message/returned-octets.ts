// The returned message as its signer saw it: the octets themselves, not what they mean. Only for proofs; what it says is read elsewhere.
import { defaultMessageLimits } from './limits.ts';
import { messageText, withLineFeeds } from './message-text.ts';
import { decodedText, type MimePart, readMime } from './mime-tree.ts';
import { rawValue } from './header.ts';
import { endOfWords, isReturned } from './returned-message.ts';
import { decodeTransfer } from './transfer-encoding.ts';

/** Header and body with CRLF line ends (RFC 6376 5.3), an empty body where only the header came back; null where nothing is returned. */
export function returnedOctets(raw: Buffer): Buffer | null {
  const { root } = readMime(messageText(raw, defaultMessageLimits.bytes), defaultMessageLimits);
  const part = firstOf(root, ({ contentType, isRoot }) => !isRoot && isReturned(contentType.type));
  const text = part === null ? belowTheWords(root) : octetsOf(part);
  const message = text.replace(/^\n{1,20}/, '');
  if (message === '') return null;
  return Buffer.from((message.includes('\n\n') ? message : `${message.trimEnd()}\n\n`).replaceAll('\n', '\r\n'), 'latin1');
}

function firstOf(part: MimePart, is: (part: MimePart) => boolean): MimePart | null {
  if (is(part)) return part;
  for (const child of part.children) {
    const found = firstOf(child, is);
    if (found !== null) return found;
  }
  return null;
}

/** RFC 2046 5.2.1 forbids to encode a message; where it was done nevertheless, its inner part was read decoded. */
function octetsOf(part: MimePart): string {
  const inner = part.children[0];
  if (inner !== undefined) return inner.text === part.text ? part.text.slice(part.start, part.end) : inner.text;
  const encoding = rawValue(part.fields, 'content-transfer-encoding');
  return withLineFeeds(decodeTransfer(part.text.slice(part.start, part.end), encoding, defaultMessageLimits.headerBytes).toString('latin1'));
}

/** Servers from before RFC 3462 write a line in the text, and below it what they return. */
function belowTheWords(root: MimePart): string {
  const leaf = firstOf(root, ({ contentType, children }) => children.length === 0 && contentType.type === 'text/plain');
  if (leaf === null) return '';
  const text = decodedText(leaf, defaultMessageLimits.textBytes);
  return Buffer.from(text.slice(endOfWords(text).originalStart)).toString('latin1');
}
