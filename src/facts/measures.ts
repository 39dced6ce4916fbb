// Measures in force, ready to be asked. Compiled once in the keeper, sent to the doors as plain data, looked up without waiting.
// Unlike entries of lists, every measure that fits is found, not only the narrowest.
import { networkOf, parseCidr } from '../lib/ip.ts';
import { PrefixSet, type PrefixSetData } from '../lib/prefix-set.ts';
import type { Measure, MeasureScope } from '../model/measure.ts';
import type { StageInput } from '../model/stage-input.ts';
import type { Stage } from '../model/verdict.ts';
import type { MeasureHit } from '../policy/facts.ts';
import { patternsOf } from './mail-pattern.ts';
import { seenAt, type Seen } from './measure-scope.ts';
import { isEarly, readyMeasure, speaksEarly, wordOf, type Given, type ReadyMeasure } from './measure-word.ts';

/**
 * All measures in force as plain data that is copied to every door in no time: text, read when it is needed, not objects.
 * A measure is a number, its place.
 */
export interface MeasuresSnapshot {
  /** By place, oldest first: the measure as JSON. */
  readonly texts: readonly string[];
  /** By place: the next measure under the same key, -1 at the end. */
  readonly next: Int32Array;
  readonly clients: PrefixSetData;
  /** By network, in the order of `clients`: the first place, and the smallest network around it (-1: none). */
  readonly clientPlaces: Int32Array;
  readonly clientsAround: Int32Array;
  /** By look-up form: the first place. */
  readonly users: ReadonlyMap<string, number>;
  readonly senders: ReadonlyMap<string, number>;
  readonly recipients: ReadonlyMap<string, number>;
  /** Places of those that have none of these keys: looked at one by one, so there may be only a few. */
  readonly others: Int32Array;
  readonly hasHostNames: boolean;
  /** Among those that have a word before RCPT. */
  readonly hasEarlyHostNames: boolean;
}

/** Measures without client, sender, recipient or user at most: each costs every session a look. */
export const maxOthers = 100;

export interface Measures {
  readonly isEmpty: boolean;
  /** Whether the client's reverse name is worth waiting for. */
  needsName(stage: Stage): boolean;
  match<S extends Stage>(stage: S, input: StageInput[S], given: Given): readonly MeasureHit[];
}

type Key = 'user' | 'recipient' | 'sender' | 'client';

/** What a measure is found by: the field that is likely the narrowest. */
const keyOf = (scope: MeasureScope): Key | null => (['user', 'recipient', 'sender', 'client'] as const).find((field) => scope[field] !== undefined) ?? null;

/** Makes a snapshot of measures, oldest first. */
export function compileMeasures(measures: readonly Measure[]): MeasuresSnapshot {
  const first: Readonly<Record<Key, Map<string, number>>> = { user: new Map(), recipient: new Map(), sender: new Map(), client: new Map() };
  const next = new Int32Array(measures.length).fill(-1);
  const others: number[] = [];
  for (const [place, { scope }] of measures.entries()) {
    const key = keyOf(scope);
    if (key === null) {
      others.push(place);
      continue;
    }
    const text = scope[key] ?? '';
    next[place] = first[key].get(text) ?? -1;
    first[key].set(text, place);
  }
  const networks = [...first.client.keys()];
  return {
    texts: measures.map((measure) => JSON.stringify(measure)),
    next,
    clients: PrefixSet.build(networks).toData(),
    clientPlaces: Int32Array.from(first.client.values()),
    clientsAround: networksAround(networks),
    users: first.user,
    senders: first.sender,
    recipients: first.recipient,
    others: Int32Array.from(others),
    hasHostNames: measures.some(({ scope }) => scope.hostname !== undefined),
    hasEarlyHostNames: measures.some((measure) => measure.scope.hostname !== undefined && speaksEarly(measure)),
  };
}

/** For each network the index of the smallest other one that holds it; -1 where there is none. */
function networksAround(networks: readonly string[]): Int32Array {
  const indexOf = new Map(networks.map((network, index) => [network, index]));
  const lengths = [...new Set(networks.map((network) => Number(network.slice(network.indexOf('/') + 1))))].toSorted((a, b) => b - a);
  return Int32Array.from(networks, (network) => {
    const { bits = 0, family = 4 } = parseCidr(network) ?? {};
    for (const length of lengths) {
      if (length >= bits) continue;
      const around = indexOf.get(networkOf(network, family === 4 ? length : 32, length));
      if (around !== undefined && networks[around] !== network) return around;
    }
    return -1;
  });
}

const none: readonly MeasureHit[] = [];

/** Makes a snapshot answer; without one there are no measures. */
export function openMeasures(snapshot: MeasuresSnapshot = compileMeasures([])): Measures {
  const clients = PrefixSet.fromData(snapshot.clients);
  const read: (ReadyMeasure | undefined)[] = [];
  const measureAt = (place: number): ReadyMeasure => (read[place] ??= readyMeasure(JSON.parse(snapshot.texts[place] ?? '') as Measure)); // compileMeasures wrote it

  return {
    isEmpty: snapshot.texts.length === 0,
    needsName: (stage) => (isEarly(stage) ? snapshot.hasEarlyHostNames : snapshot.hasHostNames),
    match: (stage, input, given) => {
      const seen = seenAt(stage, input, given.reverseName);
      const places = candidates(snapshot, clients, seen);
      if (places.length === 0) return none;
      let hits: MeasureHit[] | null = null;
      for (const place of places.length === 1 ? places : places.sort((a, b) => a - b)) {
        const hit = wordOf(measureAt(place), { stage, input, seen }, given);
        if (hit !== null) (hits ??= []).push(hit);
      }
      return hits ?? none;
    },
  };
}

/** Places of all measures that may fit; each once. */
function candidates(snapshot: MeasuresSnapshot, clients: PrefixSet, seen: Seen): number[] {
  const places: number[] = snapshot.others.length === 0 ? [] : [...snapshot.others];
  const chain = (first: number | undefined): void => {
    for (let place = first ?? -1; place >= 0; place = snapshot.next[place] ?? -1) places.push(place);
  };
  for (let network = clients.match(seen.ip); network >= 0; network = snapshot.clientsAround[network] ?? -1) chain(snapshot.clientPlaces[network]);
  if (seen.from !== undefined && snapshot.senders.size > 0) for (const pattern of patternsOf(seen.from)) chain(snapshot.senders.get(pattern));
  if (seen.user !== null && seen.user !== undefined) chain(snapshot.users.get(seen.user));
  if (seen.to === undefined || snapshot.recipients.size === 0) return places;
  // Recipients of one message often share a domain.
  for (const pattern of new Set(seen.to.flatMap(patternsOf))) chain(snapshot.recipients.get(pattern));
  return places;
}

/** The measures as they are now; the keeper's snapshots replace them while sessions run. */
export interface LiveMeasures {
  current(): Measures;
  replace(snapshot: MeasuresSnapshot): void;
}

export function createLiveMeasures(snapshot?: MeasuresSnapshot): LiveMeasures {
  let measures = openMeasures(snapshot);
  return {
    current: () => measures,
    replace: (next) => {
      measures = openMeasures(next);
    },
  };
}
