// From measures in force to what a packet filter, a router or a name server can be told: networks and their end, and what was left
// out and why. Pure: the moment and the guard come in.
import { cidrText, parseCidr, type Cidr } from '../lib/ip.ts';
import type { Measure, MeasureAction } from '../model/measure.ts';
import { holds, type NetworkGuard } from './network-guard.ts';

/** One network to drop. */
export interface DropEntry {
  readonly network: Cidr;
  /** `address/bits`. */
  readonly text: string;
  /** Milliseconds since the epoch: the latest end of its measures. */
  readonly expiresAt: number;
  /** Ids of the measures that ask for it. */
  readonly measures: readonly string[];
}

/** A measure that is not expressed, and why, in words that name nothing a stranger has written. */
export interface LeftOut {
  readonly measure: string;
  readonly why: string;
}

export interface DropPlan {
  /** In the order of their addresses, IPv4 first. No two are equal; they may be nested. */
  readonly entries: readonly DropEntry[];
  readonly leftOut: readonly LeftOut[];
}

export interface PlanTerms {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly guard: NetworkGuard;
  /** What the reader can express. */
  readonly actions: ReadonlySet<MeasureAction>;
  /** Observe mode: automatic measures carry nothing out. */
  readonly observing: boolean;
}

/** Actions that a packet filter can stand in for: nobody who hears a greeting is to be dropped. */
export const firewallActions: ReadonlySet<MeasureAction> = new Set<MeasureAction>(['refuse-at-banner', 'drop']);
/** Actions that a block list can stand in for. */
export const zoneActions: ReadonlySet<MeasureAction> = new Set<MeasureAction>(['reject', 'refuse-at-banner', 'drop']);

/** Plans the networks of these measures. */
export function planDrops(measures: readonly Measure[], terms: PlanTerms): DropPlan {
  const planned = new Map<string, DropEntry>();
  const leftOut: LeftOut[] = [];
  for (const measure of measures) {
    if (measure.expiresAt <= terms.atMs) continue;
    const network = measure.scope.client === undefined ? null : parseCidr(measure.scope.client);
    const why = whyHeldBack(measure, terms) ?? whyNoNetwork(measure) ?? (network === null ? 'names no client network' : terms.guard.why(network));
    if (why !== null || network === null) leftOut.push({ measure: measure.id, why: why ?? '' });
    else add(planned, network, measure);
  }
  return { entries: [...planned.values()].sort(byAddress), leftOut };
}

/** Why the measure is not carried out outside the gateway, whatever its scope; null where it may be. */
export function whyHeldBack({ action, actor, dryRun }: Measure, { actions, observing }: Pick<PlanTerms, 'actions' | 'observing'>): string | null {
  if (dryRun) return 'is a dry run';
  if (!actions.has(action)) return `${action} is done by the gateway`;
  return observing && actor.kind === 'auto' ? 'is automatic, and mode is observe' : null;
}

function whyNoNetwork({ scope }: Measure): string | null {
  const { client, ...rest } = scope;
  if (client === undefined) return 'names no client network';
  const others = Object.keys(rest);
  return others.length === 0 ? null : `names ${others.join(', ')} as well, which no packet shows`;
}

function add(planned: Map<string, DropEntry>, network: Cidr, { id, expiresAt }: Measure): void {
  const text = cidrText(network);
  const known = planned.get(text);
  planned.set(text, {
    network,
    text,
    expiresAt: Math.max(expiresAt, known?.expiresAt ?? 0),
    measures: [...(known?.measures ?? []), id],
  });
}

function byAddress(one: DropEntry, other: DropEntry): number {
  if (one.network.family !== other.network.family) return one.network.family - other.network.family;
  for (const [at, word] of one.network.words.entries()) {
    const difference = word - (other.network.words[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.network.bits - other.network.bits;
}

/** An entry that lies within another, and would be missed when that one ends first. */
export interface Outlived {
  readonly inner: DropEntry;
  readonly outer: DropEntry;
}

/**
 * The entries of a plan without those that lie within others: interval sets and wildcards cannot hold both. What would outlive
 * its surrounding is told: whoever keeps the set must look again when that one ends.
 */
export function withoutNested(entries: readonly DropEntry[]): { readonly kept: readonly DropEntry[]; readonly outlived: readonly Outlived[] } {
  const kept: DropEntry[] = [];
  const outlived: Outlived[] = [];
  for (const entry of entries) {
    const outer = kept.at(-1); // in the order of addresses the surrounding network comes first, and nothing lies between
    if (outer === undefined || !holds(outer.network, entry.network)) kept.push(entry);
    else if (entry.expiresAt > outer.expiresAt) outlived.push({ inner: entry, outer });
  }
  return { kept, outlived };
}
