// One log line a decision: stable keys, one line whatever a stranger wrote, safe to read on a terminal.
import type { Event, EventBody } from '../model/events.ts';
import { entryOf, type LogLevel, type LogValue } from './catalogue.ts';

export type LogFormat = 'text' | 'json' | 'logfmt';

export const severityOf: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** Line ends, C0 and C1 control characters (a terminal obeys them), and marks that turn the direction of writing around. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const needsQuotes = /[\s"=\\\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/;

/** Text of a stranger made safe to show on a terminal or in a line. */
export const escapeUnsafe = (text: string): string => text.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A value as the line shows it: bare where that cannot be misread, otherwise in quotes with everything unsafe escaped. */
export function logValue(value: Exclude<LogValue, undefined | null>): string {
  if (typeof value !== 'string') return String(value);
  if (value !== '' && !needsQuotes.test(value)) return value;
  return escapeUnsafe(JSON.stringify(value));
}

/** The line of an event without its line end. `time` is ISO 8601. */
export function logLine(format: LogFormat, stamp: { readonly time: string; readonly door: string }, level: LogLevel, body: EventBody | Event): string {
  const pairs = pairsOf(body);
  if (format === 'json') {
    const shown = Object.fromEntries(pairs);
    return escapeUnsafe(JSON.stringify({ at: stamp.time, level, door: stamp.door, event: body.type, ...shown }));
  }
  let line =
    format === 'logfmt' ? `at=${stamp.time} level=${level} door=${stamp.door} event=${body.type}` : `${stamp.time} ${level} ${stamp.door} ${body.type}`;
  for (const [key, value] of pairs) line += ` ${key}=${logValue(value)}`;
  return line;
}

function pairsOf(body: EventBody | Event): [string, string | number | boolean][] {
  const pairs: [string, string | number | boolean][] = [];
  const add = (key: string, value: LogValue): void => {
    // '' is told only where it means something: the null sender.
    if (value !== null && value !== undefined && (value !== '' || key === 'from')) pairs.push([key, value]);
  };
  if ('session' in body) {
    add('session', body.session);
    add('ip', body.ip);
  }
  if ('ref' in body) add('ref', body.ref);
  for (const [key, value] of entryOf(body).line(body)) add(key, value);
  return pairs;
}
