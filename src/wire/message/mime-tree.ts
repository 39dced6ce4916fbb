// The parts of a message (RFC 2046), read with tolerance: missing closing lines, missing or wrong boundary, headers without an end.
// Bounded in parts and depth: what lies beyond is one opaque part.
import type { MessageLimits } from '../../model/understanding.ts';
import { decodeCharset } from './charset.ts';
import { type ContentType, parseContentType } from './content-type.ts';
import { type RawField, rawValue, readHeader } from './header.ts';
import { withLineFeeds } from './message-text.ts';
import { decodeTransfer } from './transfer-encoding.ts';

/** A part: a multipart with children, a message with its inner one as the only child, or a leaf. */
export interface MimePart {
  readonly fields: readonly RawField[];
  readonly contentType: ContentType;
  /** The body as it stands: octets `start` to `end` of `text`, a character each. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly children: readonly MimePart[];
  /** The message itself, not a part of it. */
  readonly isRoot: boolean;
}

/** What the reading of one message has used up. */
interface Budget {
  parts: number;
  truncated: boolean;
}

/** The whole tree, and whether a limit cut something off. */
export function readMime(text: string, limits: MessageLimits): { readonly root: MimePart; readonly truncated: boolean } {
  const budget: Budget = { parts: limits.parts, truncated: false };
  const root = readPart({ text, start: 0, end: text.length }, 'text/plain', 0, { limits, budget });
  return { root, truncated: budget.truncated };
}

interface Slice {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}
interface Reading {
  readonly limits: MessageLimits;
  readonly budget: Budget;
}

function readPart(slice: Slice, defaultType: string, depth: number, reading: Reading): MimePart {
  const { limits, budget } = reading;
  const { text, end } = slice;
  budget.parts--;
  const header = readHeader(text, slice.start, end, limits, depth === 0 || defaultType === 'message');
  if (header.truncated && header.fields.length > 0 && end - slice.start > limits.headerBytes) budget.truncated = true;
  const declared = parseContentType(rawValue(header.fields, 'content-type'));
  // RFC 2046 5.1.5: in a digest a part without a type is a message.
  const isWhole = depth === 0 || defaultType === 'message';
  const type = declared.type !== '' ? declared.type : isWhole ? undeclaredType({ text, start: header.bodyStart, end }) : defaultType;
  const contentType = { ...declared, type };
  const part = { fields: header.fields, contentType, text, start: header.bodyStart, end, isRoot: depth === 0 };
  if (budget.parts <= 0 || depth >= limits.depth) {
    budget.truncated ||= isComposite(type);
    return { ...part, children: [] };
  }
  return { ...part, children: readChildren({ ...part, children: [] }, depth, reading) };
}

/** A header that has lost its Content-Type on the way: the body still begins with a delimiter and a part's fields. A letter that quotes such does not begin so. */
function undeclaredType({ text, start, end }: Slice): string {
  const beginning = text.slice(start, Math.min(end, start + 2000));
  const delimiter = /^\s{0,20}(?:[^\n]{0,200}\bMIME\b[^\n]{0,200}\n\s{0,20}){0,3}--([^\s]{1,200})[ \t]{0,20}\n/i.exec(beginning)?.[1];
  if (delimiter === undefined) return 'text/plain';
  const field = text
    .slice(start, Math.min(end, start + 20_000))
    .toLowerCase()
    .indexOf(`\n--${delimiter.toLowerCase()}\ncontent-`);
  return field >= 0 || beginning.toLowerCase().startsWith(`--${delimiter.toLowerCase()}\ncontent-`) ? 'multipart/mixed' : 'text/plain';
}

const isComposite = (type: string): boolean => type.startsWith('multipart/') || isMessage(type);

/** Types whose body is a message: RFC 2046 5.2.1, RFC 6532 3.7. */
export const isMessage = (type: string): boolean => type === 'message/rfc822' || type === 'message/global' || type === 'message/news';

function readChildren(part: MimePart, depth: number, reading: Reading): readonly MimePart[] {
  const { type } = part.contentType;
  if (isMessage(type)) return [readPart(encodedSlice(part, reading.limits), 'message', depth + 1, reading)];
  if (!type.startsWith('multipart/')) return [];
  const children: MimePart[] = [];
  for (const slice of slicesOf(part)) {
    if (reading.budget.parts <= 0) {
      reading.budget.truncated = true;
      break;
    }
    children.push(readPart(slice, type === 'multipart/digest' ? 'message/rfc822' : 'text/plain', depth + 1, reading));
  }
  return children;
}

/** RFC 2046 5.2.1 forbids to encode a message; where it was done nevertheless, it is read decoded. */
function encodedSlice(part: MimePart, limits: MessageLimits): Slice {
  const encoding = rawValue(part.fields, 'content-transfer-encoding').trim().toLowerCase();
  if (encoding !== 'base64' && encoding !== 'quoted-printable') return part;
  // A message said to be encoded that begins with fields in clear is not.
  if (encoding === 'base64' && /^[A-Za-z-]{2,40}:/.test(part.text.slice(part.start, part.start + 60))) return part;
  const text = withLineFeeds(decodeTransfer(part.text.slice(part.start, part.end), encoding, limits.bytes).toString('latin1'));
  return { text, start: 0, end: text.length };
}

/** The bodies between the delimiter lines (RFC 2046 5.1.1). */
function slicesOf(part: MimePart): Slice[] {
  const { text, start, end } = part;
  const named = part.contentType.parameters.get('boundary')?.trimEnd() ?? '';
  const slices = named === '' ? [] : cutAt(part, named);
  if (slices.length > 0) return slices;
  // No boundary, or one that does not occur: the first line that looks like a delimiter and has a field below it.
  const guessed = /(?:^|\n)--([^\s]{1,200})[ \t]{0,20}\n[A-Za-z-]{2,40}[ \t]?:/.exec(text.slice(start, Math.min(end, start + 20_000)))?.[1];
  return guessed === undefined || guessed === named ? [] : cutAt(part, guessed);
}

function cutAt({ text, start, end }: Slice, boundary: string): Slice[] {
  const delimiter = `--${boundary.slice(0, 500)}`;
  const slices: Slice[] = [];
  let open = -1;
  for (let at = text.startsWith(delimiter, start) ? start : nextLine(text, delimiter, start); at >= 0 && at < end;) {
    const after = at + delimiter.length;
    const lf = text.indexOf('\n', after);
    const lineEnd = lf < 0 || lf > end ? end : lf;
    const rest = text.slice(after, Math.min(lineEnd, after + 200)).trim();
    // A longer boundary that begins like this one belongs to an inner part.
    if (rest === '' || rest === '--') {
      if (open >= 0) slices.push({ text, start: open, end: Math.max(open, at - 1) });
      open = rest === '--' ? -1 : Math.min(lineEnd + 1, end);
      if (rest === '--') return slices;
    }
    at = nextLine(text, delimiter, after);
  }
  if (open >= 0) slices.push({ text, start: open, end });
  return slices;
}

function nextLine(text: string, delimiter: string, from: number): number {
  const at = text.indexOf(`\n${delimiter}`, from);
  return at < 0 ? -1 : at + 1;
}

/** The leaf's body as characters: transfer encoding and charset undone, at most `maxBytes` octets of it. */
export function decodedText(part: MimePart, maxBytes: number): string {
  const encoding = rawValue(part.fields, 'content-transfer-encoding');
  const octets = decodeTransfer(part.text.slice(part.start, Math.min(part.end, part.start + maxBytes * 4)), encoding, maxBytes);
  return withLineFeeds(decodeCharset(octets, part.contentType.parameters.get('charset') ?? ''));
}
