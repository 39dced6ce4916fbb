// What is remembered of those who write to us: for each outside host two sums that fade, of messages taken and of refusals
// (engineering 2.11). Sums, not an average: after a silence one message must not overwrite a long history.
import { hostKey } from '../lib/ip-origin.ts';
import { LruMap } from '../lib/lru-map.ts';

/** Half of what is remembered is forgotten after so long, in milliseconds. */
const halfLifeMs = 14 * 86_400_000;
/** So many messages speak for no opinion at first. */
const pseudoCount = 10;
/** Hosts known at most; the one seen longest ago goes first. */
const capacityDefault = 100_000;
/** Changes kept for the next shipment at most; beyond that they count here only. */
const maxPending = 10_000;
/** Both sums below this say nothing any more. */
const forgotten = 0.05;

export interface Repute {
  readonly good: number;
  readonly bad: number;
  /** From -1 to 1; 0 is no opinion. */
  readonly score: number;
}

/** What one host has gained since it was last told: messages taken, and refusals. */
export type ReputeChange = readonly [host: string, good: number, bad: number];

export interface CorrespondentsOptions {
  /** Milliseconds since the epoch. */
  now(): number;
  readonly capacity?: number;
}

interface Sums {
  good: number;
  bad: number;
  at: number;
}

export class Correspondents {
  readonly #hosts: LruMap<string, Sums>;
  readonly #now: () => number;
  readonly #capacity: number;
  /** In the order of arrival; rebuilt by each shipment. */
  #pending = new Map<string, { good: number; bad: number }>();

  constructor({ now, capacity = capacityDefault }: CorrespondentsOptions) {
    this.#now = now;
    this.#capacity = capacity;
    this.#hosts = new LruMap({ capacity, now });
  }

  get size(): number {
    return this.#hosts.size;
  }

  /** Null for a host of which nothing is known. */
  find(ip: string): Repute | null {
    const sums = this.#hosts.peek(hostKey(ip)); // who only knocks is not kept longer for it
    if (sums === undefined) return null;
    const kept = this.#kept(sums.at);
    const [good, bad] = [sums.good * kept, sums.bad * kept];
    return { good, bad, score: (good - bad) / (good + bad + pseudoCount) };
  }

  /** Something of our own to remember, and to tell the other doors. */
  learn(ip: string, what: 'good' | 'bad'): void {
    const host = hostKey(ip);
    const [good, bad] = what === 'good' ? [1, 0] : [0, 1];
    this.#add(host, good, bad);
    const pending = this.#pending.get(host);
    if (pending !== undefined) pending[what] += 1;
    else if (this.#pending.size < maxPending) this.#pending.set(host, { good, bad });
  }

  /** What was learned since the last call. */
  takeChanges(): readonly ReputeChange[] {
    if (this.#pending.size === 0) return [];
    const changes = [...this.#pending].map(([host, { good, bad }]): ReputeChange => [host, good, bad]);
    this.#pending = new Map();
    return changes;
  }

  /** What others have learned. */
  merge(changes: readonly ReputeChange[]): void {
    for (const [host, good, bad] of changes) this.#add(host, good, bad);
  }

  /** All that is known: a line a host, the one seen longest ago first. */
  toText(): string {
    const lines: string[] = [];
    for (const [host, sums] of this.#hosts.entries()) {
      this.#fade(sums);
      if (sums.good + sums.bad >= forgotten) lines.push(`${host} ${sums.good.toFixed(3)} ${sums.bad.toFixed(3)} ${sums.at}\n`);
    }
    return lines.join('');
  }

  /** Takes over what toText() has written; a line that is none is left out, and of too many the last are kept. */
  addText(text: string): void {
    const lines = text.split('\n');
    for (const line of lines.slice(-this.#capacity - 1)) {
      const [, host = '', good = '', bad = '', at = ''] = linePattern.exec(line) ?? [];
      if (host === '') continue;
      // A clock that was ahead when it was written must not make it last for ever.
      this.#hosts.set(host, { good: Number(good), bad: Number(bad), at: Math.min(Number(at), this.#now()) });
    }
  }

  #add(host: string, good: number, bad: number): void {
    const sums = this.#hosts.get(host);
    if (sums === undefined) return this.#hosts.set(host, { good, bad, at: this.#now() });
    this.#fade(sums);
    sums.good += good;
    sums.bad += bad;
  }

  #fade(sums: Sums): void {
    const kept = this.#kept(sums.at);
    sums.good *= kept;
    sums.bad *= kept;
    sums.at = Math.max(sums.at, this.#now());
  }

  /** The share of sums of that moment that is still remembered. */
  #kept(at: number): number {
    const age = this.#now() - at;
    return age <= 0 ? 1 : 2 ** (-age / halfLifeMs);
  }
}

const linePattern = /^([0-9.:]{1,64}) (\d{1,12}\.\d{3}) (\d{1,12}\.\d{3}) (\d{1,15})$/;
