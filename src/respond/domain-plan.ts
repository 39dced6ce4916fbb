// From measures on senders to domains that a resolver can be told not to resolve. Pure.
import type { Measure } from '../model/measure.ts';
import { whyHeldBack, zoneActions, type LeftOut } from './drop-plan.ts';

/** One domain, alone or with (or only) what is below it. */
export interface DomainEntry {
  /** Lower-case letters, digits, hyphens and underscores; no dot at either end. */
  readonly domain: string;
  /** itself: the domain alone; below: everything below it. */
  readonly reach: 'itself' | 'below';
  readonly expiresAt: number;
  readonly measures: readonly string[];
}

export interface DomainPlan {
  readonly entries: readonly DomainEntry[];
  readonly leftOut: readonly LeftOut[];
}

export interface DomainTerms {
  readonly atMs: number;
  /** Ours, our customers', and those that are never blocked: `domain` or `.domain`. */
  readonly spared: readonly string[];
  readonly observing: boolean;
}

/** Plans the domains of measures that refuse a whole sender domain and nothing narrower. */
export function planDomains(measures: readonly Measure[], { atMs, spared, observing }: DomainTerms): DomainPlan {
  const planned = new Map<string, DomainEntry>();
  const leftOut: LeftOut[] = [];
  for (const measure of measures) {
    const { id, scope, expiresAt } = measure;
    if (expiresAt <= atMs || scope.sender === undefined) continue;
    const why = whyHeldBack(measure, { actions: zoneActions, observing }) ?? whyNoDomain(scope.sender, Object.keys(scope).length, spared);
    if (why !== null) {
      leftOut.push({ measure: id, why });
      continue;
    }
    const known = planned.get(scope.sender);
    planned.set(scope.sender, {
      domain: scope.sender.replace(/^\./, ''),
      reach: scope.sender.startsWith('.') ? 'below' : 'itself',
      expiresAt: Math.max(expiresAt, known?.expiresAt ?? 0),
      measures: [...(known?.measures ?? []), id],
    });
  }
  return { entries: [...planned.values()], leftOut };
}

function whyNoDomain(sender: string, fields: number, spared: readonly string[]): string | null {
  if (fields > 1) return 'names more than a sender domain';
  const domain = sender.replace(/^\./, '');
  // RFC 1035 2.3.4: 63 octets a label, 255 in all. A name of one label is a whole top-level domain.
  if (domain.length > 253 || !/^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+$/.test(domain)) return 'names no whole domain';
  const touched = spared.find((each) => touches(sender, each));
  return touched === undefined ? null : `touches ${touched}, which is never blocked`;
}

/** Whether taking `taken` out of the name service would take `spared`, or a part of it, as well. */
function touches(taken: string, spared: string): boolean {
  const [domain, keep] = [taken, spared].map((each) => `.${each.replace(/^\./, '')}`) as [string, string];
  const isBelow = keep.endsWith(domain) && keep !== domain;
  if (keep === domain) return taken === spared || (!taken.startsWith('.') && !spared.startsWith('.'));
  return (taken.startsWith('.') && isBelow) || (spared.startsWith('.') && domain.endsWith(keep));
}
