// Who comes back too fast after 421: an overload must not be multiplied by the retries it causes (mission L8). Bounded; the host seen
// longest ago is forgotten first.
import { LruMap } from '../../lib/lru-map.ts';

/** A legitimate server waits minutes (RFC 5321 4.5.4.1 asks for 30); back within this is a stampede. In milliseconds. */
const hastyMs = 10_000;
/** So many hasty returns are one too many. */
const patience = 3;
/** How long the host then counts as penalised, in milliseconds. */
const penaltyMs = 600_000;
const capacity = 20_000;

interface Visits {
  refusedAt: number;
  hasty: number;
  /** Penalised until then; 0 when never. */
  untilMs: number;
}

export class Stampede {
  readonly #hosts: LruMap<string, Visits>;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#hosts = new LruMap({ capacity, now });
    this.#now = now;
  }

  get size(): number {
    return this.#hosts.size;
  }

  /** The host has heard 421. */
  refused(host: string): void {
    const now = this.#now();
    const visits = this.#hosts.get(host);
    if (visits === undefined) this.#hosts.set(host, { refusedAt: now, hasty: 0, untilMs: 0 }, penaltyMs);
    else visits.refusedAt = now;
  }

  /** The host is back. Gives the moment until which it is penalised from now on where this return made it so; null otherwise. */
  returned(host: string): number | null {
    const visits = this.#hosts.size === 0 ? undefined : this.#hosts.get(host);
    const now = this.#now();
    if (visits === undefined || now - visits.refusedAt >= hastyMs) return null;
    visits.refusedAt = -Infinity; // one return for each 421, however many connections come at once
    if (++visits.hasty < patience) return null;
    visits.hasty = 0;
    const isNew = visits.untilMs <= now;
    visits.untilMs = now + penaltyMs;
    this.#hosts.set(host, visits, penaltyMs);
    return isNew ? visits.untilMs : null;
  }

  isPenalised(host: string): boolean {
    if (this.#hosts.size === 0) return false;
    return (this.#hosts.get(host)?.untilMs ?? 0) > this.#now();
  }
}
