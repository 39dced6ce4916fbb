// Values with units as the operator writes them ("30s", "10 MiB") turned into the numbers the code uses, and back for `config show`.
// No error here repeats the value: a password in the wrong place must not end up on a terminal or in a log.
import { z } from '../lib/zod.ts';

type Units = Readonly<Record<string, number>>;

const durationMs: Units = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const sizeBytes: Units = { '': 1, B: 1, KB: 1000, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

/** What is said when a text is not understood. */
export interface Complaint {
  readonly message: string;
  readonly hint: string;
}

/** Makes a codec's decode out of a function that gives null for a text it does not understand. */
export function reading<T, R extends string | number = string>(read: (raw: string) => T | null, complaint: Complaint) {
  return (raw: R, context: z.core.ParsePayload<R>): T => {
    const value = read(String(raw).trim());
    if (value !== null) return value;
    context.issues.push({ code: 'custom', message: complaint.message, params: { hint: complaint.hint }, input: undefined });
    return z.NEVER;
  };
}

const withUnit =
  (units: Units) =>
  (raw: string): number | null => {
    const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*([A-Za-z]{0,3})$/.exec(raw);
    const unit = match?.[2] ?? '';
    if (!match || !Object.hasOwn(units, unit)) return null;
    const value = Math.round(Number(match[1]) * (units[unit] ?? Number.NaN));
    return Number.isSafeInteger(value) ? value : null;
  };

/** The largest unit that divides the value, so that reading it back gives the same number. `order` is largest first. */
function inLargestUnit(value: number, units: Units, order: readonly string[]): readonly [amount: string, unit: string] {
  const unit = order.find((name) => value >= (units[name] ?? 1) && value % (units[name] ?? 1) === 0) ?? order.at(-1) ?? '';
  return [String(value / (units[unit] ?? 1)), unit];
}

/** Milliseconds as an operator would write them: 300000 is "5m". */
export const durationText = (ms: number): string => inLargestUnit(ms, durationMs, ['d', 'h', 'm', 's', 'ms']).join('');

/** Bytes as an operator would write them: 262144 is "256 KiB". */
export const sizeText = (bytes: number): string => inLargestUnit(bytes, sizeBytes, ['TiB', 'GiB', 'MiB', 'KiB', '']).join(' ').trim();

/** A length of time as an operator writes it, in milliseconds; null when it is none. */
export const durationMsOf = (raw: string): number | null => withUnit(durationMs)(raw);

/** A length of time in milliseconds, written "500ms", "30s", "5m", "1h" or "7d". */
export const duration = (fallback: string) =>
  z
    .codec(z.string(), z.number(), {
      decode: reading(withUnit(durationMs), { message: 'is not a length of time', hint: 'write it like "30s" or "5m"; units are ms, s, m, h, d' }),
      encode: durationText,
    })
    .meta({ unit: 'duration', example: fallback })
    .prefault(fallback);

/** A size in bytes, written "2048", "64 KiB" or "25 MiB"; a bare number is bytes. */
export const sizeValue = z
  .codec(z.union([z.string(), z.number().int().nonnegative()], 'is not a size'), z.number(), {
    decode: reading<number, string | number>(withUnit(sizeBytes), {
      message: 'is not a size',
      hint: 'write it like "64 KiB" or "25 MiB"; units are B, KB, MB, GB, KiB, MiB, GiB, TiB',
    }),
    encode: sizeText,
  })
  .meta({ unit: 'size', example: '64 KiB' });

/** A size with its default. */
export const size = (fallback: string) => sizeValue.prefault(fallback);

/** A count with its range. */
export const count = (fallback: number, range: { readonly min?: number; readonly max?: number } = {}) =>
  z
    .number()
    .int()
    .min(range.min ?? 0)
    .max(range.max ?? 1_000_000_000)
    .meta({ unit: 'count' })
    .default(fallback);

function parseMoment(raw: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(raw)) return null;
  const atMs = Date.parse(raw);
  // Date.parse takes February 30 for March 2: the day must come back as it was written.
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(raw.slice(0, 10)) ? atMs : null;
}

/** A day or a moment, in milliseconds since the epoch; a day alone begins at midnight UTC. */
export const moment = z
  .codec(z.string(), z.number(), {
    decode: reading(parseMoment, { message: 'is not a date', hint: 'write it like 2026-09-01 or 2026-09-01T06:00:00Z (UTC)' }),
    encode: (atMs) => new Date(atMs).toISOString(),
  })
  .meta({ unit: 'date', example: '2026-09-01' });
