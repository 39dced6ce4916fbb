// What a detector says when it has seen enough: what is wrong, with whom, how sure it is, and the numbers it rests on.

/** watch: worth an eye. alert: a person is told, and the playbook acts. severe: it is large. */
export type AlarmLevel = 'watch' | 'alert' | 'severe';

/** What the detector counts by: the fields it uses, in the form in which they are looked up. A site-wide alarm has `site: true` alone. */
export interface AlarmKey {
  readonly recipient?: string;
  readonly ip?: string;
  /** `192.0.2.0/24`. */
  readonly network?: string;
  /** Envelope sender, or its domain. */
  readonly sender?: string;
  readonly user?: string;
  readonly domain?: string;
  /** A conversation, a list. */
  readonly thread?: string;
  /** A message or its cluster of near-duplicates. */
  readonly message?: string;
  readonly route?: string;
  /** A script or a machine's sender that makes mail. */
  readonly injector?: string;
  readonly site?: true;
}

/** A message that a flood is meant to hide: a notice of a bank, a shop, an account. */
export interface Needle {
  /** Where it can be looked up. */
  readonly source: string;
  readonly at: number;
  readonly from: string;
  readonly subject: string | null;
  /** The sort of notice: `bank`, `sign-in`... (MessageTraits.transaction). */
  readonly sort: string;
}

/** A count that may be too high by `err` and never too low. */
export interface Estimate {
  readonly est: number;
  readonly err: number;
}

export interface Alarm {
  /** Id of the detector: `subscription-bomb`. */
  readonly detector: string;
  readonly key: AlarmKey;
  readonly level: AlarmLevel;
  /** Time of the sighting that raised it, and of the first that belongs to it; milliseconds since the epoch. */
  readonly at: number;
  readonly onsetAt: number;
  /** How many of what is counted. */
  readonly count: number;
  /** The number that crossed its threshold: `cusum`, `walk`, `per-hour`... Computed from the sightings alone, so that it can be computed again. */
  readonly statistic: { readonly name: string; readonly value: number; readonly threshold: number };
  readonly confidence: 'low' | 'medium' | 'high';
  /** Rests on evidence that a third party could have made up: nothing is done to that party on it alone. */
  readonly spoofable: boolean;
  /** Further numbers, by name: distinct domains, share of the largest... Exact counts have err 0. */
  readonly counts: Readonly<Record<string, Estimate>>;
  /** The responsible parties, largest first, at most ten. */
  readonly origins: readonly (Estimate & { readonly origin: string })[];
  /** Where the sightings can be looked up: a sample of at most fifty, the one that raised it last. */
  readonly samples: readonly string[];
  /** Messages that must not go under in the flood, oldest first. */
  readonly needles?: readonly Needle[];
  /** In one sentence, for a person. */
  readonly because: string;
}

/** The key has been quiet long enough for its incident to close. */
export interface Calm {
  readonly detector: string;
  readonly key: AlarmKey;
  readonly at: number;
}

/** In this order they stand in a key's text. */
const keyNames = Object.keys({
  domain: true,
  injector: true,
  ip: true,
  message: true,
  network: true,
  recipient: true,
  route: true,
  sender: true,
  site: true,
  thread: true,
  user: true,
} satisfies Readonly<Record<keyof AlarmKey, true>>) as readonly (keyof AlarmKey)[];

/** One text for a key: fields in a fixed order. It is asked of each message of an attack: nothing is sorted for it. */
export function alarmKeyText(key: AlarmKey): string {
  let text = '';
  for (const name of keyNames) {
    const value = key[name];
    if (value !== undefined) text += `${text === '' ? '' : ' '}${name}=${String(value)}`;
  }
  return text;
}
