// What the demo shows: figures as text.
import { parts, type Tallies } from './attack.ts';

export interface Scene {
  readonly seconds: number;
  readonly of: number;
  readonly tallies: Tallies;
  /** Sessions open at the gateway now; null before it has told. */
  readonly sessions: number | null;
}

/** Name and width; a line fits a terminal of 80 columns, or drawing over the last figures would not. */
const columns = [
  ['tried', 8],
  ['let through', 13],
  ['refused', 9],
  ['kept waiting', 14],
  ['median', 10],
] as const;

/** Figures as a table, a line a part. */
export function boardText({ seconds, of, tallies, sessions }: Scene): string {
  const line = (first: string, cells: readonly (string | number)[]): string =>
    `${first.padEnd(20)}${cells.map((cell, index) => String(cell).padStart(columns[index]?.[1] ?? 0)).join('')}`.trimEnd();
  const rows = parts.map((part) => {
    const { tried, through, refused, waited, tookMs } = tallies[part];
    return line(part, [tried, through, refused, waited, medianText(tookMs)]);
  });
  return [
    line(
      `${seconds} of ${of} s`,
      columns.map(([name]) => name),
    ),
    ...rows,
    `sessions at the gateway now: ${sessions ?? '-'}`,
  ].join('\n');
}

/** The same in one line, for a log or a pipe. */
export function boardLine({ seconds, tallies, sessions }: Scene): string {
  const each = parts.map((part) => `${part} ${tallies[part].through}/${tallies[part].tried}`);
  return `${String(seconds).padStart(3)} s  let through: ${each.join(', ')}; sessions ${sessions ?? '-'}`;
}

function medianText(tookMs: readonly number[]): string {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? '' : `${Math.round(middle)} ms`;
}

/** What to make of it, when it is over. */
export function verdictText(tallies: Tallies): string {
  const honest = tallies['honest mail'];
  const got = (['unknown recipients', 'relay attempts', 'early talkers'] as const).reduce((sum, part) => sum + tallies[part].through, 0);
  const burst = tallies['connection burst'];
  return [
    `honest mail: ${honest.through} of ${honest.tried} delivered`,
    `attack: ${got === 0 ? 'nothing' : got} got through; of the burst's ${burst.tried} connections ${burst.through} were greeted, the others waited or were turned away`,
  ].join('\n');
}
