// What the reader of a message would read, and what is attached to it: encodings and HTML undone, as lines of text. Links are told as text,
// because they are what a fake is known by.
import type { MessageLimits } from '../../model/understanding.ts';
import { decodeWords } from '../../wire/message/encoded-word.ts';
import { rawValue } from '../../wire/message/header.ts';
import { htmlText } from '../../wire/message/html-text.ts';
import { messageText } from '../../wire/message/message-text.ts';
import { decodedText, readMime, type MimePart } from '../../wire/message/mime-tree.ts';
import { visible } from './visible.ts';

/** A part that has no parts of its own. */
export interface PartShown {
  /** Media type as it says: `text/html`. */
  readonly type: string;
  /** File name; '' where it gives none. */
  readonly name: string;
  /** As it stands in the message, encoded. */
  readonly bytes: number;
}

export interface Readable {
  readonly subject: string;
  readonly author: string;
  /** What `readable` was made of; none: there is no text among the first parts. */
  readonly kind: 'plain' | 'html' | 'none';
  /** The text that a mail program would show, line by line. */
  readonly readable: readonly string[];
  /** Where its HTML leads and what it would fetch; text only, never followed. */
  readonly links: readonly string[];
  readonly parts: readonly PartShown[];
}

const limits: MessageLimits = { bytes: 512 * 1024, headerBytes: 128 * 1024, headerFields: 400, parts: 50, depth: 10, textBytes: 128 * 1024 };
const maxLines = 200;
const maxLineChars = 1000;
const maxLinks = 30;
const maxLinkChars = 300;
const maxFieldChars = 500;
/** Attributes and words of style that make a browser fetch something or go somewhere. */
const linkPattern = /(?:\b(?:href|src|srcset|action|background|poster|data)[ \t\n]{0,10}=[ \t\n]{0,10}["']?|\burl\([ \t\n]{0,10}["']?)([^"'\s>)]{1,2000})/gi;

/** Reads the message of which these octets are the beginning, dots as people mean them. */
export function readableOf(octets: Buffer): Readable {
  const { root } = readMime(messageText(octets, limits.bytes), limits);
  const leaves = leavesOf(root);
  const main = mainPart(leaves);
  const html = leaves.filter(({ contentType: { type } }) => type === 'text/html').map((part) => decodedText(part, limits.textBytes));
  return {
    subject: field(root, 'subject'),
    author: field(root, 'from'),
    ...textOf(main),
    links: [...new Set(html.flatMap(linksOf))].slice(0, maxLinks).map((link) => visible(link, maxLinkChars)),
    parts: leaves.map((part) => ({ type: visible(part.contentType.type, 100), name: nameOf(part), bytes: part.end - part.start })),
  };
}

function* walk(part: MimePart): Generator<MimePart> {
  if (part.children.length === 0) yield part;
  for (const child of part.children) yield* walk(child);
}

const leavesOf = (root: MimePart): readonly MimePart[] => [...walk(root)];

/** The first plain text that says something, else the first HTML: what a reader of text would be shown. */
function mainPart(leaves: readonly MimePart[]): MimePart | null {
  const ofType = (type: string): readonly MimePart[] => leaves.filter((part) => part.contentType.type === type && nameOf(part) === '');
  return ofType('text/plain').find(({ text, start, end }) => text.slice(start, end).trim() !== '') ?? ofType('text/html')[0] ?? null;
}

function textOf(part: MimePart | null): Pick<Readable, 'kind' | 'readable'> {
  if (part === null) return { kind: 'none', readable: [] };
  const isHtml = part.contentType.type === 'text/html';
  const decoded = decodedText(part, limits.textBytes);
  const lines = (isHtml ? htmlText(decoded).replace(/\n{3,}/g, '\n\n') : decoded).trim().split('\n');
  return { kind: isHtml ? 'html' : 'plain', readable: lines.slice(0, maxLines).map((line) => visible(line.trimEnd(), maxLineChars)) };
}

const linksOf = (html: string): readonly string[] => [...html.matchAll(linkPattern)].map(([, link = '']) => link);

const field = (root: MimePart, name: string): string => visible(decodeWords(rawValue(root.fields, name)), maxFieldChars);

function nameOf({ fields, contentType }: MimePart): string {
  const disposition = rawValue(fields, 'content-disposition');
  const named = /\bfilename\*?[ \t]{0,10}=[ \t]{0,10}(?:"([^"]{0,500})"?|([^\s;"]{1,500}))/i.exec(disposition);
  const name = named?.[1] ?? named?.[2] ?? contentType.parameters.get('name') ?? '';
  return visible(decodeWords(name), maxFieldChars);
}
