// Small scanners that several readers share. Each looks at every character a bounded number of times: log lines are hostile text.
import type { LogClient } from '../../../model/log-event.ts';
import { clientOf } from '../line.ts';

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Text between two marks, the first of each; null when one is not there. */
export function between(text: string, open: string, close: string, from = 0): string | null {
  const start = text.indexOf(open, from);
  if (start < 0) return null;
  const end = text.indexOf(close, start + open.length);
  return end < 0 ? null : text.slice(start + open.length, end);
}

/** What follows the first `mark`; null when it is not there. */
export function after(text: string, mark: string, from = 0): string | null {
  const at = text.indexOf(mark, from);
  return at < 0 ? null : text.slice(at + mark.length);
}

/** The address of `<a@b>`, of `a@b`, or of either with spaces about it; '' for the null sender `<>`. */
export function bareAddress(raw: string): string {
  const text = raw.trim();
  const inner = text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text;
  return inner.trim();
}

/** The user of `<x>`, `[x]`, `"x"`, `'x'` or `x`; null for none. */
export function bareUser(raw: string | null): string | null {
  if (raw === null) return null;
  let text = raw.trim();
  const pair = `${text.charAt(0)}${text.charAt(text.length - 1)}`;
  if (text.length > 1 && (pair === '<>' || pair === '[]' || pair === '""' || pair === "''")) text = text.slice(1, -1);
  return text === '' ? null : text;
}

export interface Reply {
  readonly replyCode: string | null;
  /** Enhanced status code. */
  readonly status: string | null;
}

/** The code and the enhanced code a text begins with: `550 5.1.1 No such user`, `550-5.1.1 ...`, `5.1.1 ...`. */
export function replyOf(text: string): Reply {
  const found = /^\s*(?:([245]\d\d)(?=[ -]|$)[ -]?)?\s*#?(?:([245]\.\d{1,3}\.\d{1,3})(?!\d))?/.exec(text);
  return { replyCode: found?.[1] ?? null, status: found?.[2] ?? null };
}

/** Where a number in brackets that opens at `at` ends (`[192.0.2.7]` or `[IPv6:2001:db8::7]`), with what is in it; null when none does. */
export function bracketAt(text: string, at: number): { readonly inner: string; readonly end: number } | null {
  if (text.charAt(at) !== '[') return null;
  const close = text.indexOf(']', at);
  // The longest text of an address with a zone and `IPv6:` is below 80 characters.
  if (close < 0 || close - at > 80) return null;
  return { inner: text.slice(at + 1, close), end: close + 1 };
}

/** Digits at `at`, at most five of them; '' when there are none. */
export function digitsAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && end - at < 5 && isDigit(text.charCodeAt(end))) end++;
  return text.slice(at, end);
}

/** A client as `name [192.0.2.7]:port`, `name[192.0.2.7]` or `[192.0.2.7]`, whole text, with what Sendmail adds (`(may be forged)`) taken off. */
export function clientIn(text: string): LogClient | null {
  const open = text.lastIndexOf('[');
  const bracket = open < 0 ? null : bracketAt(text, open);
  if (bracket === null) return clientOf(text.trim());
  const port = text.charAt(bracket.end) === ':' ? digitsAt(text, bracket.end + 1) : null;
  return clientOf(bracket.inner, text.slice(0, open).trim(), port);
}

/** Of several ways to read one line the only one; null when there are none, or when they name different addresses: then nobody is named. */
export function onlyOne(candidates: readonly LogClient[]): LogClient | null {
  const [first] = candidates;
  return first !== undefined && candidates.every((other) => other.ip === first.ip) ? first : null;
}
