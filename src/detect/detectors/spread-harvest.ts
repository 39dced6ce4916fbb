// Detector: a botnet tries names, each of its hosts one or two. No host stands out, the site does: more names that nobody has, from networks
// that have hardly tried any before, than is usual at this hour. It accuses nobody: the response may only be to all strangers alike.
import { DistinctWindow } from '../../lib/distinct-count.ts';
import { FingerprintSet } from '../../lib/fingerprint-set.ts';
import { RecentNumbers } from '../../lib/recent-numbers.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { Sighting } from '../../model/sighting.ts';
import { callerText } from '../caller-keys.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { isRoleAddress } from '../role-addresses.ts';
import { SiteSurge } from '../site-surge.ts';
import { learnedOf, type Learned } from '../learned.ts';

const id = 'spread-harvest';
const hourMs = 3_600_000;

const options = {
  usualPerMinute: {
    default: 0.5,
    min: 0.01,
    max: 10_000,
    doc: 'Different names nobody has a minute that are usual for any site; an attack is five times the usual.',
  },
  watch: { default: 12, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which the site is watched.' },
  alert: { default: 23, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which it is a harvest.' },
  severe: { default: 46, min: 2, max: 1000, doc: 'Sum of evidence, in nats, from which it is severe.' },
  networks: { default: 20, min: 2, max: 100_000, doc: 'Networks it must come from.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

const factor = 5;
/** Names of one network within an hour that count here; what tries more is seen by itself (directory-harvest). */
const mostEach = 2;
const mostNetworks = 20_000;
const namePlaces = 1 << 17;

class SpreadHarvest implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #surge: SiteSurge;
  readonly #tries = new RecentNumbers({ capacity: mostNetworks, keepMs: hourMs });
  readonly #names = new FingerprintSet(namePlaces);
  readonly #site = new HotKeys({ detector: id, capacity: 2, quietMs: hourMs / 2, fresh: () => new DistinctWindow(hourMs) });

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    this.#surge = new SiteSurge({ usualPerMinute: given.usualPerMinute, factor, watch: given.watch, most: 1.5 * given.severe });
  }

  get size(): number {
    return this.#tries.size + this.#names.size + this.#site.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind !== 'recipient' || sighting.answer !== 'unknown') return;
    const { at, caller, from, to } = sighting;
    // The null sender brings reports on mail that was forged in our name: another trouble (backscatter-flood).
    if (from === '' || caller.user !== null || caller.inside || isRoleAddress(to) || this.#context.onceExisted?.(to) === true) return;
    const network = this.#context.words.network(caller).hash;
    const tries = this.#tries.get(network, at) + 1;
    this.#tries.set(network, tries, at);
    // The same wrong name from everywhere is an address that stands in a list of spammers, not a search.
    if (tries > mostEach || this.#names.add(this.#context.words.mailbox(to).hash)) return;
    const sum = this.#surge.note(at);
    const site = this.#site.of('', at);
    site.note(sighting, callerText(caller));
    site.state.add(network, at);
    if (sum < this.#options.watch) return;
    this.#tell(sum, at, raise);
  }

  get learned(): Learned {
    return learnedOf(1, { surge: this.#surge, names: this.#names });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#site.settle(at, calm);
  }

  #tell(sum: number, at: number, raise: (alarm: Alarm) => void): void {
    const site = this.#site.of('', at);
    const networks = site.state.countAt(at);
    const { watch, alert, severe } = this.#options;
    const hit = reached(networks.count >= this.#options.networks ? sum : Math.min(sum, watch), { watch, alert, severe });
    if (hit === null || this.#site.isTold(site, at, hit.level)) return;
    this.#site.tell(
      site,
      at,
      {
        key: { site: true },
        level: hit.level,
        statistic: { name: 'cusum', value: sum, threshold: hit.threshold },
        confidence: 'medium',
        spoofable: false,
        counts: { networks: { est: networks.count, err: networks.err } },
        because: `${this.#surge.count} different names nobody has were tried from ${networks.count} networks; usual are ${this.#surge.usualPerMinute.toFixed(1)} a minute`,
      },
      raise,
    );
  }
}

/** D4: directory harvest spread over a botnet. */
export const spreadHarvest: DetectorDefinition<typeof options> = {
  id,
  row: 'D4',
  doc: 'Many networks try one or two recipients each that do not exist: a botnet wants to learn which do.',
  kinds: ['recipient'],
  options,
  create: (given, context) => new SpreadHarvest(given, context),
};
