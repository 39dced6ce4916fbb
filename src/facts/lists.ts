// The operators' lists, ready to be asked. Compiled once in the keeper, sent to the doors as plain data, looked up without waiting.
// Within one kind of entry the most specific one speaks (an address before its domain, a small network before a large one).
import { PrefixSet, type PrefixSetData } from '../lib/prefix-set.ts';
import type { ReverseName } from '../model/client.ts';
import type { Mailbox, Sender } from '../model/mailbox.ts';
import type { ListHit } from '../policy/facts.ts';
import { addressKey, type ListEntry } from './list-entry.ts';

/** All lists as plain data: survives a structured clone. Numbers are places in `hits`. */
export interface ListsSnapshot {
  readonly hits: readonly ListHit[];
  readonly clients: PrefixSetData;
  /** By network, in the order of `clients`: entries of several lists may name the same one. */
  readonly clientHits: readonly (readonly number[])[];
  readonly hostnames: ReadonlyMap<string, readonly number[]>;
  readonly senders: ReadonlyMap<string, readonly number[]>;
  readonly recipients: ReadonlyMap<string, readonly number[]>;
}

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
  const hits = entries.map(({ list, entry, action, reason }): ListHit => ({ list, entry, action, reason }));
  const places = { client: new Map<string, number[]>(), hostname: new Map<string, number[]>(), sender: new Map<string, number[]>(), recipient: new Map<string, number[]>() };
  for (const [place, { matches, entry }] of entries.entries()) {
    const held = places[matches].get(entry);
    if (held === undefined) places[matches].set(entry, [place]);
    else held.push(place);
  }
  return {
    hits,
    clients: PrefixSet.build([...places.client.keys()]).toData(),
    clientHits: [...places.client.values()],
    hostnames: places.hostname,
    senders: places.sender,
    recipients: places.recipient,
  };
}

const none: readonly ListHit[] = [];
const nowhere: readonly number[] = [];

/** Makes a snapshot answer; without one there are no entries. */
export function openLists(snapshot: ListsSnapshot = compileLists([])): Lists {
  const clients = PrefixSet.fromData(snapshot.clients);
  const match = ({ ip, reverseName, from, to }: KnownSoFar): readonly ListHit[] => {
    const client = clients.match(ip);
    const found = client < 0 ? [] : hitsAt(snapshot, snapshot.clientHits[client]);
    if (reverseName !== undefined) found.push(...hostNameHits(snapshot, reverseName));
    if (from !== undefined) found.push(...hitsAt(snapshot, from === null ? snapshot.senders.get('<>') : mostSpecific(snapshot.senders, from)));
    if (to !== undefined) found.push(...hitsAt(snapshot, mostSpecific(snapshot.recipients, to)));
    return found.length === 0 ? none : found;
  };
  return { isEmpty: snapshot.hits.length === 0, hasHostNames: snapshot.hostnames.size > 0, match };
}

const hitsAt = ({ hits }: ListsSnapshot, places: readonly number[] = nowhere): ListHit[] => places.flatMap((place) => hits[place] ?? []);

/** Whoever runs a network's reverse zone can write any name into it: only a name that resolves back may open a door. */
function hostNameHits(snapshot: ListsSnapshot, name: ReverseName): readonly ListHit[] {
  if (name.kind === 'none' || name.kind === 'unknown') return none;
  const hits = hitsAt(snapshot, nearestDomain(snapshot.hostnames, name.name.toLowerCase()));
  return name.kind === 'confirmed' ? hits : hits.filter(({ action }) => action !== 'accept');
}

function mostSpecific(places: ReadonlyMap<string, readonly number[]>, { localPart, domain }: Mailbox): readonly number[] {
  if (places.size === 0) return nowhere;
  return places.get(addressKey(localPart, domain)) ?? nearestDomain(places, domain);
}

/** `a.b.example`: the domain itself, then `.b.example`, then `.example`. A domain has at most 127 labels. */
function nearestDomain(places: ReadonlyMap<string, readonly number[]>, domain: string): readonly number[] {
  const exact = places.get(domain);
  if (exact !== undefined) return exact;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    const above = places.get(domain.slice(dot));
    if (above !== undefined) return above;
  }
  return nowhere;
}
