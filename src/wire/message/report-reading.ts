// What a message holds that may be a report: its own words, machine-readable parts wherever they stand and whatever type they claim, and the
// message it returns. Reading only; what it means is judged in judge.ts.
import type { HeaderFields, MessageLimits, ReturnedMessage } from '../../model/understanding.ts';
import { looksLikeDeliveryStatus, readDeliveryStatus, type RecipientStatus } from './delivery-status.ts';
import { fieldOf, headerFields, readHeader } from './header.ts';
import { htmlText } from './html-text.ts';
import { decodedText, type MimePart, readMime } from './mime-tree.ts';
import { endOfWords, isReturned, returnedOfPart, returnedOfText } from './returned-message.ts';

export interface ReportReading {
  readonly headers: HeaderFields;
  /** `multipart/report` and the like, lower case. */
  readonly type: string;
  /** RFC 6522: `delivery-status`, `feedback-report`...; empty when not given. */
  readonly reportType: string;
  /** The report's own words, the returned message left out. */
  readonly words: string;
  /** Recipients of a delivery status (RFC 3464). */
  readonly statuses: readonly RecipientStatus[];
  /** Where these stood: a part of its own, or lines among the words. */
  readonly statusesFrom: 'part' | 'words' | null;
  /** Fields of a feedback report (RFC 5965). */
  readonly feedback: HeaderFields | null;
  /** Fields of a receipt (RFC 8098). */
  readonly disposition: HeaderFields | null;
  readonly returned: ReturnedMessage | null;
  /** Files that a program would not send with a report. */
  readonly attachments: number;
  /** A report inside of what is returned: for gateways that wrap what they pass on. Only its own parts; the header is the wrapper's. */
  readonly enclosed: ReportReading | null;
}

/** Longest part of an unknown type that is looked at for status fields, in octets: a delivery status is short. */
const longestStatus = 64 * 1024;

interface Collected {
  words: string;
  statuses: RecipientStatus[];
  statusesFrom: 'part' | 'words' | null;
  feedback: HeaderFields | null;
  disposition: HeaderFields | null;
  returned: ReturnedMessage | null;
  attachments: number;
  /** The returned message as a part, where it is whole. */
  inner: MimePart | null;
}

/** Reads the parts of a message. */
export function readReport(root: MimePart, limits: MessageLimits, isEnclosed = false): ReportReading {
  const collected: Collected = {
    words: '',
    statuses: [],
    statusesFrom: null,
    feedback: null,
    disposition: null,
    returned: null,
    attachments: 0,
    inner: null,
  };
  visit(root, collected, limits);
  if (collected.statuses.length === 0 && looksLikeDeliveryStatus(collected.words)) {
    collected.statuses = [...readDeliveryStatus(collected.words)];
    collected.statusesFrom = collected.statuses.length > 0 ? 'words' : null;
  }
  const { inner, ...rest } = collected;
  const enclosed = isEnclosed || inner === null || inner.contentType.type !== 'multipart/report' ? null : readReport(inner, limits, true);
  return {
    ...rest,
    enclosed,
    headers: headerFields(root.fields),
    type: root.contentType.type,
    reportType: (root.contentType.parameters.get('report-type') ?? '').toLowerCase(),
  };
}

function visit(part: MimePart, collected: Collected, limits: MessageLimits): void {
  const { type } = part.contentType;
  if (isReturned(type)) {
    collected.returned ??= returnedOfPart(part);
    collected.inner ??= part.children[0] ?? null;
    return;
  }
  if (part.children.length > 0) {
    const children = type === 'multipart/alternative' ? plainest(part.children, limits) : part.children;
    for (const child of children) visit(child, collected, limits);
    return;
  }
  leaf(part, collected, limits);
}

/** RFC 2046 5.1.4: the same words twice; the plain ones are read, if there are any. */
function plainest(children: readonly MimePart[], limits: MessageLimits): readonly MimePart[] {
  const plain = children.find((child) => child.contentType.type === 'text/plain' && decodedText(child, limits.textBytes).trim() !== '');
  return plain === undefined ? children : [plain, ...children.filter((child) => !child.contentType.type.startsWith('text/'))];
}

function leaf(part: MimePart, collected: Collected, limits: MessageLimits): void {
  const { type } = part.contentType;
  if (/^message\/(?:global-)?delivery-status$/.test(type)) {
    collected.statuses.push(...readDeliveryStatus(decodedText(part, limits.textBytes)));
    collected.statusesFrom = 'part';
  } else if (type === 'message/feedback-report') collected.feedback ??= fieldsOf(part, limits);
  else if (/^message\/(?:global-)?disposition-notification$/.test(type)) collected.disposition ??= fieldsOf(part, limits);
  else if (isHeaderOnly(part)) collected.returned ??= { headers: headerFields(part.fields), from: 'part' };
  else if (type.startsWith('text/') || type.startsWith('multipart/') || type === 'message/plain') textLeaf(part, collected, limits);
  else otherLeaf(part, collected);
}

function fieldsOf(part: MimePart, limits: MessageLimits): HeaderFields {
  const text = decodedText(part, limits.textBytes);
  return headerFields(readHeader(text, 0, text.length, limits, true).fields);
}

/** A part that has no header of its own but begins at once with the returned message's. */
function isHeaderOnly(part: MimePart): boolean {
  return !part.isRoot && part.fields.some(({ name }) => name === 'received' || name === 'return-path');
}

function textLeaf(part: MimePart, collected: Collected, limits: MessageLimits): void {
  const room = limits.textBytes - collected.words.length;
  if (room <= 0) return;
  const decoded = decodedText(part, limits.textBytes);
  // Some say text/plain of a page in HTML.
  const isHtml = part.contentType.type === 'text/html' || /^\s{0,200}<(?:!doctype html|html)/i.test(decoded.slice(0, 300));
  const text = isHtml ? htmlText(decoded) : decoded;
  const { end, originalStart } = endOfWords(text);
  // HTML beside a plain text of the same words adds nothing.
  if (!(isHtml && collected.words.trim() !== '')) collected.words += `${text.slice(0, Math.min(end, room))}\n`;
  if (originalStart >= text.length) return;
  collected.returned ??= returnedOfText(text, originalStart);
  if (fieldOf(collected.returned?.headers ?? new Map(), 'content-type').startsWith('multipart/report'))
    collected.inner ??= readMime(Buffer.from(text.slice(originalStart)).toString('latin1'), limits).root;
}

/** Details.txt as application/octet-stream, and files that have no place in a report. */
function otherLeaf(part: MimePart, collected: Collected): void {
  if (part.end - part.start <= longestStatus && !part.contentType.type.startsWith('image/')) {
    const text = decodedText(part, longestStatus);
    if (looksLikeDeliveryStatus(text)) {
      collected.statuses.push(...readDeliveryStatus(text));
      collected.statusesFrom = 'part';
      return;
    }
  }
  collected.attachments++;
}
