// Detector: a client tries to send through us to the world without being allowed to. One refused relaying may be a mistyped address or a
// traveller who has not logged in; three foreign domains within an hour is somebody looking for an open relay.
import { DistinctWindow } from '../../lib/distinct-count.ts';
import { halfSipHash } from '../../lib/half-sip-hash.ts';
import { RecentSet } from '../../lib/recent-map.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { RecipientSighting, Sighting } from '../../model/sighting.ts';
import { callerText, hostAlarmKey, hostOf } from '../caller-keys.ts';
import type { Detector, DetectorContext, DetectorDefinition } from '../detector.ts';
import { domainOf } from '../envelope.ts';
import { HotKeys, reached } from '../hot-keys.ts';
import { exactly, plural } from '../wording.ts';
import { learnedOf, type Learned } from '../learned.ts';

const id = 'relay-attempts';
const hourMs = 3_600_000;

const options = {
  watch: { default: 1, min: 1, max: 10_000, doc: 'Foreign domains a client tried within an hour from which it is watched.' },
  alert: { default: 3, min: 1, max: 10_000, doc: 'Foreign domains a client tried within an hour from which it is looking for an open relay.' },
  severe: { default: 10, min: 1, max: 10_000, doc: 'Foreign domains a client tried within an hour from which it is severe.' },
  clients: { default: 8192, min: 100, max: 1_000_000, doc: 'Clients remembered at most.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Addresses where somebody has logged in; a traveller whose program does not always do so is given three times as much. */
const mostKnown = 20_000;
const knownMs = 24 * hourMs;
const knownFactor = 3;

class RelayAttempts implements Detector {
  readonly #options: Options;
  readonly #context: DetectorContext;
  readonly #clients: HotKeys<DistinctWindow>;
  readonly #known = new RecentSet({ capacity: mostKnown, keepMs: knownMs });

  constructor(given: Options, context: DetectorContext) {
    this.#options = given;
    this.#context = context;
    this.#clients = new HotKeys({ detector: id, capacity: given.clients, quietMs: hourMs, fresh: () => new DistinctWindow(hourMs) });
  }

  get size(): number {
    return this.#clients.size + this.#known.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind === 'auth' && sighting.ok) this.#known.isNew(hostOf(sighting.caller), sighting.at);
    if (sighting.kind === 'recipient' && sighting.answer === 'relay' && sighting.caller.ip !== '') this.#refused(sighting, raise);
  }

  get learned(): Learned {
    return learnedOf(1, { known: this.#known });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    this.#clients.settle(at, calm);
  }

  #refused(sighting: RecipientSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller, to } = sighting;
    const client = this.#clients.of(hostOf(caller), at);
    client.note(sighting, callerText(caller));
    // A trick (`user%world@ours`) hides its domain: the whole address stands for it.
    const domain = domainOf(to);
    const target = domain === '' || this.#context.isOurDomain(domain) ? to : this.#context.orgDomain(domain);
    client.state.add(halfSipHash(this.#context.hashKey, target), at);
    const { count: domains, err } = client.state.countAt(at);
    const factor = this.#known.has(hostOf(caller), at) ? knownFactor : 1;
    const { watch, alert, severe } = this.#options;
    const hit = reached(domains, { watch: watch * factor, alert: alert * factor, severe: severe * factor });
    if (hit === null) return;
    this.#clients.tell(
      client,
      at,
      {
        key: hostAlarmKey(caller),
        level: hit.level,
        statistic: { name: 'foreign-domains-per-hour', value: domains, threshold: hit.threshold },
        confidence: hit.level === 'watch' ? 'low' : 'high',
        spoofable: false,
        counts: { domains: { est: domains, err }, attempts: exactly(client.count) },
        because: `${caller.ip} tried to send through us to ${plural(domains, 'foreign domain')}, without being allowed to`,
      },
      raise,
    );
  }
}

/** D6: relaying without permission. */
export const relayAttempts: DetectorDefinition<typeof options> = {
  id,
  row: 'D6',
  doc: 'A client without permission tries to send through us to several foreign domains: it is looking for an open relay.',
  kinds: ['recipient', 'auth'],
  options,
  create: (given, context) => new RelayAttempts(given, context),
};
