// Connections that wait for their banner, unread and un-greeted: a socket each and no session. Bounded in all and for each network; turns
// go round the networks, so that a network that floods waits behind itself only. With every connection worth the same, deficit round
// robin is a plain round.
import { StandingDelay } from '../../lib/standing-delay.ts';

/** Whoever waits. Exactly one of both is called, once. */
export interface Waiter {
  /** Its turn has come. */
  enter(): void;
  refuse(reason: string): void;
}

/** Gives a place up: its holder has gone, and neither of its functions is called any more. Does nothing once its turn has come. */
export type GiveUpPlace = () => void;

export interface QueueLimits {
  readonly most: number;
  readonly mostPerNetwork: number;
  /** Whoever has waited longer is refused, in milliseconds. */
  readonly longestMs: number;
}

export interface QueueParts {
  /** Milliseconds until the next one may enter, and counts it where that is 0. */
  take(): number;
  now(): number;
}

/** Served in one turn of the event loop at most: a batch costs some milliseconds, which sessions under way can spare. */
const batch = 32;
/** A queue whose clients are served within this is well; a burst may last an interval (engineering 2.10). In milliseconds. */
const standing = { targetMs: 500, intervalMs: 5000 } as const;

interface Place {
  readonly waiter: Waiter;
  readonly arrivedAt: number;
  /** Not before. */
  readonly dueAt: number;
  /** Refused for this reason when it is due; null: it enters. */
  readonly refuseFor: string | null;
}

export class BannerQueue {
  #limits: QueueLimits;
  readonly #parts: QueueParts;
  /** Networks in the order of their turns, each with its places by due time. None is empty. */
  readonly #networks = new Map<string, Place[]>();
  readonly #standing = new StandingDelay(standing);
  #size = 0;

  constructor(limits: QueueLimits, parts: QueueParts) {
    this.#limits = limits;
    this.#parts = parts;
  }

  get size(): number {
    return this.#size;
  }

  /** For how many intervals nobody has been served quickly: above 1 there is more work than we can do. */
  get standing(): number {
    return this.#standing.intervals(this.#parts.now());
  }

  use(limits: QueueLimits): void {
    this.#limits = limits;
  }

  /** Puts a client in line: it enters in `waitMs` at the earliest, or is refused then where `refuseFor` says why. Null where there is no room for it. */
  add(network: string, waitMs: number, waiter: Waiter, refuseFor: string | null = null): GiveUpPlace | null {
    const places = this.#networks.get(network);
    if ((places?.length ?? 0) >= this.#limits.mostPerNetwork) return null;
    if (this.#size >= this.#limits.most && !this.#makeRoomFor(network)) return null;
    const now = this.#parts.now();
    const place: Place = { waiter, arrivedAt: now, dueAt: now + waitMs, refuseFor };
    const own = this.#networks.get(network);
    if (own === undefined) this.#networks.set(network, [place]);
    else insert(own, place);
    this.#size += 1;
    return () => this.#giveUp(network, place);
  }

  /** Serves a batch, one of each network in turn. Gives the milliseconds until it wants to be called again; null when nobody waits. */
  turn(): number | null {
    const now = this.#parts.now();
    let left = batch;
    let nextAt = Infinity;
    // A network served goes behind the others, where this same loop meets it again.
    for (const [network, places] of this.#networks) {
      const [head] = places;
      if (head === undefined) continue;
      if (head.dueAt > now) {
        nextAt = Math.min(nextAt, head.dueAt);
        continue;
      }
      if (left === 0) return 0;
      const isLate = now - head.arrivedAt > this.#limits.longestMs;
      const wait = head.refuseFor !== null || isLate ? 0 : this.#parts.take();
      if (wait > 0) {
        nextAt = Math.min(nextAt, now + wait);
        this.#standing.note(now - head.dueAt, now);
        continue;
      }
      left -= 1;
      this.#remove(network, places);
      this.#serve(head, isLate, now);
    }
    if (this.#size === 0) this.#standing.empty();
    return nextAt === Infinity ? null : Math.max(0, nextAt - now);
  }

  /** Refuses everyone. */
  close(reason: string): void {
    const all = [...this.#networks.values()].flat();
    this.#networks.clear();
    this.#size = 0;
    for (const { waiter } of all) waiter.refuse(reason);
  }

  #serve({ waiter, dueAt, refuseFor }: Place, isLate: boolean, now: number): void {
    if (refuseFor !== null) return waiter.refuse(refuseFor);
    this.#standing.note(now - dueAt, now); // the wait that a rate imposes is no sign of load
    if (isLate) waiter.refuse('banner-queue-timeout');
    else waiter.enter();
  }

  #remove(network: string, places: Place[]): void {
    places.shift();
    this.#size -= 1;
    this.#networks.delete(network);
    if (places.length > 0) this.#networks.set(network, places);
  }

  #giveUp(network: string, place: Place): void {
    const places = this.#networks.get(network);
    const at = places?.indexOf(place) ?? -1;
    if (places === undefined || at === -1) return;
    places.splice(at, 1);
    this.#size -= 1;
    if (places.length === 0) this.#networks.delete(network);
  }

  /** The network with most waiting gives up its newest, if it has at least two more than the newcomer's: a flood cannot take all the places. */
  #makeRoomFor(network: string): boolean {
    let [fullest, most] = ['', 0];
    for (const [name, places] of this.#networks) if (places.length > most) [fullest, most] = [name, places.length];
    if (most < (this.#networks.get(network)?.length ?? 0) + 2) return false;
    const last = this.#networks.get(fullest)?.pop();
    this.#size -= 1;
    last?.waiter.refuse('banner-queue-full');
    return true;
  }
}

/** Keeps the places in the order of their due times, and of arrival where these are the same. */
function insert(places: Place[], place: Place): void {
  let at = places.length;
  while (at > 0 && (places[at - 1]?.dueAt ?? 0) > place.dueAt) at -= 1;
  places.splice(at, 0, place);
}
