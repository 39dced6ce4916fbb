// Measures as kept in the database, and the switch that turns the automatic ones off.
import type { MeasureRecord, MeasureScope } from '../model/measure.ts';
import type { Queries } from './open.ts';
import type { MeasureRow } from './tables.ts';

/** Who threw the switch, and when (milliseconds since the epoch). */
export interface ThrownSwitch {
  readonly by: string;
  readonly reason: string | null;
  readonly since: number;
}

export interface MeasureRepository {
  /** Adds it, or changes the one that is there. */
  save(measure: MeasureRecord): Promise<void>;
  /** Writes the counts of these; one transaction. */
  saveCounts(measures: readonly Pick<MeasureRecord, 'id' | 'hits' | 'probes' | 'recorded'>[]): Promise<void>;
  /** Oldest first. */
  active(): Promise<readonly MeasureRecord[]>;
  /** Those that have ended, the latest first. */
  ended(limit: number): Promise<readonly MeasureRecord[]>;
  find(id: string): Promise<MeasureRecord | null>;
  /** Removes what ended before a moment, and all but the latest `most`; resolves to how many. */
  forget(before: number, most: number): Promise<number>;
  /** Null: automatic measures hold. */
  suspension(): Promise<ThrownSwitch | null>;
  /** Null turns automatic measures on again. */
  suspend(by: ThrownSwitch | null): Promise<void>;
}

const automaticOff = 'automatic-measures-off';

export function createMeasures(queries: Queries): MeasureRepository {
  const all = () => queries.selectFrom('measures').selectAll();
  return {
    save: async (measure) => {
      const row = toRow(measure);
      await queries
        .insertInto('measures')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
    },
    saveCounts: async (measures) => {
      await queries.transaction().execute(async (transaction) => {
        for (const { id, hits, probes, recorded } of measures)
          await transaction.updateTable('measures').set({ hits, probes, recorded }).where('id', '=', id).execute();
      });
    },
    active: async () => (await all().where('state', '=', 'active').orderBy('created_at').orderBy('id').execute()).map(fromRow),
    ended: async (limit) => (await all().where('ended_at', 'is not', null).orderBy('ended_at', 'desc').limit(limit).execute()).map(fromRow),
    find: async (id) => {
      const row = await all().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },
    forget: async (before, most) => {
      const kept = queries.selectFrom('measures').select('id').where('ended_at', '>=', before).orderBy('ended_at', 'desc').limit(most);
      const result = await queries.deleteFrom('measures').where('ended_at', 'is not', null).where('id', 'not in', kept).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    suspension: async () => {
      const row = await queries.selectFrom('switches').selectAll().where('name', '=', automaticOff).executeTakeFirst();
      return row === undefined ? null : { by: row.by, reason: row.reason, since: row.since };
    },
    suspend: async (thrown) => {
      await queries.deleteFrom('switches').where('name', '=', automaticOff).execute();
      if (thrown !== null)
        await queries
          .insertInto('switches')
          .values({ name: automaticOff, ...thrown })
          .execute();
    },
  };
}

const toRow = ({ scope, actor, createdAt, expiresAt, maxHits, probeShare, dryRun, endedAt, ...same }: MeasureRecord): MeasureRow => ({
  ...same,
  scope: JSON.stringify(scope),
  actor_kind: actor.kind,
  actor_name: actor.name,
  created_at: createdAt,
  expires_at: expiresAt,
  max_hits: maxHits,
  probe_share: probeShare,
  dry_run: dryRun ? 1 : 0,
  ended_at: endedAt,
});

const fromRow = (row: MeasureRow): MeasureRecord => ({
  id: row.id,
  scope: JSON.parse(row.scope) as MeasureScope, // toRow wrote it
  action: row.action,
  actor: { kind: row.actor_kind, name: row.actor_name },
  reason: row.reason,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  maxHits: row.max_hits,
  probeShare: row.probe_share,
  incident: row.incident,
  dryRun: row.dry_run === 1,
  state: row.state,
  endedAt: row.ended_at,
  hits: row.hits,
  probes: row.probes,
  recorded: row.recorded,
});
