// The incidents that are open: a fold over alarms. One per detector and key; what is quiet cools and closes; too many of one kind at once
// become one campaign, so that a storm of attacks is not a storm of alerts. Time comes with what is folded in.
import { createHash } from 'node:crypto';
import { alarmKeyText, type Alarm, type AlarmKey, type AlarmLevel, type Calm } from '../model/alarm.ts';
import type { Incident, IncidentStep } from '../model/incident.ts';

export interface IncidentChange {
  readonly incident: Incident;
  readonly step: IncidentStep;
  /** Somebody should be told: it is new, worse, or has doubled. */
  readonly tell: boolean;
  /** With `tell`: nobody has been told of it before. */
  readonly first: boolean;
}

export interface BookOptions {
  /** A quiet incident closes after so long, in ms: sources rest between waves. */
  readonly coolMs: number;
  /** More than so many of one detector within `campaignMs` are one campaign. */
  readonly campaignOver: number;
  readonly campaignMs: number;
  /** Open at once at most; beyond it the oldest that is only watched is let go. */
  readonly mostOpen: number;
}

/** engineering 2.12 */
export const usualBook: BookOptions = { coolMs: 30 * 60_000, campaignOver: 20, campaignMs: 10 * 60_000, mostOpen: 10_000 };

const rank: Readonly<Record<AlarmLevel, number>> = { watch: 0, alert: 1, severe: 2 };
/** When it began is part of its id, coarsely: nodes see the first alarm some seconds apart. */
const bucketMs = 10 * 60_000;
/** Ids of measures kept with an incident. */
const mostMeasures = 50;

export class IncidentBook {
  readonly #options: BookOptions;
  readonly #open = new Map<string, Incident>();
  readonly #byId = new Map<string, string>();
  /** When the latest of each detector were opened, oldest first. */
  readonly #openings = new Map<string, number[]>();
  /** The count of which somebody was last told. */
  readonly #toldOf = new Map<string, number>();

  constructor(options: BookOptions = usualBook) {
    this.#options = options;
  }

  /** Takes up what was open before a restart. */
  restore(incidents: readonly Incident[]): void {
    for (const incident of incidents) {
      this.#keep(incident);
      if (rank[incident.level] > 0) this.#toldOf.set(incident.id, incident.count);
    }
  }

  get size(): number {
    return this.#open.size;
  }

  /** Open ones, oldest first. */
  list(): readonly Incident[] {
    return [...this.#open.values()];
  }

  find(id: string): Incident | null {
    const place = this.#byId.get(id);
    return place === undefined ? null : (this.#open.get(place) ?? null);
  }

  /** Folds an alarm in. The first change is of its own incident; a second one is of the campaign it belongs to. */
  raise(alarm: Alarm): readonly IncidentChange[] {
    const known = this.#open.get(placeOf(alarm));
    if (known !== undefined) return [this.#again(known, alarm)];
    const forgotten = this.#makeRoom(alarm.at);
    const opened = incidentOf(alarm);
    if (rank[opened.level] === 0) return [...forgotten, this.#opened(opened)];
    const campaign = this.#campaignOf(opened);
    if (campaign === null) return [...forgotten, this.#opened(opened)];
    return [...forgotten, { ...this.#opened({ ...opened, campaign: campaign.incident.id }), tell: false }, campaign];
  }

  #opened(incident: Incident): IncidentChange {
    this.#keep(incident);
    return this.#change(incident, 'opened', rank[incident.level] > 0);
  }

  #again(known: Incident, alarm: Alarm): IncidentChange {
    const worse = rank[alarm.level] > rank[known.level];
    const back = known.state === 'cooling';
    const next: Incident = {
      ...known,
      ...evidenceOf(alarm),
      level: worse ? alarm.level : known.level,
      state: stateOf(worse ? alarm.level : known.level, known.measures.length > 0 && known.state === 'mitigated'),
      lastAt: Math.max(known.lastAt, alarm.at),
      count: alarm.count,
      alarms: known.alarms + 1,
      acknowledgedBy: worse ? null : known.acknowledgedBy,
    };
    this.#keep(next);
    const doubled = next.count >= 2 * (this.#toldOf.get(next.id) ?? 0);
    const tell = next.campaign === null && rank[next.level] > 0 && (worse || back || (doubled && next.acknowledgedBy === null));
    return this.#change(next, worse ? 'raised' : back ? 'reopened' : 'grown', tell);
  }

  /** The campaign this one belongs to, opened where it is the one too many; null where there is none. */
  #campaignOf(incident: Incident): IncidentChange | null {
    const { detector, openedAt } = incident;
    const place = placeOf({ detector, key: campaignKey(detector) });
    const running = this.#open.get(place);
    const recent = [...(this.#openings.get(detector) ?? []), openedAt]
      .filter((at) => at > openedAt - this.#options.campaignMs)
      .slice(-this.#options.campaignOver - 1);
    this.#openings.set(detector, recent);
    if (running !== undefined) {
      const grown: Incident = { ...running, state: stateOf(running.level, false), lastAt: openedAt, count: running.count + 1, folded: running.folded + 1 };
      this.#keep(grown);
      return this.#change(grown, 'grown', grown.count >= 2 * (this.#toldOf.get(grown.id) ?? 0));
    }
    if (recent.length <= this.#options.campaignOver) return null;
    const minutes = Math.round(this.#options.campaignMs / 60_000);
    const because = `${recent.length} incidents of ${detector} within ${minutes} minutes; further ones are folded into this one`;
    const campaign: Incident = {
      ...incident,
      ...nameOf(detector, campaignKey(detector), openedAt),
      key: campaignKey(detector),
      because,
      count: recent.length,
      folded: 1,
    };
    this.#keep(campaign);
    return this.#change(campaign, 'opened', true);
  }

  /** The detector sees nothing more of it. */
  calm({ detector, key, at }: Calm): IncidentChange | null {
    const known = this.#open.get(placeOf({ detector, key }));
    if (known === undefined || known.state === 'cooling') return null;
    return this.#with(known, { state: 'cooling', lastAt: Math.max(known.lastAt, at) }, 'cooling');
  }

  /** Closes what has been cooling long enough at a moment, and campaigns nothing is added to any more. */
  settle(at: number): readonly IncidentChange[] {
    const changes: IncidentChange[] = [];
    for (const incident of this.#open.values()) {
      if (at - incident.lastAt < this.#options.coolMs) continue;
      if (incident.state === 'cooling') changes.push(this.#close(incident, at));
      else if (incident.folded > 0) changes.push(this.#with(incident, { state: 'cooling', lastAt: at }, 'cooling'));
    }
    return changes;
  }

  /** A measure was put in force for it. Nothing is mitigated before it has met something. */
  attach(id: string, measure: string): IncidentChange | null {
    const known = this.find(id);
    return known === null ? null : this.#with(known, { measures: [...known.measures, measure].slice(-mostMeasures) }, 'measure');
  }

  /** A measure of it has been carried out for the first time; null where that is nothing new. */
  mitigated(id: string): IncidentChange | null {
    const known = this.find(id);
    return known?.state === 'alert' || known?.state === 'watch' ? this.#with(known, { state: 'mitigated' }, 'measure') : null;
  }

  /** None of its measures holds any longer. */
  unmitigated(id: string): IncidentChange | null {
    const known = this.find(id);
    return known?.state === 'mitigated' ? this.#with(known, { state: stateOf(known.level, false) }, 'measure-ended') : null;
  }

  acknowledge(id: string, by: string): IncidentChange | null {
    const known = this.find(id);
    return known === null ? null : this.#with(known, { acknowledgedBy: by }, 'acknowledged');
  }

  /** A person says it is over; what still goes on opens a new one. */
  close(id: string, at: number): IncidentChange | null {
    const known = this.find(id);
    return known === null ? null : this.#close(known, at);
  }

  #close(incident: Incident, at: number): IncidentChange {
    this.#open.delete(placeOf(incident));
    this.#byId.delete(incident.id);
    const wasTold = this.#toldOf.delete(incident.id);
    return { incident: { ...incident, state: 'closed', closedAt: at }, step: 'closed', tell: wasTold && incident.campaign === null, first: false };
  }

  #makeRoom(at: number): readonly IncidentChange[] {
    if (this.#open.size < this.#options.mostOpen) return [];
    const open = this.list();
    const least = open.find(({ state }) => state === 'watch') ?? open.find(({ state }) => state === 'cooling') ?? open[0];
    return least === undefined ? [] : [{ ...this.#close(least, at), tell: false }];
  }

  #with(known: Incident, changed: Partial<Incident>, step: IncidentStep): IncidentChange {
    const next = { ...known, ...changed };
    this.#keep(next);
    return this.#change(next, step, false);
  }

  #change(incident: Incident, step: IncidentStep, tell: boolean): IncidentChange {
    const first = tell && !this.#toldOf.has(incident.id);
    if (tell) this.#toldOf.set(incident.id, incident.count);
    return { incident, step, tell, first };
  }

  #keep(incident: Incident): void {
    const place = placeOf(incident);
    this.#open.set(place, incident);
    this.#byId.set(incident.id, place);
  }
}

const placeOf = ({ detector, key }: { readonly detector: string; readonly key: AlarmKey }): string => `${detector} ${alarmKeyText(key)}`;
/** A key no detector uses by itself. */
const campaignKey = (detector: string): AlarmKey => ({ site: true, message: `campaign of ${detector}` });

const stateOf = (level: AlarmLevel, mitigated: boolean): Incident['state'] => (mitigated ? 'mitigated' : level === 'watch' ? 'watch' : 'alert');

const evidenceOf = ({ statistic, confidence, spoofable, counts, origins, samples, because, needles }: Alarm) => ({
  statistic,
  confidence,
  spoofable,
  counts,
  origins,
  samples,
  because,
  ...(needles === undefined ? {} : { needles }),
});

function nameOf(detector: string, key: AlarmKey, at: number): Pick<Incident, 'id' | 'reference'> {
  const digits = createHash('sha256')
    .update(`${detector}\n${alarmKeyText(key)}\n${Math.floor(at / bucketMs)}`)
    .digest('hex')
    .slice(0, 10);
  return { id: `i-${digits}`, reference: `FG-${digits.toUpperCase()}` };
}

const incidentOf = (alarm: Alarm): Incident => ({
  ...nameOf(alarm.detector, alarm.key, alarm.onsetAt),
  ...evidenceOf(alarm),
  detector: alarm.detector,
  key: alarm.key,
  level: alarm.level,
  state: stateOf(alarm.level, false),
  onsetAt: alarm.onsetAt,
  openedAt: alarm.at,
  lastAt: alarm.at,
  closedAt: null,
  count: alarm.count,
  alarms: 1,
  measures: [],
  campaign: null,
  folded: 0,
  acknowledgedBy: null,
});
