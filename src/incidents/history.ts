// The histories of incidents on their way into the database: numbered, sealed one by the other, written in batches.
import { createHash } from 'node:crypto';
import type { Recorder } from '../model/events.ts';
import type { Incident, IncidentEntry } from '../model/incident.ts';
import type { IncidentRepository } from '../store/incidents.ts';

export type EntryToAdd = Pick<IncidentEntry, 'step' | 'at' | 'by' | 'text' | 'evidence'>;

interface Change {
  readonly incident: Incident;
  readonly entry: IncidentEntry | null;
}

/** Changes of one moment are written together, in ms. */
const gatherMs = 200;
/** Changes that may wait for a database in trouble; beyond it the oldest are given up, and an event says so. */
const mostWaiting = 5000;
/** Entries of one history; after that only its end is added. */
const mostEntries = 1000;

/** The seal over an entry and all before it. */
export const sealOf = (before: string, { incident, number, at, step, by, text, evidence }: Omit<IncidentEntry, 'hash'>): string =>
  createHash('sha256')
    .update(JSON.stringify([before, incident, number, at, step, by, text, evidence]))
    .digest('hex');

export class IncidentHistory {
  readonly #repository: Pick<IncidentRepository, 'save'>;
  readonly #record: Recorder;
  readonly #last = new Map<string, { readonly number: number; readonly hash: string }>();
  #waiting: Change[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor({ repository, record }: { readonly repository: Pick<IncidentRepository, 'save'>; readonly record: Recorder }) {
    this.#repository = repository;
    this.#record = record;
  }

  restore(last: readonly Pick<IncidentEntry, 'incident' | 'number' | 'hash'>[]): void {
    for (const { incident, number, hash } of last) this.#last.set(incident, { number, hash });
  }

  /** Takes an incident as it is now, and what happened to it (null: nothing of note). */
  add(incident: Incident, entry: EntryToAdd | null): void {
    this.#waiting.push({ incident, entry: entry === null ? null : this.#sealed(incident.id, entry) });
    if (incident.state === 'closed') this.#last.delete(incident.id);
    if (this.#waiting.length > mostWaiting) {
      this.#waiting = this.#waiting.slice(-mostWaiting / 2);
      this.#record({ type: 'incidents-broken', why: `${mostWaiting / 2} changes were given up: the database does not take them` });
    }
    this.#timer ??= setTimeout(() => void this.flush(), gatherMs).unref();
  }

  #sealed(incident: string, entry: EntryToAdd): IncidentEntry | null {
    const { number, hash } = this.#last.get(incident) ?? { number: 0, hash: '' };
    if (number >= mostEntries && entry.step !== 'closed') return null;
    const next = { incident, number: number + 1, ...entry };
    const sealed = { ...next, hash: sealOf(hash, next) };
    this.#last.set(incident, sealed);
    return sealed;
  }

  /** Resolves when what has been added so far is written, or cannot be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const changes = this.#waiting;
    if (changes.length === 0) return;
    this.#waiting = [];
    try {
      await this.#repository.save(changes);
    } catch (error) {
      this.#record({ type: 'incidents-broken', why: `they could not be written: ${String(error)}` });
      this.#waiting = [...changes, ...this.#waiting];
      this.#timer ??= setTimeout(() => void this.flush(), gatherMs * 50).unref();
    }
  }

  async stop(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
  }
}
