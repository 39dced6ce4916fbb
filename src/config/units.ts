// Values with units as the operator writes them ("30s", "10 MiB") turned into the numbers the code uses.
import { z } from 'zod';

const durationMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const sizeBytes: Readonly<Record<string, number>> = { '': 1, B: 1, KB: 1000, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

function withUnit(units: Readonly<Record<string, number>>, example: string) {
  return (raw: string, context: z.core.$RefinementCtx<string>): number => {
    const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(raw);
    const factor = match ? units[match[2] ?? ''] : undefined;
    if (!match || factor === undefined) {
      context.issues.push({ code: 'custom', message: `"${raw}" is not understood; write it like ${example}`, input: raw });
      return z.NEVER;
    }
    return Math.round(Number(match[1]) * factor);
  };
}

/** A length of time in milliseconds, written "500ms", "30s", "5m", "1h" or "7d". */
export const duration = (fallback: string) => z.string().transform(withUnit(durationMs, '"30s" or "5m"')).prefault(fallback);

/** A size in bytes, written "2048", "64 KiB" or "25 MiB"; a bare number is bytes. */
export const size = (fallback: string) =>
  z.union([z.number().int().nonnegative().transform(String), z.string()]).pipe(z.string().transform(withUnit(sizeBytes, '"64 KiB" or "25 MiB"'))).prefault(fallback);

/** A count with its range. */
export const count = (fallback: number, range: { readonly min?: number; readonly max?: number } = {}) =>
  z.number().int().min(range.min ?? 0).max(range.max ?? 1_000_000_000).default(fallback);
