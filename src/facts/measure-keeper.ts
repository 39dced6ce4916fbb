// The keeper's side of the measures: owns the table, ends what expires or has reached its cap, and hands every new state to the doors.
import type { Recorder } from '../model/events.ts';
import type { Measure, MeasureActor, MeasureEnd, MeasureRecord } from '../model/measure.ts';
import type { MeasureRepository, ThrownSwitch } from '../store/measures.ts';
import type { HitCount } from './measure-hits.ts';
import { scopeText } from './measure-scope.ts';
import { compileMeasures, type MeasuresSnapshot } from './measures.ts';

export interface MeasureKeeperParts {
  readonly repository: MeasureRepository;
  readonly record: Recorder;
  onSnapshot(snapshot: MeasuresSnapshot): void;
  /** It has been carried out for the first time. */
  onFirstHit(id: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface MeasureKeeper {
  /** Reads what was in force before, ends what has expired meanwhile, and hands out the first snapshot. */
  start(): Promise<void>;
  /** Oldest first, with the counts as known now. */
  active(): readonly MeasureRecord[];
  /** Puts a measure in force; it is in the database when the promise resolves. Rejects where it cannot be written: then it does not hold. */
  add(measure: Measure): Promise<void>;
  /** Ends one before its time; null where no such measure is active. */
  undo(id: string, by: string): Promise<MeasureRecord | null>;
  /** Null where automatic measures hold. */
  suspension(): ThrownSwitch | null;
  /** Turns automatic measures off, or on again (null); survives a restart. */
  suspend(thrown: ThrownSwitch | null, by: string): Promise<void>;
  /** A door has counted. */
  count(counts: readonly HitCount[]): void;
  /** Writes what is not written yet. */
  stop(): Promise<void>;
}

/** Changes of one moment are handed out together, in ms. */
const gatherMs = 20;
/** Under a flood of alarms automatic ones come and go all the time, and all are handed out anew: they wait so long for each in force, in ms, and no longer than that. */
const gatherMsEach = 0.2;
const longestGatherMs = 500;
/** Counts are written so often, in ms, and so many at once: a crash costs some seconds of counting. */
const countsEveryMs = 5000;
const countsAtOnce = 500;
/** A timer knows no longer time, in ms. */
const longestTimerMs = 2 ** 31 - 1;
/** Ended measures are remembered so long (ms) and so many. */
const rememberedMs = 400 * 24 * 3_600_000;
const remembered = 10_000;
/** After so many ends the record is cut to that. */
const cutEvery = 500;

export function createMeasureKeeper(parts: MeasureKeeperParts): MeasureKeeper {
  const table = new Table(parts);
  return {
    start: () => table.start(),
    active: () => table.active(),
    add: (measure) => table.add(measure),
    undo: (id, by) => table.end(id, 'undone', by),
    suspension: () => table.thrown,
    suspend: (thrown, by) => table.suspend(thrown, by),
    count: (counts) => table.count(counts),
    stop: () => table.stop(),
  };
}

class Table {
  readonly #parts: MeasureKeeperParts;
  /** In force, oldest first. The one truth while we run; the database follows. */
  readonly #active = new Map<string, MeasureRecord>();
  readonly #uncounted = new Set<string>();
  thrown: ThrownSwitch | null = null;
  #ends = 0;
  #publishing: NodeJS.Timeout | undefined;
  /** When it will be, in milliseconds since the epoch. */
  #publishAt = 0;
  #expiring: NodeJS.Timeout | undefined;
  #counting: NodeJS.Timeout | undefined;

  constructor(parts: MeasureKeeperParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { repository, now } = this.#parts;
    this.thrown = await repository.suspension();
    for (const measure of await repository.active()) this.#active.set(measure.id, measure);
    await repository.forget(now() - rememberedMs, remembered);
    this.#endExpired();
    this.#publish();
  }

  active(): readonly MeasureRecord[] {
    return [...this.#active.values()];
  }

  async add(measure: Measure): Promise<void> {
    const added: MeasureRecord = { ...measure, state: 'active', endedAt: null, hits: 0, probes: 0, recorded: 0 };
    await this.#parts.repository.save(added);
    this.#active.set(added.id, added);
    const { id, actor, action, scope, reason, expiresAt, maxHits, probeShare, incident, dryRun } = added;
    this.#parts.record({
      type: 'measure-added',
      id,
      by: `${actor.kind} ${actor.name}`,
      action,
      scope: scopeText(scope),
      reason,
      expiresAt,
      maxHits,
      probeShare,
      incident,
      dryRun,
    });
    this.#publishSoon(added.actor.kind);
    this.#expireInTime();
  }

  /** What ends has no word from now on, also where the database cannot be written: it would be found to have expired at the next start. */
  async end(id: string, how: MeasureEnd, by: string): Promise<MeasureRecord | null> {
    const { now, record, repository } = this.#parts;
    const measure = this.#active.get(id);
    if (measure === undefined) return null;
    this.#active.delete(id);
    this.#uncounted.delete(id);
    const ended: MeasureRecord = { ...measure, state: how, endedAt: now() };
    record({ type: 'measure-ended', id, how, by, scope: scopeText(measure.scope), hits: measure.hits, probes: measure.probes });
    this.#publishSoon(how === 'undone' ? 'person' : measure.actor.kind);
    try {
      await repository.save(ended);
      if (++this.#ends % cutEvery === 0) await repository.forget(now() - rememberedMs, remembered);
    } catch (error) {
      this.#broken(`the end of ${id} could not be written: ${String(error)}`);
    }
    return ended;
  }

  async suspend(thrown: ThrownSwitch | null, by: string): Promise<void> {
    const { record, repository } = this.#parts;
    await repository.suspend(thrown);
    this.thrown = thrown;
    record({ type: 'measures-switched', automatic: thrown === null ? 'on' : 'off', by, reason: thrown?.reason ?? null });
    this.#publishSoon('person');
  }

  count(counts: readonly HitCount[]): void {
    for (const { id, hits, probes, recorded } of counts) {
      const measure = this.#active.get(id);
      if (measure === undefined) continue; // a door's last counts of one that has ended
      const counted = { ...measure, hits: measure.hits + hits, probes: measure.probes + probes, recorded: measure.recorded + recorded };
      this.#active.set(id, counted);
      this.#uncounted.add(id);
      if (measure.hits === 0 && hits > 0) this.#parts.onFirstHit(id);
      this.#counting ??= this.#countLater();
      if (counted.maxHits !== null && counted.hits >= counted.maxHits) void this.end(id, 'hit-cap', 'floodgate');
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#publishing);
    clearTimeout(this.#expiring);
    await this.#writeCounts(this.#uncounted.size);
    clearTimeout(this.#counting);
  }

  async #writeCounts(most: number): Promise<void> {
    clearTimeout(this.#counting);
    const some = [...this.#uncounted].slice(0, most).flatMap((id) => this.#active.get(id) ?? []);
    for (const { id } of some) this.#uncounted.delete(id);
    try {
      if (some.length > 0) await this.#parts.repository.saveCounts(some);
    } catch (error) {
      for (const { id } of some) this.#uncounted.add(id);
      this.#broken(`counts could not be written: ${String(error)}`);
    }
    this.#counting = this.#uncounted.size === 0 ? undefined : this.#countLater();
  }

  #countLater(): NodeJS.Timeout {
    return setTimeout(() => void this.#writeCounts(countsAtOnce), countsEveryMs).unref();
  }

  /** Whoever has ordered something is waiting for it. */
  #publishSoon(whose: MeasureActor['kind']): void {
    const wait = whose === 'person' ? gatherMs : Math.min(longestGatherMs, Math.max(gatherMs, this.#active.size * gatherMsEach));
    const at = this.#parts.now() + wait;
    if (this.#publishing !== undefined && this.#publishAt <= at) return;
    clearTimeout(this.#publishing);
    this.#publishAt = at;
    this.#publishing = setTimeout(() => this.#publish(), wait);
  }

  #publish(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    this.#parts.onSnapshot(compileMeasures(this.active().filter(({ actor }) => this.thrown === null || actor.kind === 'person')));
  }

  /** Ends what is over, and comes back when the next one is. */
  #endExpired(): void {
    const now = this.#parts.now();
    for (const { id, expiresAt } of this.active()) if (expiresAt <= now) void this.end(id, 'expired', 'floodgate');
    this.#expireInTime();
  }

  #expireInTime(): void {
    clearTimeout(this.#expiring);
    const next = Math.min(...this.active().map(({ expiresAt }) => expiresAt));
    if (next === Infinity) return;
    this.#expiring = setTimeout(() => this.#endExpired(), Math.max(0, Math.min(next - this.#parts.now(), longestTimerMs))).unref();
  }

  #broken(why: string): void {
    this.#parts.record({ type: 'measures-broken', why });
  }
}
