// What every format is written from, and the remarks that stand at the head of each: what is in it, until when, and what was left out.
import type { DomainPlan } from '../domain-plan.ts';
import { withoutNested, type DropEntry, type DropPlan } from '../drop-plan.ts';

/** Everything an export says. All moments are milliseconds since the epoch. */
export interface ExportSheet {
  readonly atMs: number;
  /** Our name, for the reader who finds the file in a year. */
  readonly hostname: string;
  /** TCP ports that blocked clients must not reach. */
  readonly ports: readonly number[];
  readonly networks: DropPlan;
  /** For the formats that name domains. */
  readonly domains: DomainPlan;
  /** Names of next hops whose addresses are not known just now, and which the guard therefore cannot spare. */
  readonly unresolved: readonly string[];
}

/** Ports at most: iptables' multiport takes no more. */
export const maxPorts = 15;
/** Left-out measures told one by one; there may be thousands. */
const maxTold = 200;
const maxRemark = 200;

/** Printable ASCII without anything that ends a comment of one of the languages: what a stranger wrote must not become a command. */
export const plain = (text: string): string =>
  text
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .replaceAll('*/', '*')
    .slice(0, maxRemark);

/** ISO 8601 UTC without milliseconds. */
export const moment = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** Whole seconds left, at least one. */
export const secondsLeft = ({ expiresAt }: Pick<DropEntry, 'expiresAt'>, atMs: number): number => Math.max(1, Math.ceil((expiresAt - atMs) / 1000));

export interface Families {
  readonly v4: readonly DropEntry[];
  readonly v6: readonly DropEntry[];
}

/** Entries by family. */
export const byFamily = (entries: readonly DropEntry[]): Families => ({
  v4: entries.filter(({ network }) => network.family === 4),
  v6: entries.filter(({ network }) => network.family === 6),
});

/** `m-1 m-2 until 2026-...`. */
export const whyListed = ({ measures, expiresAt }: Pick<DropEntry, 'measures' | 'expiresAt'>): string =>
  plain(`${measures.slice(0, 3).join(' ')}${measures.length > 3 ? ` and ${measures.length - 3} more` : ''} until ${moment(expiresAt)}`);

/** Remarks of a format that has no expiry of its own. */
export function expiryRemark(entries: readonly { readonly expiresAt: number }[]): readonly string[] {
  const first = Math.min(...entries.map(({ expiresAt }) => expiresAt));
  if (first === Infinity) return [];
  return [`Nothing in here ends by itself. The first measure ends at ${moment(first)}: export and load again by then.`];
}

/** The head of an export, a remark a line, without comment marks; `words` say how to load and undo it. */
export function headOf(
  { hostname, atMs, networks, unresolved }: ExportSheet,
  words: readonly string[],
  leftOut: ExportSheet['networks']['leftOut'] = networks.leftOut,
): readonly string[] {
  const told = leftOut.slice(0, maxTold).map(({ measure, why }) => `left out: ${measure} ${why}`);
  return [
    `Floodgate at ${hostname}, ${moment(atMs)}. Networks of measures in force: ${networks.entries.length}.`,
    ...words,
    ...unresolved.map((name) => `ATTENTION: ${name} is a next hop whose address is not known now: look that it is not in here.`),
    ...told,
    ...(leftOut.length > maxTold ? [`left out: ${leftOut.length - maxTold} more`] : []),
  ].map(plain);
}

/** For formats that hold no network within another: those kept, and a remark on each that would outlive its surrounding. */
export function flatten(entries: readonly DropEntry[]): { readonly kept: readonly DropEntry[]; readonly remarks: readonly string[] } {
  const { kept, outlived } = withoutNested(entries);
  const remarks = outlived
    .slice(0, maxTold)
    .map(({ inner, outer }) => `${inner.text} is in ${outer.text}, which ends before it at ${moment(outer.expiresAt)}: export again then.`);
  return { kept, remarks };
}
