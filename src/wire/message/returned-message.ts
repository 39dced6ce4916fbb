// The message that a report returns: a part of its own (RFC 3462), or the lines below a marker or below the first trace field of the text.
import type { ReturnedMessage } from '../../model/understanding.ts';
import { headerFields, readHeader } from './header.ts';
import { defaultMessageLimits } from './limits.ts';
import { isMessage, type MimePart } from './mime-tree.ts';
import { fold } from './phrases.ts';
import { originalMarkers } from './rules/original-marker.ts';

/** RFC 3462 3, RFC 6533 6.2, and the wrong spellings that are about. */
const isHeaderPart = (type: string): boolean => /^(?:text|message)\/(?:rfc822-?headers?|global-headers)$/.test(type);

/** Whether a part holds a returned message, or its header. */
export const isReturned = (type: string): boolean => isMessage(type) || isHeaderPart(type);

/** Reads the returned message of a part. */
export function returnedOfPart(part: MimePart): ReturnedMessage {
  const inner = part.children[0];
  if (inner !== undefined) return { headers: headerFields(inner.fields), from: 'part' };
  const { fields } = readHeader(part.text, part.start, part.end, defaultMessageLimits, true);
  return { headers: headerFields(fields), from: 'part' };
}

/** Fields with which returned headers begin; two more fields must follow, or a sentence would do. */
const traceField = /^(?:received|return-path|delivered-to|dkim-signature|domainkey-signature|x-received|arc-seal|x-google-smtp-source|x-original-to) ?:/i;
const anyField = /^(?:[A-Za-z][A-Za-z0-9-]{1,60} ?:|[ \t]+\S)/;

/** Where the report's own words end: at a marker line, or at the first line of a header. The length of the text when nothing is returned. */
export function endOfWords(text: string): { readonly end: number; readonly originalStart: number } {
  for (let from = 0; from < text.length;) {
    const lf = text.indexOf('\n', from);
    const to = lf < 0 ? text.length : lf;
    const line = text.slice(from, Math.min(to, from + 200));
    if (line.length > 5 && from > 0 && isMarker(line)) return { end: from, originalStart: Math.min(to + 1, text.length) };
    if (traceField.test(line) && isHeaderStart(text, from)) return { end: from, originalStart: from };
    from = to + 1;
  }
  return { end: text.length, originalStart: text.length };
}

/** A marker is a line of its own, not a sentence that goes on: it ends with it, or is drawn with dashes. */
function isMarker(line: string): boolean {
  if (!/message|mail|header|nachricht|mensaje|^[-=*_]{2}/i.test(line)) return false;
  const folded = fold(line);
  const hit = originalMarkers.firstIn(folded);
  if (hit === null) return false;
  if (hit.meaning === 'drawn') return /^[-=*_]{2}/.test(folded);
  return /^[-=*|>_ ]{2}/.test(folded) || /[-=*|:.]$/.test(folded) || folded.length < 60;
}

function isHeaderStart(text: string, from: number): boolean {
  const lines = text.slice(from, from + 2000).split('\n', 4);
  return lines.length >= 3 && lines.slice(1, 3).every((line) => anyField.test(line));
}

/** Reads the returned message below the report's own words; null where no field stands there. */
export function returnedOfText(text: string, originalStart: number): ReturnedMessage | null {
  // Some indent what they return: fml, SurfControl.
  const below = text.slice(originalStart, originalStart + defaultMessageLimits.headerBytes);
  const lines = /^\s*\n?[ \t]{2,8}\S/.test(below) ? below.replace(/^[ \t]{2,4}/gm, '') : below;
  const { fields } = readHeader(lines.replace(/^(?:[ \t]{0,20}[-=*_]{0,100}\n){1,20}/, ''), 0, lines.length, defaultMessageLimits, true);
  return fields.length < 2 ? null : { headers: headerFields(fields), from: 'text' };
}
