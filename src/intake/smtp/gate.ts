// Before a session exists: who may come in now, who waits for his banner, and who is told to come later. One gate a door thread, for
// all its listeners, with one timer. Rates wait, overload refuses the lowest class first (missions L1, L4, L8).
import type { Config } from '../../config/options.ts';
import { afterOne, ratePerMinute, RateTable, waitOf, type Rate } from '../../lib/gcra.ts';
import { hostKey, networkKey } from '../../lib/ip-origin.ts';
import type { LoadLevel } from '../../lib/load-level.ts';
import { PrefixSet } from '../../lib/prefix-set.ts';
import type { Client } from '../../model/client.ts';
import type { Recorder } from '../../model/events.ts';
import type { RcptInput } from '../../model/stage-input.ts';
import { isPostmasterOf } from '../../policy/relay.ts';
import { BannerQueue, type GiveUpPlace, type Waiter } from './banner-queue.ts';
import { classOf, isShed, isStranger, type ClientClass, type Repute } from './client-class.ts';
import { Stampede } from './stampede.ts';

export interface GateParts {
  level(): LoadLevel;
  /** What is remembered of a client; null for nothing. */
  repute(ip: string): Repute | null;
  /** Each door has its share of the rates and of the queue. */
  readonly doors: number;
  readonly record: Recorder;
  now(): number;
}

/** What the gate needs of the configuration. */
export type GateConfig = Pick<Config, 'rates' | 'site' | 'neverBlock' | 'hub' | 'routes' | 'outbound'>;

/** `waitMs`: not yet. `reason`: not at all, and it is told so after `waitMs`. */
export type Entry =
  | { readonly kind: 'enter' }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'refuse'; readonly waitMs: number; readonly reason: string };

/** What waits and what stands: for the figures of a door. */
export interface GateFigures {
  readonly waiting: number;
  /** Intervals for which the banner queue has stood. */
  readonly standing: number;
}

/** A client that is turned away hears it so late, in milliseconds: an early 421 only brings the next try forward. At level 3 sockets are too dear for that. */
const lateMs = 5000;
/** Hosts and networks whose rates are kept at once, each. */
const rateCapacity = 50_000;

const enter: Entry = { kind: 'enter' };

/** The share of one door, from the configuration. */
interface Shares {
  readonly strangers: Rates;
  readonly known: Rates;
  readonly all: Rate | null;
  readonly longestMs: number;
  readonly hubs: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;
  /** Partners whom the operator wants spared: known good from the first day. */
  readonly partners: PrefixSet;
}
interface Rates {
  readonly address: Rate | null;
  readonly network: Rate | null;
}

export class Gate {
  readonly #parts: GateParts;
  readonly #hosts: RateTable;
  readonly #networks: RateTable;
  readonly #stampede: Stampede;
  readonly #queue: BannerQueue;
  #shares: Shares;
  /** The rate of all outside connections; see lib/gcra.ts. */
  #restAt = 0;
  #half = false;
  /** When the queue is looked at next; Infinity when nobody waits. */
  #timerAt = Infinity;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;

  constructor(config: GateConfig, parts: GateParts) {
    const { now, doors } = parts;
    this.#parts = parts;
    this.#hosts = new RateTable({ capacity: rateCapacity, now });
    this.#networks = new RateTable({ capacity: rateCapacity, now });
    this.#stampede = new Stampede(now);
    this.#shares = sharesOf(config, doors);
    this.#queue = new BannerQueue(queueLimits(config, doors), { now, take: () => this.#take() });
  }

  /** A reload; whoever waits keeps his turn. */
  use(config: GateConfig): void {
    this.#shares = sharesOf(config, this.#parts.doors);
    this.#queue.use(queueLimits(config, this.#parts.doors));
  }

  classOf({ ip, inside, role }: Pick<Client, 'ip' | 'inside' | 'role'>): ClientClass {
    const isHub = this.#shares.hubs.has(ip);
    if (isHub || inside || role !== 'mx') return isHub ? 0 : 1;
    if (this.#shares.partners.has(ip)) return 2;
    return classOf({ isHub, inside, role, repute: this.#parts.repute(ip), penalised: this.#stampede.isPenalised(hostKey(ip)) });
  }

  /** Notes a client's return, and says its class: once a connection. */
  meet(client: Pick<Client, 'ip' | 'inside' | 'role'>): ClientClass {
    if (this.#stampede.size > 0 && !client.inside) {
      const untilMs = this.#stampede.returned(hostKey(client.ip));
      if (untilMs !== null) this.#parts.record({ type: 'client-penalised', ip: client.ip, untilMs, why: 'came back too fast after 421 three times' });
    }
    return this.classOf(client);
  }

  /** Whether a connection may come in; counts it against its rates. */
  admit({ ip, inside }: Pick<Client, 'ip' | 'inside'>, standing: ClientClass): Entry {
    if (inside || standing === 0) return enter;
    const level = this.#parts.level();
    if (level > 0 && isShed(standing, level, (this.#half = !this.#half))) return { kind: 'refuse', waitMs: level === 3 ? 0 : lateMs, reason: 'load-level' };
    const waitMs = this.#reserve(ip, standing <= 3 ? this.#shares.known : this.#shares.strangers);
    if (waitMs === null) return { kind: 'refuse', waitMs: level === 3 ? 0 : lateMs, reason: 'connection-rate' };
    // Strangers pass the queue as soon as there is one: turns go by network there.
    const inLine = isStranger(standing) && (level > 0 || this.#queue.size > 0);
    return waitMs > 0 || inLine || this.#take() > 0 ? { kind: 'wait', waitMs } : enter;
  }

  /** Lets a client wait for what admit() said of it, or until it gives its place up; null where there is no room: it was refused at once. */
  wait(ip: string, entry: Exclude<Entry, { kind: 'enter' }>, waiter: Waiter): GiveUpPlace | null {
    const told: Waiter = {
      enter: waiter.enter,
      refuse: (reason) => {
        // Going down is our doing: whoever comes back to the next one at once does right.
        if (reason !== 'draining') this.#stampede.refused(hostKey(ip));
        waiter.refuse(reason);
      },
    };
    const refuseFor = entry.kind === 'refuse' ? entry.reason : null;
    const place = refuseFor !== null && entry.waitMs === 0 ? null : this.#queue.add(networkKey(ip), entry.waitMs, told, refuseFor);
    if (place === null) told.refuse(refuseFor ?? 'banner-queue-full');
    else this.#callIn(entry.waitMs);
    return place;
  }

  /** Under load the hub is not asked about recipients that strangers name, but for postmaster (RFC 5321 4.5.1). */
  mayAskHub({ client, user, to }: Pick<RcptInput, 'client' | 'user' | 'to'>): boolean {
    return this.#parts.level() < 2 || user !== null || !isStranger(this.classOf(client)) || isPostmasterOf(this.#shares.domains, to);
  }

  figures(): GateFigures {
    return { waiting: this.#queue.size, standing: this.#queue.standing };
  }

  /** Turns away whoever waits. */
  close(): void {
    this.#cancel();
    this.#queue.close('draining');
  }

  #reserve(ip: string, rates: Rates): number | null {
    const { longestMs } = this.#shares;
    // The host first: a host beyond its own rate must not use up its network's.
    const ofHost = rates.address === null ? 0 : this.#hosts.reserve(hostKey(ip), rates.address, longestMs);
    if (ofHost === null) return null;
    const ofNetwork = rates.network === null ? 0 : this.#networks.reserve(networkKey(ip), rates.network, longestMs);
    return ofNetwork === null ? null : Math.max(ofHost, ofNetwork);
  }

  /** Counts one against the rate in all where it conforms; otherwise the milliseconds until it will. */
  #take(): number {
    const { all } = this.#shares;
    if (all === null) return 0;
    const now = this.#parts.now();
    const wait = waitOf(this.#restAt, all, now);
    if (wait === 0) this.#restAt = afterOne(this.#restAt, all, now);
    return wait;
  }

  #callIn(ms: number): void {
    const at = this.#parts.now() + ms;
    if (this.#timerAt <= at) return;
    this.#cancel();
    this.#timerAt = at;
    // At once means behind all that this turn of the event loop accepts: among them turns go by network.
    if (ms === 0) this.#immediate = setImmediate(() => this.#serve());
    else this.#timer = setTimeout(() => this.#serve(), ms);
  }

  #serve(): void {
    this.#cancel();
    const next = this.#queue.turn();
    if (next !== null) this.#callIn(next);
  }

  #cancel(): void {
    this.#timerAt = Infinity;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
  }
}

function sharesOf({ rates, site, neverBlock, hub, routes, outbound }: GateConfig, doors: number): Shares {
  const { connectionsPerAddress, burstPerAddress, connectionsPerNetwork, burstPerNetwork, connectionsPerSecond, knownFactor, longestWait } = rates;
  const ratesTimes = (factor: number): Rates => ({
    address: shareOf(connectionsPerAddress * factor, burstPerAddress * factor, doors),
    network: shareOf(connectionsPerNetwork * factor, burstPerNetwork * factor, doors),
  });
  const hops = [hub, ...Object.values(routes), ...(outbound === undefined ? [] : [outbound])];
  return {
    strangers: ratesTimes(1),
    known: ratesTimes(knownFactor),
    // A tenth of a second's worth at once.
    all: shareOf(connectionsPerSecond * 60, connectionsPerSecond / 10, doors),
    longestMs: longestWait,
    hubs: new Set(hops.flatMap(({ address }) => (address.kind === 'maildir' ? [] : [address.host]))),
    partners: PrefixSet.build(neverBlock.networks),
    domains: new Set([...site.domains, ...site.customerDomains]),
  };
}

const shareOf = (perMinute: number, burst: number, doors: number): Rate | null => ratePerMinute(perMinute / doors, Math.ceil(burst / doors));

const queueLimits = (
  { rates: { waiting, waitingPerNetwork, longestWait } }: GateConfig,
  doors: number,
): { readonly most: number; readonly mostPerNetwork: number; readonly longestMs: number } => ({
  most: Math.ceil(waiting / doors),
  mostPerNetwork: Math.ceil(waitingPerNetwork / doors),
  longestMs: longestWait,
});
