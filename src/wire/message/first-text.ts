// The first words that a reader of a message sees: its first part of text, decoded, HTML without its tags. For a look, not for the whole text.
import type { MessageLimits } from '../../model/understanding.ts';
import { htmlText } from './html-text.ts';
import { decodedText, type MimePart } from './mime-tree.ts';

/** The first parts are read only. */
export const firstTextLimits: MessageLimits = {
  bytes: 64 * 1024,
  headerBytes: 64 * 1024,
  headerFields: 200,
  parts: 8,
  depth: 5,
  textBytes: 2048,
};

/** Octets of HTML that are looked at: its head may be full of styles. */
const htmlOctets = 24 * 1024;
/** Characters of HTML from its body on: tags take more than half of it. */
const htmlLength = 8 * 1024;

/** The text, at most 2 KiB of it; '' where there is none among the first parts. */
export function firstText(root: MimePart): string {
  return textOfPart(firstLeafOfText(root));
}

/** The same of a part that was found before. */
export function textOfPart(part: MimePart | null): string {
  if (part === null) return '';
  if (part.contentType.type !== 'text/html') return decodedText(part, firstTextLimits.textBytes);
  const html = decodedText(part, htmlOctets);
  const body = Math.max(0, html.search(/<body/i));
  return htmlText(html.slice(body, body + htmlLength)).slice(0, firstTextLimits.textBytes);
}

/** The first part of text; null where there is none among the first parts. */
export function firstLeafOfText(part: MimePart): MimePart | null {
  if (part.children.length === 0) return part.contentType.type.startsWith('text/') ? part : null;
  for (const child of part.children) {
    const found = firstLeafOfText(child);
    if (found !== null) return found;
  }
  return null;
}
