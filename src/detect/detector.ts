// What a detector is: a fold over sightings that raises alarms. It does not act, reads no clock and does no input or output: the same
// sightings give the same alarms, live or replayed.
import type { Alarm, AlarmKey } from '../model/alarm.ts';
import type { Sighting, SightingKind } from '../model/sighting.ts';
import type { HashKey } from '../lib/half-sip-hash.ts';
import type { Learned } from './learned.ts';
import type { SightingWords } from './sighting-words.ts';

/** What detectors know of the site. */
export interface DetectorContext {
  /** Secret of this process: nobody outside can aim two keys at one place of a table. */
  readonly hashKey: HashKey;
  /** One of our domains or our customers'. */
  isOurDomain(domain: string): boolean;
  /** The organisational domain: `mail.shop.example.co.uk` gives `example.co.uk`. */
  orgDomain(domain: string): string;
  /** Where an address is, when a database says so; null or absent: not known. */
  placeOf?(ip: string): Place | null;
  /** The operator has said that this user (or domain of ours) sends to many: newsletters, monitoring. */
  isBulkSender?(user: string): boolean;
  /** Bytes left in a mailbox before it refuses mail; null or absent: not known. */
  bytesFreeOf?(mailbox: string): number | null;
  /** The address has existed once: a sender with an old list is no harvester for it. */
  onceExisted?(address: string): boolean;
}

/** What a detector is made with: the site, and the words of the sighting that all are shown just now. */
export interface DetectorGround extends DetectorContext {
  readonly words: SightingWords;
}

/** Country as ISO 3166 in upper case, autonomous system as `AS64500`; '' where only the other is known. */
export interface Place {
  readonly country: string;
  readonly network: string;
  /** In the site's own country. */
  readonly local: boolean;
}

export interface Detector {
  /**
   * Takes a sighting of one of its kinds. Raises an alarm when a key reaches a level, again when it reaches a higher one, and while it is
   * above a level each time its count has doubled: incidents keep their numbers from alarms.
   */
  note(sighting: Sighting, raise: (alarm: Alarm) => void): void;
  /** Names the keys that were above a level and are quiet now; called about once a minute of sighting time. */
  settle(at: number, calm: (key: AlarmKey) => void): void;
  /** Keys held: must stay below a bound whatever strangers do. */
  readonly size: number;
  /** What it has learned over days and weeks; absent where it looks at hours only. */
  readonly learned?: Learned;
}

/** A number of a detector that the operator may set. */
export interface DetectorOption {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** One sentence with the unit. */
  readonly doc: string;
}

/** One file a detector exports one of these; `id` = file name = key under `detectors:` = page in docs/detectors/. */
export interface DetectorDefinition<O extends Readonly<Record<string, DetectorOption>> = Readonly<Record<string, DetectorOption>>> {
  readonly id: string;
  /** Row of the mission it belongs to: D1... */
  readonly row: string;
  /** One sentence: what is wrong when it alarms. */
  readonly doc: string;
  readonly kinds: readonly SightingKind[];
  readonly options: O;
  create(options: { readonly [K in keyof O]: number }, context: DetectorGround): Detector;
}
