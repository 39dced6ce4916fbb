// One way out for alerts: what happens in a moment goes out together, no more than so many an hour, and what could not be told is told
// later. A way in trouble is an event; what waits is bounded.
import { afterOne, waitOf, type Rate } from '../../lib/gcra.ts';
import type { Incident } from '../../model/incident.ts';
import { gravestFirst, type AlertBatch, type AlertItem } from './letter.ts';

export interface OutletParts {
  /** Names the way: `mail`, `webhook chat.example.org`, `syslog`. */
  readonly name: string;
  /** Rejects where it could not be told. */
  deliver(batch: AlertBatch): Promise<void>;
  /** It was told: for the history of each incident. */
  told(batch: AlertBatch): void;
  failed(why: string, waiting: number): void;
  /** How an incident stands when it is told; null where nothing newer is known. */
  latest(id: string): Incident | null;
  readonly gatherMs: number;
  readonly perHour: number;
  readonly escalated: boolean;
  now(): number;
}

/** Incidents that may wait to be told; beyond it the newest are only counted. */
const mostWaiting = 500;
/** Incidents in one letter. */
const mostInBatch = 20;
/** After a failure it is tried again so much later, doubling, in ms. */
const firstRetryMs = 60_000;
const lastRetryMs = 30 * 60_000;

export class Outlet {
  readonly #parts: OutletParts;
  readonly #rate: Rate;
  #waiting = new Map<string, AlertItem>();
  #left = 0;
  #restAt = 0;
  #retryMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | null = null;

  constructor(parts: OutletParts) {
    this.#parts = parts;
    this.#rate = { everyMs: 3_600_000 / parts.perHour, burst: Math.max(1, Math.ceil(parts.perHour / 2)) };
  }

  get waiting(): number {
    return this.#waiting.size + this.#left;
  }

  /** Takes what should be told; a later state of the same incident replaces an earlier one. */
  take(item: AlertItem): void {
    if (this.#waiting.size >= mostWaiting && !this.#waiting.has(item.incident.id)) this.#left++;
    else this.#waiting.set(item.incident.id, firstStep(this.#waiting.get(item.incident.id), item));
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#sending !== null || this.#waiting.size === 0) return;
    const wait = Math.max(this.#parts.gatherMs, waitOf(this.#restAt, this.#rate, this.#parts.now()), this.#retryMs);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#send();
    }, wait).unref();
  }

  async #send(): Promise<void> {
    const { deliver, told, failed, latest, now, escalated } = this.#parts;
    const items = [...this.#waiting.values()].map((item) => ({ ...item, incident: latest(item.incident.id) ?? item.incident })).toSorted(gravestFirst);
    const batch: AlertBatch = { items: items.slice(0, mostInBatch), left: items.length - Math.min(items.length, mostInBatch) + this.#left, escalated };
    const waited = this.#waiting;
    const left = this.#left;
    this.#waiting = new Map();
    this.#left = 0;
    try {
      await deliver(batch);
      this.#restAt = afterOne(this.#restAt, this.#rate, now());
      this.#retryMs = 0;
      told(batch);
    } catch (error) {
      this.#retryMs = Math.min(lastRetryMs, Math.max(firstRetryMs, this.#retryMs * 2));
      for (const [id, item] of waited) this.#waiting.set(id, firstStep(item, this.#waiting.get(id)));
      this.#left += left;
      failed(error instanceof Error ? error.message : String(error), this.waiting);
    }
    this.#sending = null;
    this.#schedule();
  }

  /** Tells at once what waits, whatever the rate, and then no more. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#sending;
    clearTimeout(this.#timer);
    if (this.#waiting.size > 0) await this.#send();
    clearTimeout(this.#timer);
  }
}

/** The later state with the earlier step: who was not told that it opened must not hear only that it grew. */
function firstStep(earlier: AlertItem | undefined, later: AlertItem | undefined): AlertItem {
  if (later === undefined || earlier === undefined) return (later ?? earlier) as AlertItem; // one of them is there: both callers hold one
  return { incident: later.incident, step: later.step === 'closed' ? 'closed' : earlier.step };
}
