// Header fields (RFC 5322 2.2) of a message or of a MIME part, read with tolerance: an mbox line before them, blanks before the colon, lines
// that are no field, no empty line after them. Whatever comes, the header has an end.
import type { HeaderFields, MessageLimits } from '../../model/understanding.ts';
import { decodeWords } from './encoded-word.ts';

/** A field as it stands, unfolded, a character an octet; the name in lower case. */
export interface RawField {
  readonly name: string;
  readonly value: string;
}

/** Fields, and where in the text the body begins. */
export interface HeaderBlock {
  readonly fields: readonly RawField[];
  readonly bodyStart: number;
  readonly truncated: boolean;
}

/** Names that RFC 5322 2.2 allows, shorter than any real one; obsolete form: blanks before the colon (4.5). */
const fieldStart = /^([!-9;-~]{1,77})[ \t]{0,20}:/;
const blankLine = /^[ \t]{0,200}$/;
/** Most lines are told by their first character: the pattern is only asked where it can match. */
const isBlank = (line: string): boolean => line === '' || ((line.startsWith(' ') || line.startsWith('\t')) && blankLine.test(line));

/** Reads the header that begins at `start`. `lenientStart` passes over empty lines before it, as a message that was saved by hand has them. */
export function readHeader(text: string, start: number, end: number, limits: MessageLimits, lenientStart = false): HeaderBlock {
  const found: { name: string; parts: string[] }[] = [];
  const stop = Math.min(end, start + limits.headerBytes);
  let from = lenientStart ? skipBlank(text, start, stop) : start;
  while (from < stop) {
    const lf = text.indexOf('\n', from);
    const to = lf < 0 || lf > stop ? stop : lf;
    const line = text.slice(from, to);
    const next = Math.min(to + 1, end);
    if (isBlank(line) && (line === '' || !isHeaderLine(text, next, end))) return done(found, next, false);
    const name = fieldStart.exec(line)?.[1];
    const last = found.at(-1);
    if ((line.startsWith(' ') || line.startsWith('\t')) && last !== undefined) last.parts.push(line.trim());
    else if (name !== undefined && found.length < limits.headerFields) {
      found.push({ name: name.toLowerCase(), parts: [line.slice(line.indexOf(':', name.length) + 1).trim()] });
    } else if (name === undefined && !/^>?From /.test(line) && (found.length === 0 || !goesOn(text, next, end))) return done(found, from, false);
    from = next;
  }
  return done(found, Math.min(from, end), from < end);
}

const isHeaderLine = (text: string, at: number, end: number): boolean => fieldStart.test(text.slice(at, Math.min(at + 100, end)));

/** Lines that are no fields are forgiven when the header soon goes on: some software breaks long lines and forgets the blank (RFC 5322 2.2.3). */
function goesOn(text: string, at: number, end: number): boolean {
  for (const line of text.slice(at, Math.min(at + 2000, end)).split('\n', 4)) {
    if (isBlank(line)) return false;
    if (fieldStart.test(line)) return true;
  }
  return false;
}

function skipBlank(text: string, start: number, end: number): number {
  let from = start;
  while (from < end) {
    const lf = text.indexOf('\n', from);
    if (lf < 0 || lf >= end || text.slice(from, Math.min(lf, from + 500)).trim() !== '') break;
    from = lf + 1;
  }
  return from;
}

/** RFC 5322 2.2.3: unfolding leaves the blank. */
const done = (found: readonly { name: string; parts: string[] }[], bodyStart: number, truncated: boolean): HeaderBlock => ({
  fields: found.map(({ name, parts }) => ({ name, value: parts.join(' ').trim() })),
  bodyStart,
  truncated,
});

/** First value of a field, as it stands; empty when there is none. */
export const rawValue = (fields: readonly RawField[], name: string): string => fields.find((field) => field.name === name)?.value ?? '';

/** The fields decoded (RFC 2047), by name. */
export function headerFields(fields: readonly RawField[]): HeaderFields {
  const map = new Map<string, string[]>();
  for (const { name, value } of fields) {
    const values = map.get(name);
    const text = decodeWords(value);
    if (values === undefined) map.set(name, [text]);
    else values.push(text);
  }
  return map;
}

/** Characters of a value that anything is read from: more is nobody's subject or address. */
const longestRead = 2000;

/** Beginning of the first value of a decoded field, for looking wordings up in it; empty when there is none. */
export const startOfField = (fields: HeaderFields, name: string): string => fieldOf(fields, name).slice(0, longestRead);

/** First value of a decoded field; empty when there is none. */
export const fieldOf = (fields: HeaderFields, name: string): string => fields.get(name)?.[0] ?? '';
