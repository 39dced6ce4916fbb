// Content-Type and its parameters (RFC 2045 5.1, RFC 2231), read with tolerance: missing quotes, missing semicolons, stray blanks.
import { decodeCharset } from './charset.ts';

export interface ContentType {
  /** `text/plain`, lower case; empty when the field gives none. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Longest value looked at, in characters. */
const longestValue = 8000;
const mostParameters = 40;
// A value in quotes, or all up to a blank or semicolon. No part can be matched in two ways.
const parameter = /([A-Za-z0-9_.\-*]{1,80})[ \t]{0,20}=[ \t]{0,20}(?:"((?:[^"\\]|\\.){0,2000})"?|([^\s;"]{1,2000}))/g;

/** Reads the field's value. */
export function parseContentType(raw: string): ContentType {
  const value = raw.slice(0, longestValue);
  const type = /^\s{0,20}([A-Za-z0-9!#$&^_.+-]{1,80}\/[A-Za-z0-9!#$&^_.+-]{1,80})/.exec(value)?.[1] ?? '';
  const plain = new Map<string, string>();
  const pieces = new Map<string, string[]>();
  let count = 0;
  for (const [, rawName = '', quoted, bare] of value.slice(type.length).matchAll(parameter)) {
    if (++count > mostParameters) break;
    const name = rawName.toLowerCase();
    const text = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1');
    const continued = /^([^*]+)\*(\d{1,2})?\*?$/.exec(name);
    if (continued === null) setOnce(plain, name, text);
    else addPiece(pieces, continued[1] ?? '', Number(continued[2] ?? 0), name.endsWith('*') ? `*${text}` : text);
  }
  for (const [name, parts] of pieces) plain.set(name, joinPieces(parts));
  return { type: type.toLowerCase(), parameters: plain };
}

function setOnce(map: Map<string, string>, name: string, text: string): void {
  if (!map.has(name)) map.set(name, text);
}

function addPiece(pieces: Map<string, string[]>, name: string, index: number, text: string): void {
  const parts = pieces.get(name) ?? [];
  parts[index] = text;
  pieces.set(name, parts);
}

/** RFC 2231 3 and 4: pieces in order; those marked are percent-encoded, the first of them names the charset. */
function joinPieces(parts: readonly (string | undefined)[]): string {
  const texts = parts.map((part) => part ?? '');
  const charset = /^\*([^']{0,40})'[^']{0,40}'/.exec(texts[0] ?? '');
  const joined = texts
    .map((part, index) => (part.startsWith('*') ? unescape(part.slice(index === 0 && charset !== null ? charset[0].length : 1)) : part))
    .join('');
  return charset === null ? joined : decodeCharset(Buffer.from(joined, 'latin1'), charset[1] ?? '');
}

const unescape = (text: string): string => text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
