// Sums for the status page: since the start and over the last minute, from the same counts that go to the metrics.
import type { MetricName } from './metric-catalogue.ts';

export interface Sums {
  readonly sessions: number;
  readonly connectionsRefused: number;
  /** Messages by outcome. */
  readonly messages: Readonly<Record<string, number>>;
  /** Findings by the action taken; clean stages are not among them. */
  readonly findings: Readonly<Record<string, number>>;
  readonly events: number;
  readonly eventsDropped: number;
}

type Group = keyof Sums;

const slotMs = 10_000;
const slots = 6;
/** Outcomes and actions are few; the bound is for a mistake of ours. */
const maxNames = 100;

export class Tally {
  readonly #now: () => number;
  readonly #total = new Slot();
  /** Newest first; each covers ten seconds. */
  #recent: { readonly slot: number; readonly sums: Slot }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  add(place: Place, by: number): void {
    this.#total.add(place, by);
    this.#current().add(place, by);
  }

  #current(): Slot {
    const slot = Math.floor(this.#now() / slotMs);
    const [newest] = this.#recent;
    if (newest?.slot === slot) return newest.sums;
    const sums = new Slot();
    this.#recent = [{ slot, sums }, ...this.#recent.slice(0, slots)];
    return sums;
  }

  total(): Sums {
    return this.#total.read();
  }

  /** The last minute: six whole slots of ten seconds and the one that runs. */
  lastMinute(): Sums {
    const oldest = Math.floor(this.#now() / slotMs) - slots;
    const merged = new Slot();
    for (const { slot, sums } of this.#recent) if (slot >= oldest) merged.merge(sums);
    return merged.read();
  }
}

/** Where a count belongs. */
export interface Place {
  readonly group: Group;
  readonly name: string;
  /** Of both. */
  readonly key: string;
}

/** Where the counts of a metric with such labels belong; null: in no sum. */
export function placeOf(name: MetricName, labels: readonly string[]): Place | null {
  const found = groupOf(name, labels);
  return found === null ? null : { group: found[0], name: found[1], key: found.join(' ') };
}

function groupOf(name: MetricName, labels: readonly string[]): readonly [Group, string] | null {
  switch (name) {
    case 'floodgate_sessions_total':
      return ['sessions', ''];
    case 'floodgate_connections_refused_total':
      return ['connectionsRefused', ''];
    case 'floodgate_events_total':
      return ['events', ''];
    case 'floodgate_events_dropped_total':
      return ['eventsDropped', ''];
    case 'floodgate_messages_total':
      return ['messages', labels[0] ?? ''];
    case 'floodgate_verdicts_total':
      return labels[2] === '' ? null : ['findings', labels[1] ?? ''];
    default:
      return null;
  }
}

class Slot {
  readonly #sums = new Map<string, { readonly place: Place; by: number }>();

  add(place: Place, by: number): void {
    const row = this.#sums.get(place.key);
    if (row) row.by += by;
    else if (this.#sums.size < maxNames) this.#sums.set(place.key, { place, by });
  }

  merge(other: Slot): void {
    for (const { place, by } of other.#sums.values()) this.add(place, by);
  }

  read(): Sums {
    const one = (group: Group): number => this.#sums.get(`${group} `)?.by ?? 0;
    const named = (group: Group): Record<string, number> =>
      Object.fromEntries([...this.#sums.values()].flatMap(({ place, by }) => (place.group === group ? [[place.name, by]] : [])));
    return {
      sessions: one('sessions'),
      connectionsRefused: one('connectionsRefused'),
      messages: named('messages'),
      findings: named('findings'),
      events: one('events'),
      eventsDropped: one('eventsDropped'),
    };
  }
}
