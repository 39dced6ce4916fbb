// Detector: nearly the same message from many places that never wrote to us before: a botnet, or a snowshoe of rented hosts. A text alone proves
// nothing (newsletters are the same too): it must come from many networks and many parties, and none of them known.
import { DistinctCount } from '../../lib/distinct-count.ts';
import { FingerprintSet } from '../../lib/fingerprint-set.ts';
import { sketchHash } from '../../lib/sketch-hash.ts';
import { RecentNumbers } from '../../lib/recent-numbers.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { MessageSighting, Sighting } from '../../model/sighting.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { learnedOf, type Learned } from '../learned.ts';

const id = 'campaign';
const hourMs = 3_600_000;

const options = {
  watch: { default: 10, min: 2, max: 100_000, doc: 'Nearly equal messages of strangers within two hours of each other from which they are watched.' },
  alert: { default: 20, min: 2, max: 100_000, doc: 'Nearly equal messages of strangers from which it is a campaign.' },
  severe: { default: 200, min: 2, max: 1_000_000, doc: 'Nearly equal messages of strangers from which it is severe.' },
  networks: { default: 8, min: 2, max: 1000, doc: 'Networks they must come from, and parties responsible for them; half of that to be watched.' },
  clusters: { default: 4000, min: 100, max: 1_000_000, doc: 'Texts of which more than one message came remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** A cluster ends when nothing of it has come for so long, in ms. */
const quietMs = 2 * hourMs;
/** Who wrote so long ago, in ms, is no stranger to the site. */
const acquaintedMs = 24 * hourMs;
const mostOrigins = 20_000;
/** Bands of texts that came once, as fingerprints, and bands of clusters: eight each. */
const bandPlaces = 1 << 19;
const mostBands = 40_000;

interface Cluster {
  readonly networks: DistinctCount;
  readonly origins: DistinctCount;
  readonly recipients: DistinctCount;
}

class Campaign implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #clusters: HotKeys<Cluster>;
  /** The name of the cluster a band belongs to. */
  readonly #once = new FingerprintSet(bandPlaces);
  readonly #bands = new RecentMap<string>({ capacity: mostBands, keepMs: quietMs });
  readonly #firstAt = new RecentNumbers({ capacity: mostOrigins, keepMs: Number.POSITIVE_INFINITY });

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    const fresh = (): Cluster => ({ networks: new DistinctCount(), origins: new DistinctCount(), recipients: new DistinctCount() });
    this.#clusters = new HotKeys({ detector: id, capacity: given.clusters, quietMs, fresh });
  }

  get size(): number {
    return this.#clusters.size + this.#bands.size + this.#firstAt.size;
  }

  get learned(): Learned {
    return learnedOf(1, { firstAt: this.#firstAt });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#clusters.settle(at, calm);
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'message' || sighting.direction !== 'in' || sighting.outcome === 'deferred') return;
    const { at, traits, caller, origin } = sighting;
    const isKnown = at - this.#firstAtOf(this.#context.words.origin(origin.name).hash, at) >= acquaintedMs;
    // A text too short to compare has no bands: empty mails with a picture are all alike (the lesson of DCC).
    if (traits?.bands === undefined || traits.report !== undefined || isKnown || caller.user !== null || caller.inside) return;
    const name = this.#clusterOf(traits, traits.bands, at);
    if (name !== null) this.#joins(name, sighting, raise);
  }

  #firstAtOf(origin: number, at: number): number {
    const known = this.#firstAt.get(origin, at);
    if (known !== 0) return known;
    this.#firstAt.set(origin, at, at);
    return at;
  }

  /** The cluster of a text that has a near-duplicate; null for the first of its kind, which is remembered. */
  #clusterOf({ text = '' }: MessageTraits, bands: readonly number[], at: number): string | null {
    let isNearDuplicate = false;
    for (let place = 0; place < bands.length; place++) if (this.#once.add(fingerprintOf(bands[place] ?? 0, place))) isNearDuplicate = true;
    if (!isNearDuplicate) return null;
    const keys = bands.map((band, place) => `${place}:${band}`);
    const name = keys.map((key) => this.#bands.get(key, at)).find((each) => each !== undefined) ?? (text || (keys[0] ?? ''));
    for (const key of keys) this.#bands.set(key, name, at);
    return name;
  }

  #joins(name: string, sighting: MessageSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller, origin, to } = sighting;
    const hot = this.#clusters.of(name, at);
    hot.note(sighting, origin.name);
    const { networks, origins, recipients } = hot.state;
    networks.add(this.#context.words.network(caller).hash);
    origins.add(this.#context.words.origin(origin.name).hash);
    recipients.add(sketchHash(this.#context.hashKey, to));
    // The first of them left only its bands.
    const hit = reached(hot.count + 1, this.#options);
    const places = Math.min(networks.count - networks.err, origins.count - origins.err);
    if (hit === null || places < this.#options.networks / 2) return;
    const level = places < this.#options.networks ? 'watch' : hit.level;
    this.#clusters.tell(
      hot,
      at,
      {
        key: { message: name },
        level,
        count: hot.count + 1,
        statistic: { name: 'near-duplicates', value: hot.count + 1, threshold: this.#options[level] },
        confidence: 'medium',
        spoofable: origin.spoofable,
        counts: { networks: estimate(networks), parties: estimate(origins), recipients: estimate(recipients) },
        because: `${hot.count + 1} nearly equal messages from ${networks.count} networks that never wrote to us before`,
      },
      raise,
    );
  }
}

/** The same band at another place is another. */
const fingerprintOf = (band: number, place: number): number => Math.imul((band | 0) ^ Math.imul(place + 1, 0x9e3779b1), 0x85ebca6b);

const estimate = ({ count, err }: DistinctCount): { readonly est: number; readonly err: number } => ({ est: count, err });

/** D11: nearly the same message from many strange places. */
export const campaign: DetectorDefinition<typeof options> = {
  id,
  row: 'D11',
  doc: 'Nearly the same message comes from many networks that never wrote to us before.',
  kinds: ['message'],
  options,
  create: (given, context) => new Campaign(given, context),
};
