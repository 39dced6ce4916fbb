// The smallest scanners of log lines: no regular expression, no copy of the text.

/** Exactly `count` decimal digits at `from` as a number; -1 when there are not so many. */
export function digitsAt(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1; // charCodeAt beyond the end is NaN
    value = value * 10 + digit;
  }
  return value;
}

/** Where the run of decimal digits at `from` ends; `from` when there is none. */
export function endOfDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

/** Is this the code of a decimal digit? */
export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** What stands between `open` and the next `close` from `from` on; null when there is no such pair. */
export function between(text: string, open: string, close: string, from = 0): string | null {
  const start = text.indexOf(open, from);
  if (start < 0) return null;
  const end = text.indexOf(close, start + open.length);
  return end < 0 ? null : text.slice(start + open.length, end);
}
