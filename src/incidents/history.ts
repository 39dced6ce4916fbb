// Incidents and their histories on their way into the database: entries numbered, sealed one by the other, and written in batches. Of an incident
// that changes again and again only the last state is written.
import { createHash } from 'node:crypto';
import type { Recorder } from '../model/events.ts';
import type { Incident, IncidentEntry } from '../model/incident.ts';
import type { IncidentRepository } from '../store/incidents.ts';

export type EntryToAdd = Pick<IncidentEntry, 'step' | 'at' | 'by' | 'text' | 'evidence'>;

/** Changes of one moment are written together, in ms. */
const gatherMs = 200;
/** What only counts further is written so often, in ms: an attack changes hundreds of incidents with each batch of events. */
const countsMs = 1000;
/** Incidents and entries that may wait for a database in trouble; beyond it the oldest are given up, and an event says so. */
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
  /** As they are now, by id; those that have waited longest first. */
  #incidents = new Map<string, Incident>();
  #entries: IncidentEntry[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The timer is for something of note. */
  #isSoon = false;
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
    this.#incidents.set(incident.id, incident);
    const sealed = entry === null ? null : this.#sealed(incident.id, entry);
    if (sealed !== null) this.#entries.push(sealed);
    if (incident.state === 'closed') this.#last.delete(incident.id);
    if (this.#incidents.size > mostWaiting || this.#entries.length > mostWaiting) this.#giveUp();
    this.#writeSoon(entry !== null);
  }

  #sealed(incident: string, entry: EntryToAdd): IncidentEntry | null {
    const { number, hash } = this.#last.get(incident) ?? { number: 0, hash: '' };
    if (number >= mostEntries && entry.step !== 'closed') return null;
    const next = { incident, number: number + 1, ...entry };
    const sealed = { ...next, hash: sealOf(hash, next) };
    this.#last.set(incident, sealed);
    return sealed;
  }

  /** Those that have waited longest go, and an entry with its incident: without it the database would refuse it. */
  #giveUp(): void {
    const half = mostWaiting / 2;
    if (this.#entries.length > mostWaiting) this.#entries = this.#entries.slice(-half);
    if (this.#incidents.size > mostWaiting) {
      this.#incidents = new Map([...this.#incidents].slice(-half));
      this.#entries = this.#entries.filter(({ incident }) => this.#incidents.has(incident));
    }
    this.#record({ type: 'incidents-broken', why: `${half} changes were given up: the database does not take them` });
  }

  #writeSoon(isOfNote: boolean): void {
    if (this.#timer !== undefined && (this.#isSoon || !isOfNote)) return;
    clearTimeout(this.#timer);
    this.#isSoon = isOfNote;
    this.#timer = setTimeout(() => void this.flush(), isOfNote ? gatherMs : countsMs).unref();
  }

  /** Resolves when what has been added so far is written, or cannot be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Resolves when what is being written is. */
  flushed(): Promise<void> {
    return this.#writing;
  }

  async #write(): Promise<void> {
    const [incidents, entries] = [this.#incidents, this.#entries];
    if (incidents.size === 0) return;
    this.#incidents = new Map();
    this.#entries = [];
    try {
      await this.#repository.save([...incidents.values()], entries);
    } catch (error) {
      this.#record({ type: 'incidents-broken', why: `they could not be written: ${String(error)}` });
      this.#incidents = new Map([...incidents, ...this.#incidents]); // what came meanwhile is newer
      this.#entries = [...entries, ...this.#entries];
      this.#isSoon = true;
      this.#timer ??= setTimeout(() => void this.flush(), gatherMs * 50).unref();
    }
  }

  async stop(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
  }
}
