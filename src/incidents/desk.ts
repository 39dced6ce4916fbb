// Incidents as the keeper holds them: alarms come in, the book folds them, histories are sealed and written, and who should be told is.
// Nothing here waits for the database: it follows, and trouble with it is an event.
import type { Alarm, Calm } from '../model/alarm.ts';
import type { Recorder } from '../model/events.ts';
import type { Incident, IncidentEntry, IncidentStep } from '../model/incident.ts';
import type { IncidentRepository } from '../store/incidents.ts';
import { IncidentBook, type IncidentChange } from './book.ts';
import { IncidentHistory } from './history.ts';
import { shownEntry, shownIncident, type ShownEntry, type ShownIncident } from './shown.ts';

export type IncidentAnswer = { readonly ok: true; readonly incident: ShownIncident } | { readonly ok: false; readonly error: string };

export interface IncidentDesk {
  /** Takes up what was open before. */
  start(): Promise<void>;
  /** The incident the alarm belongs to. */
  raise(alarm: Alarm): Incident;
  calm(calm: Calm): void;
  /** Lets incidents that have been quiet come to their end; `at` in ms since the epoch. */
  settle(at: number): void;
  /** A measure was put in force for it. */
  attach(id: string, measure: string, text: string): void;
  /** A measure has been carried out for the first time: what it was put in force for is mitigated. */
  measureMet(measure: string): void;
  /** A measure of it has ended; `left` tells how many hold still. */
  measureEnded(id: string, measure: string, left: number): void;
  /** A line of its history that changes nothing: who was told, what was sent. */
  tellHistory(id: string, step: IncidentStep, text: string): void;
  open(): readonly Incident[];
  openOne(id: string): Incident | null;
  /** Open ones, oldest first; the latest closed ones before them where they are asked for. */
  show(options: { readonly closed: boolean }): Promise<readonly ShownIncident[]>;
  /** By id or reference. */
  find(name: string): Promise<{ readonly incident: ShownIncident; readonly history: readonly ShownEntry[] } | null>;
  acknowledge(name: string, by: string): IncidentAnswer;
  note(name: string, text: string, by: string): IncidentAnswer;
  close(name: string, by: string): IncidentAnswer;
  /** Writes what is not written yet. */
  stop(): Promise<void>;
}

export interface IncidentDeskParts {
  readonly repository: IncidentRepository;
  readonly record: Recorder;
  /** Somebody should be told. */
  tell(change: IncidentChange): void;
  now(): number;
}

/** Closed incidents shown at most. */
const mostClosedShown = 1000;
/** engineering 2.12: aggregates are kept 400 days. */
const rememberedMs = 400 * 24 * 3_600_000;
const longestNote = 4000;

export function createIncidentDesk(parts: IncidentDeskParts): IncidentDesk {
  const { repository, record, tell, now } = parts;
  const book = new IncidentBook();
  const history = new IncidentHistory({ repository, record });

  const take = (change: IncidentChange | null, text: string, by = 'floodgate', at = now()): Incident | null => {
    if (change === null) return null;
    const { incident, step } = change;
    const isOfNote = step !== 'grown' || change.tell;
    history.add(incident, isOfNote ? { step, at, by, text, evidence: evidenceSteps.has(step) ? evidenceOf(incident) : null } : null);
    if (isOfNote) record(eventOf(change, by));
    if (change.tell) tell(change);
    return incident;
  };
  const bySomebody = (name: string, change: (id: string) => IncidentChange | null, text: string, by: string): IncidentAnswer => {
    const known = book.list().find(({ id, reference }) => id === name.toLowerCase() || reference === name.toUpperCase());
    const taken = known === undefined ? null : take(change(known.id), text, by);
    return taken === null ? { ok: false, error: `no incident ${name} is open` } : { ok: true, incident: shownIncident(taken) };
  };

  return {
    start: async () => {
      await repository.forget(now() - rememberedMs);
      book.restore(await repository.open());
      history.restore(await repository.lastEntries());
    },
    raise: (alarm) => {
      const changes = book.raise(alarm);
      for (const change of changes) take(change, change.incident.because, 'floodgate', alarm.at);
      const own =
        changes.find(({ incident }) => incident.detector === alarm.detector && incident.folded === 0 && incident.state !== 'closed') ?? changes.at(-1);
      if (own === undefined) throw new Error('an alarm without an incident');
      return own.incident;
    },
    calm: (calm) => void take(book.calm(calm), 'the detector sees no more of it', 'floodgate', calm.at),
    settle: (at) => {
      for (const change of book.settle(at)) take(change, change.step === 'closed' ? 'it stayed quiet' : 'nothing was added to it for a while', 'floodgate', at);
    },
    attach: (id, measure, text) => void take(book.attach(id, measure), text),
    measureMet: (measure) => {
      const incident = book.list().find(({ measures }) => measures.includes(measure));
      if (incident !== undefined) take(book.mitigated(incident.id), `${measure} is carried out`);
    },
    measureEnded: (id, measure, left) => {
      const change = left === 0 ? book.unmitigated(id) : null;
      if (change !== null) take(change, `${measure} has ended`);
    },
    tellHistory: (id, step, text) => {
      const incident = book.find(id);
      if (incident !== null) history.add(incident, { step, at: now(), by: 'floodgate', text, evidence: null });
    },
    open: () => book.list(),
    openOne: (id) => book.find(id),
    show: async ({ closed }) => {
      await history.flush();
      const past = closed ? (await repository.closed(mostClosedShown)).toReversed() : [];
      return [...past, ...book.list()].map(shownIncident);
    },
    find: async (name) => {
      await history.flush();
      const incident = await repository.find(name);
      return incident === null ? null : { incident: shownIncident(incident), history: (await repository.entries(incident.id)).map(shownEntry) };
    },
    acknowledge: (name, by) => bySomebody(name, (id) => book.acknowledge(id, by), 'seen', by),
    note: (name, text, by) => bySomebody(name, (id) => noted(book, id), text.slice(0, longestNote), by),
    close: (name, by) => bySomebody(name, (id) => book.close(id, now()), 'closed by hand', by),
    stop: () => history.stop(),
  };
}

function noted(book: IncidentBook, id: string): IncidentChange | null {
  const incident = book.find(id);
  return incident === null ? null : { incident, step: 'noted', tell: false, first: false };
}

const evidenceSteps: ReadonlySet<IncidentStep> = new Set(['opened', 'raised', 'grown', 'reopened', 'closed']);

const evidenceOf = ({
  statistic,
  confidence,
  spoofable,
  counts,
  origins,
  samples,
  because,
  level,
  count,
}: Incident): NonNullable<IncidentEntry['evidence']> => ({
  statistic,
  confidence,
  spoofable,
  counts,
  origins,
  samples,
  because,
  level,
  count,
});

const eventOf = ({ incident, step }: IncidentChange, by: string) =>
  ({
    type: 'incident-changed',
    incident: incident.id,
    reference: incident.reference,
    detector: incident.detector,
    key: incident.key,
    step,
    level: incident.level,
    state: incident.state,
    count: incident.count,
    because: incident.because,
    by,
  }) as const;
