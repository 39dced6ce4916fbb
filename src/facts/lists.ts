// The operators' lists, ready to be asked. Compiled once in the keeper, sent to the doors as plain data, looked up without waiting.
// Within one kind of entry the most specific one speaks (an address before its domain, a small network before a large one).
import { PrefixSet, type PrefixSetData } from '../lib/prefix-set.ts';
import type { ReverseName } from '../model/client.ts';
import type { Mailbox, Sender } from '../model/mailbox.ts';
import type { ListHit } from '../policy/facts.ts';
import { addressKey, type ListEntry } from './list-entry.ts';

/**
 * All lists as plain data, made to be copied to every door in a few milliseconds: a hundred thousand entries as objects would hold up
 * mail for a third of a second. An entry is a number, its place.
 */
export interface ListsSnapshot {
  /** By place: the entry in its look-up form. */
  readonly entries: readonly string[];
  /** By place: which of `origins` it has. */
  readonly originOf: Uint32Array;
  readonly origins: readonly Origin[];
  /** By place: the next entry for the same thing (several lists may name it), -1 at the end. */
  readonly next: Int32Array;
  readonly clients: PrefixSetData;
  /** By network, in the order of `clients`: the first place. */
  readonly clientPlaces: Int32Array;
  /** By look-up form: the first place. */
  readonly hostnames: ReadonlyMap<string, number>;
  readonly senders: ReadonlyMap<string, number>;
  readonly recipients: ReadonlyMap<string, number>;
}

/** What the entries of a list have in common. */
type Origin = Omit<ListHit, 'entry'>;

/** What is known of a message at a stage. `from` is absent before MAIL; null is the null sender. */
export interface KnownSoFar {
  readonly ip: string;
  readonly reverseName?: ReverseName;
  readonly from?: Sender;
  readonly to?: Mailbox;
}

export interface Lists {
  readonly isEmpty: boolean;
  /** Only then is the client's reverse name worth waiting for. */
  readonly hasHostNames: boolean;
  match(known: KnownSoFar): readonly ListHit[];
}

/** Makes a snapshot of entries that `parseEntry` has understood. */
export function compileLists(entries: readonly ListEntry[]): ListsSnapshot {
  const first = {
    client: new Map<string, number>(),
    hostname: new Map<string, number>(),
    sender: new Map<string, number>(),
    recipient: new Map<string, number>(),
  };
  const next = new Int32Array(entries.length).fill(-1);
  // From the last to the first, so that a chain runs in the order of the entries.
  for (let place = entries.length - 1; place >= 0; place--) {
    const entry = entries[place];
    if (entry === undefined) continue;
    const places = first[entry.matches];
    next[place] = places.get(entry.entry) ?? -1;
    places.set(entry.entry, place);
  }
  return {
    entries: entries.map(({ entry }) => entry),
    ...originsOf(entries),
    next,
    clients: PrefixSet.build([...first.client.keys()]).toData(),
    clientPlaces: Int32Array.from(first.client.values()),
    hostnames: first.hostname,
    senders: first.sender,
    recipients: first.recipient,
  };
}

/** Lists have few origins (a file's entries share one unless they give reasons). */
function originsOf(entries: readonly ListEntry[]): Pick<ListsSnapshot, 'origins' | 'originOf'> {
  const origins: Origin[] = [];
  const known = new Map<string, number>();
  const originOf = new Uint32Array(entries.length);
  for (const [place, { list, action, reason }] of entries.entries()) {
    const key = `${list} ${action} ${reason ?? ''}`;
    const found = known.get(key) ?? origins.push({ list, action, reason }) - 1;
    known.set(key, found);
    originOf[place] = found;
  }
  return { origins, originOf };
}

const none: readonly ListHit[] = [];

/** Makes a snapshot answer; without one there are no entries. */
export function openLists(snapshot: ListsSnapshot = compileLists([])): Lists {
  const clients = PrefixSet.fromData(snapshot.clients);
  const match = ({ ip, reverseName, from, to }: KnownSoFar): readonly ListHit[] => {
    const client = clients.match(ip);
    const found = client < 0 ? [] : hitsAt(snapshot, snapshot.clientPlaces[client]);
    if (reverseName !== undefined) found.push(...hostNameHits(snapshot, reverseName));
    if (from !== undefined) found.push(...hitsAt(snapshot, from === null ? snapshot.senders.get('<>') : mostSpecific(snapshot.senders, from)));
    if (to !== undefined) found.push(...hitsAt(snapshot, mostSpecific(snapshot.recipients, to)));
    return found.length === 0 ? none : found;
  };
  return { isEmpty: snapshot.entries.length === 0, hasHostNames: snapshot.hostnames.size > 0, match };
}

/** The entries from one place on along its chain. */
function hitsAt({ entries, origins, originOf, next }: ListsSnapshot, first = -1): ListHit[] {
  const hits: ListHit[] = [];
  for (let place = first; place >= 0; place = next[place] ?? -1) {
    const origin = origins[originOf[place] ?? -1];
    if (origin !== undefined) hits.push({ ...origin, entry: entries[place] ?? '' });
  }
  return hits;
}

/** Whoever runs a network's reverse zone can write any name into it: only a name that resolves back may open a door. */
function hostNameHits(snapshot: ListsSnapshot, name: ReverseName): readonly ListHit[] {
  if (name.kind === 'none' || name.kind === 'unknown') return none;
  const hits = hitsAt(snapshot, nearestDomain(snapshot.hostnames, name.name.toLowerCase()));
  return name.kind === 'confirmed' ? hits : hits.filter(({ action }) => action !== 'accept');
}

function mostSpecific(places: ReadonlyMap<string, number>, { localPart, domain }: Mailbox): number | undefined {
  return places.size === 0 ? undefined : (places.get(addressKey(localPart, domain)) ?? nearestDomain(places, domain));
}

/** `a.b.example`: the domain itself, then `.b.example`, then `.example`. A domain has at most 127 labels. */
function nearestDomain(places: ReadonlyMap<string, number>, domain: string): number | undefined {
  const exact = places.get(domain);
  if (exact !== undefined) return exact;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    const above = places.get(domain.slice(dot));
    if (above !== undefined) return above;
  }
  return undefined;
}
