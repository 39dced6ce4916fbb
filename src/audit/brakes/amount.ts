// Numbers as the three servers write them: 50, 10M, 1024, 5m, 1h30m, yes, 8.5.

/** What a setting's number counts. */
export type Unit = 'count' | 'bytes' | 'KiB' | 'seconds' | 'load' | 'text';

const sizes: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const spans: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** The number in its unit, or null for what is none; a span without a letter counts in seconds. */
export function readAmount(raw: string, unit: Unit): number | null {
  const text = raw.trim().toLowerCase();
  if (unit === 'seconds') return readSpan(text);
  const found = /^(-?\d+(?:\.\d+)?)([kmg]?)$/.exec(text);
  if (found === null) return null;
  const bytes = Number(found[1]) * (sizes[found[2] ?? ''] ?? 1);
  // Exim's check_spool_space takes K, M and G, and counts kilobytes without a letter.
  return unit === 'KiB' && found[2] !== '' ? bytes / 1024 : bytes;
}

function readSpan(text: string): number | null {
  if (/^-?\d+$/.test(text)) return Number(text);
  if (!/^(?:\d+[smhdw])+$/.test(text)) return null;
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce((sum, [, count, letter]) => sum + Number(count) * (spans[letter ?? 's'] ?? 1), 0);
}

/** The number for people: bytes in MiB, seconds with their letter. */
export function amountText(amount: number, unit: Unit): string {
  if (unit === 'bytes') return `${Math.ceil(amount / 1024 ** 2)} MiB`;
  if (unit === 'KiB') return `${Math.ceil(amount / 1024)} MiB`;
  return unit === 'seconds' ? `${amount} s` : String(amount);
}
