// Detector: more connections than mail needs: many at one time, or many a minute that bring nothing, of one host, of one network, or at the
// whole site. A connection that brings mail which is taken is no flood: its delivery takes it off again, and whoever has delivered, and our
// own networks, may have ten times as many.
import { RecentNumbers, RecentPrints } from '../../lib/recent-numbers.ts';
import { pairHash, sketchHash } from '../../lib/sketch-hash.ts';
import { WindowCount } from '../../lib/window-count.ts';
import type { Alarm, AlarmKey } from '../../model/alarm.ts';
import type { Caller, ConnectionSighting, DepartureSighting, MessageSighting, Sighting } from '../../model/sighting.ts';
import { hostAlarmKey, networkAlarmKey } from '../caller-keys.ts';
import type { Detector, DetectorDefinition, DetectorGround } from '../detector.ts';
import { HotKeys, type HotKey, reached } from '../hot-keys.ts';
import { SiteSurge } from '../site-surge.ts';
import { exactly, plural } from '../wording.ts';
import { networkOfClient } from '../sightings/origin.ts';
import { learnedOf, type Learned } from '../learned.ts';

const id = 'connection-flood';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const options = {
  atOnceWatch: { default: 10, min: 1, max: 100_000, doc: 'Open connections of one unknown host from which it is watched.' },
  atOnceAlert: { default: 20, min: 1, max: 100_000, doc: 'Open connections of one unknown host from which it is a flood.' },
  perMinute: {
    default: 30,
    min: 1,
    max: 1_000_000,
    doc: 'Connections of one unknown host within a minute that brought no mail, from which it is a flood; half is watched.',
  },
  networkPerMinute: { default: 120, min: 1, max: 1_000_000, doc: 'The same of one network.' },
  sitePerMinute: {
    default: 60,
    min: 1,
    max: 10_000_000,
    doc: 'Connections a minute without mail that are usual for any site; five times the usual is a flood.',
  },
  keys: { default: 8192, min: 100, max: 1_000_000, doc: 'Hosts and networks remembered at most, each.' },
} as const;

type Options = { readonly [K in keyof typeof options]: number };

/** Severe is ten times an alert. Those who have delivered may have ten times as much of everything. */
const severeFactor = 10;
const knownFactor = 10;
const mostKnown = 20_000;
/** Tells the hash of a network from that of a host. */
const networkMark = 1;
const knownMs = 7 * 24 * hourMs;
/** Sessions remembered while they are open; one that is forgotten counts as closed. */
const mostSessions = 20_000;
const sessionMs = hourMs;
/** Sums in nats; a connection adds 1.6. Three times what others need: forty at once are a queue that another site lets go, or our own restart. */
const surge = { factor: 5, watch: 35, alert: 69, severe: 138, most: 207 } as const;

/** Connections within a minute or two of which no evidence is kept; they count all the same. */
const fewMost = 4;

interface Crowd {
  readonly futile: WindowCount;
  /** Of all that is held: from the site's own country or networks. */
  local: number;
}

class ConnectionFlood implements Detector {
  readonly #options: Options;
  readonly #context: DetectorGround;
  readonly #hosts: HotKeys<Crowd>;
  readonly #networks: HotKeys<Crowd>;
  readonly #site: HotKeys<Crowd>;
  readonly #surge: SiteSurge;
  readonly #known = new RecentPrints({ capacity: mostKnown, keepMs: knownMs });
  /** Sessions that are open; of each host how many, and when the last began. */
  readonly #sessions = new RecentNumbers({ capacity: mostSessions, keepMs: sessionMs });
  /** Connections of hosts and networks that had few within a minute: nearly all, and only a number is kept of them. */
  readonly #few: RecentNumbers;
  readonly #open: RecentNumbers;
  readonly #openedAt: RecentNumbers;

  constructor(given: Options, context: DetectorGround) {
    this.#options = given;
    this.#context = context;
    const fresh = (): Crowd => ({ futile: new WindowCount(minuteMs), local: 0 });
    this.#hosts = new HotKeys({ detector: id, capacity: given.keys, quietMs: 10 * minuteMs, fresh });
    this.#networks = new HotKeys({ detector: id, capacity: given.keys, quietMs: 10 * minuteMs, fresh });
    this.#site = new HotKeys({ detector: id, capacity: 2, quietMs: 10 * minuteMs, fresh });
    this.#few = new RecentNumbers({ capacity: 2 * given.keys, keepMs: minuteMs });
    this.#open = new RecentNumbers({ capacity: given.keys, keepMs: Number.POSITIVE_INFINITY });
    this.#openedAt = new RecentNumbers({ capacity: given.keys, keepMs: Number.POSITIVE_INFINITY });
    this.#surge = new SiteSurge({ ...surge, usualPerMinute: given.sitePerMinute });
  }

  get size(): number {
    return this.#hosts.size + this.#networks.size + this.#site.size + this.#known.size + this.#few.size + this.#sessions.size + this.#open.size;
  }

  note(sighting: Sighting, raise: (alarm: Alarm) => void): void {
    if (sighting.kind === 'connection') this.#opened(sighting, raise);
    else if (sighting.kind === 'departure') this.#closed(sighting);
    else if (sighting.kind === 'message') this.#brought(sighting);
  }

  get learned(): Learned {
    return learnedOf(1, { surge: this.#surge, known: this.#known });
  }

  settle(at: number, calm: (key: AlarmKey) => void): void {
    for (const keys of [this.#hosts, this.#networks, this.#site]) keys.settle(at, calm);
  }

  #opened(sighting: ConnectionSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller } = sighting;
    if (caller.ip === '') return;
    const host = this.#context.words.host(caller).hash;
    const factor = caller.inside || caller.user !== null || this.#known.has(host, at) ? knownFactor : 1;
    this.#weighHost(sighting, { host, factor }, raise);
    this.#weighNetwork(sighting, factor, raise);
    if (factor === 1) this.#weighSite(sighting, raise);
  }

  #closed({ at, session, caller }: DepartureSighting): void {
    const name = session === '' ? 0 : this.#hash(session);
    if (session === '' || this.#sessions.get(name, at) === 0) return;
    this.#sessions.set(name, 0, at);
    const host = this.#context.words.host(caller).hash;
    this.#open.set(host, Math.max(0, this.#open.get(host, at) - 1), at);
  }

  /** Mail that was taken, once a message: its connection was worth it. */
  #brought({ at, caller, index, outcome, direction }: MessageSighting): void {
    if (index !== 0 || outcome !== 'delivered' || caller.ip === '') return;
    const host = this.#context.words.host(caller);
    if (direction === 'in') this.#known.isNew(host.hash, at);
    takeOff(this.#hosts.peek(host.text), at);
    takeOff(this.#networks.peek(this.#context.words.network(caller).text), at);
  }

  #isFew(key: number, at: number): boolean {
    const count = this.#few.get(key, at);
    if (count >= fewMost) return false;
    this.#few.set(key, count + 1, at);
    return true;
  }

  #openNow({ at, session, refused }: ConnectionSighting, host: number): number {
    if (session === '' || refused) return 0;
    // A door that died told nothing of its sessions' ends.
    const before = at - this.#openedAt.get(host, at) > sessionMs ? 0 : this.#open.get(host, at);
    this.#openedAt.set(host, at, at);
    this.#open.set(host, before + 1, at);
    this.#sessions.set(this.#hash(session), 1, at);
    return before + 1;
  }

  /** `host`: its hash; `factor`: how much more it may than a stranger. */
  #weighHost(sighting: ConnectionSighting, { host: hash, factor }: { readonly host: number; readonly factor: number }, raise: (alarm: Alarm) => void): void {
    const { at, caller } = sighting;
    const { atOnceWatch, atOnceAlert, perMinute } = this.#options;
    const atOnce = this.#openNow(sighting, hash);
    if (this.#isFew(hash, at) && atOnce < atOnceWatch) return;
    const host = this.#hosts.of(this.#context.words.host(caller).text, at);
    const futile = countIn(host, sighting, networkOfClient(caller.ip));
    const crowded = reached(atOnce, scaled({ watch: atOnceWatch, alert: atOnceAlert }, factor));
    const fast = reached(futile, scaled({ watch: perMinute / 2, alert: perMinute }, factor));
    const hit = fast !== null && (crowded === null || crowded.level === 'watch') ? fast : crowded;
    if (hit === null || this.#hosts.isTold(host, at, hit.level)) return;
    const statistic = hit === fast ? { name: 'per-minute', value: futile } : { name: 'at-once', value: atOnce };
    this.#hosts.tell(
      host,
      at,
      {
        key: hostAlarmKey(caller),
        level: hit.level,
        statistic: { ...statistic, threshold: hit.threshold },
        ...sure(hit.level),
        counts: { atOnce: exactly(atOnce), withoutMail: { est: futile, err: fewMost } },
        because:
          hit === fast
            ? `${caller.ip} connected ${plural(futile, 'time')} within a minute and brought no mail`
            : `${caller.ip} holds ${plural(atOnce, 'connection')} at once`,
      },
      raise,
    );
  }

  #weighNetwork(sighting: ConnectionSighting, factor: number, raise: (alarm: Alarm) => void): void {
    const { at, caller } = sighting;
    const name = this.#context.words.network(caller);
    if (this.#isFew(pairHash(name.hash, networkMark), at)) return;
    const network = this.#networks.of(name.text, at);
    const futile = countIn(network, sighting, caller.ip);
    const limit = this.#options.networkPerMinute;
    const hit = reached(futile, scaled({ watch: limit / 2, alert: limit }, factor));
    if (hit === null || this.#networks.isTold(network, at, hit.level)) return;
    this.#networks.tell(
      network,
      at,
      {
        key: networkAlarmKey(caller),
        level: hit.level,
        statistic: { name: 'per-minute', value: futile, threshold: hit.threshold },
        ...sure(hit.level),
        because: `${plural(futile, 'connection')} of this network within a minute brought no mail`,
      },
      raise,
    );
  }

  #weighSite(sighting: ConnectionSighting, raise: (alarm: Alarm) => void): void {
    const { at, caller } = sighting;
    const site = this.#site.of('', at);
    const sum = this.#surge.note(at);
    if (this.#surge.count === 1) {
      site.forget();
      site.state.local = 0;
    }
    site.note(sighting, networkOfClient(caller.ip));
    if (this.#isLocal(caller)) site.state.local++;
    const hit = reached(sum, surge);
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
        counts: sharesOf(site),
        because: `${plural(this.#surge.count, 'connection')} of strangers since this began; usual are ${this.#surge.usualPerMinute.toFixed(0)} a minute`,
      },
      raise,
    );
  }

  #hash(text: string): number {
    return sketchHash(this.#context.hashKey, text);
  }

  /** By the database of places, where there is one; else only our own networks are local. */
  #isLocal(caller: Caller): boolean {
    return this.#context.placeOf?.(caller.ip)?.local ?? caller.inside;
  }
}

/** Takes off a connection that brought mail. */
function takeOff(crowd: HotKey<Crowd> | undefined, at: number): void {
  if (crowd !== undefined && crowd.state.futile.countAt(at) > 0) crowd.state.futile.add(at, -1);
}

/** Counts a connection; with the first that is kept come the few before it. */
function countIn(crowd: HotKey<Crowd>, sighting: ConnectionSighting, origin: string): number {
  const before = crowd.count === 0 ? fewMost : 0;
  crowd.note(sighting, origin);
  return crowd.state.futile.add(sighting.at, 1 + before);
}

const scaled = ({ watch, alert }: { readonly watch: number; readonly alert: number }, factor: number): { watch: number; alert: number; severe: number } => ({
  watch: watch * factor,
  alert: alert * factor,
  severe: severeFactor * alert * factor,
});

/** TCP's handshake proves the address. */
const sure = (level: string): Pick<Alarm, 'confidence' | 'spoofable'> => ({ confidence: level === 'watch' ? 'low' : 'high', spoofable: false });

/** Shares of local and foreign networks of all connections since it began. */
const sharesOf = ({ count, state: { local } }: HotKey<Crowd>): Alarm['counts'] => ({ local: exactly(local), foreign: exactly(count - local) });

/** D5: connection floods and bursts. */
export const connectionFlood: DetectorDefinition<typeof options> = {
  id,
  row: 'D5',
  doc: 'More connections than mail needs: of one host, of one network, or at the whole site.',
  kinds: ['connection', 'departure', 'message'],
  options,
  create: (given, context) => new ConnectionFlood(given, context),
};
