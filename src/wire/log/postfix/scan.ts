// What all lines of Postfix are made of: queue ids, `name[address]:port`, `from=<x>`, replies of servers.
import type { LogClient } from '../../../model/log-event.ts';
import { digitsAt, isDigit } from '../digits.ts';
import { clientOf } from '../line.ts';

/**
 * Where the queue id at the beginning ends (its colon); -1 when there is none. Short ids are upper case hexadecimal digits; long ones begin
 * with a digit. Postfix gives them no vowels (postconf(5) enable_long_queue_ids); logs whose ids were made anonymous have them, so they are taken.
 */
export function endOfQueueId(text: string): number {
  let hex = true;
  for (let at = 0; at < 30; at++) {
    const code = text.charCodeAt(at);
    if (code === 58) return hex ? (at >= 5 ? at : -1) : at >= 10 && isDigit(text.charCodeAt(0)) ? at : -1;
    if (isDigit(code)) continue;
    const upper = code & 0xdf;
    if (upper < 65 || upper > 90 || Number.isNaN(code)) return -1;
    if (code > 70) hex = false;
  }
  return -1;
}

/** `name[address]` with or without `:port`, and the place after it; null when there is none at `from`. */
export function peerAt(text: string, from: number): { readonly client: LogClient | null; readonly end: number } | null {
  const open = text.indexOf('[', from);
  const close = open < 0 ? -1 : text.indexOf(']', open);
  // A name has no space: what follows one is no name any more.
  if (close < 0 || close - open > 60 || hasSpace(text, from, open)) return null;
  const name = open === from ? null : text.slice(from, open);
  if (text.charCodeAt(close + 1) !== 58 || !isDigit(text.charCodeAt(close + 2))) return { client: clientOf(text.slice(open + 1, close), name), end: close + 1 };
  let end = close + 2;
  while (isDigit(text.charCodeAt(end))) end++;
  return { client: clientOf(text.slice(open + 1, close), name, text.slice(close + 2, end)), end };
}

function hasSpace(text: string, from: number, end: number): boolean {
  const space = text.indexOf(' ', from);
  return space >= 0 && space < end;
}

/** The client at `from`; null when there is none. */
export const clientAt = (text: string, from: number): LogClient | null => peerAt(text, from)?.client ?? null;

/** The client after the first ` from `, or at the beginning before a colon; null when the line names none. */
export function clientIn(text: string, from = 0): LogClient | null {
  const word = text.indexOf(' from ', from);
  const after = word < 0 ? null : clientAt(text, word + 6);
  if (after !== null) return after;
  const first = peerAt(text, from);
  return first !== null && text.charCodeAt(first.end) === 58 ? first.client : null;
}

/**
 * The value of `name=<value>` or `name=value` whose value begins at `from`. A `>` inside an address does not end it: what ends it is
 * followed by a space, a comma, a colon or nothing.
 */
export function valueAt(text: string, from: number): string {
  if (text.charCodeAt(from) !== 60) {
    const comma = text.indexOf(', ', from);
    return comma < 0 ? text.slice(from) : text.slice(from, comma);
  }
  for (let at = text.indexOf('>', from); at >= 0; at = text.indexOf('>', at + 1)) {
    const next = text.charCodeAt(at + 1);
    if (next === 44 || next === 32 || next === 58 || at + 1 === text.length) return text.slice(from + 1, at);
  }
  return text.slice(from + 1);
}

/** The value after `mark` (`; from=`) from a place on; null when the mark is not there. */
export function valueAfter(text: string, mark: string, from = 0): string | null {
  const at = text.indexOf(mark, from);
  return at < 0 ? null : valueAt(text, at + mark.length);
}

/** `550 5.1.1` or `550-5.1.1` at a place, and where the words after it begin. */
export interface ReplyAt {
  readonly code: string | null;
  readonly status: string | null;
  readonly end: number;
}

/** The reply code and the enhanced status (RFC 3463 2) at a place, each null when it is not there. */
export function replyAt(text: string, from: number): ReplyAt {
  const number = digitsAt(text, from, 3);
  const after = text.charCodeAt(from + 3);
  const isCode = number >= 200 && number < 600 && (after === 32 || after === 45 || from + 3 === text.length);
  const statusFrom = isCode ? from + 4 : from;
  const statusEnd = endOfStatus(text, statusFrom);
  const end = statusEnd < 0 ? statusFrom : statusEnd;
  return {
    code: isCode ? text.slice(from, from + 3) : null,
    status: statusEnd < 0 ? null : text.slice(statusFrom, statusEnd),
    end: text.charCodeAt(end) === 32 ? end + 1 : end,
  };
}

/** RFC 3463 2: class 2, 4 or 5, subject and detail of up to three digits; -1 when there is none. */
export function endOfStatus(text: string, from: number): number {
  const code = text.charCodeAt(from);
  if ((code !== 50 && code !== 52 && code !== 53) || text.charCodeAt(from + 1) !== 46) return -1;
  let at = from + 2;
  while (isDigit(text.charCodeAt(at))) at++;
  if (at === from + 2 || at > from + 5 || text.charCodeAt(at) !== 46) return -1;
  const detail = ++at;
  while (isDigit(text.charCodeAt(at))) at++;
  return at === detail || at > detail + 3 ? -1 : at;
}
