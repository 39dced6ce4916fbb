// Incidents and their histories as kept in the database.
import type { Incident, IncidentEntry } from '../model/incident.ts';
import type { Queries } from './open.ts';
import type { IncidentEntryRow, IncidentRow } from './tables.ts';

export interface IncidentRepository {
  /** Writes incidents as they are now, and adds entries to the histories of these or of known ones; one transaction. */
  save(incidents: readonly Incident[], entries: readonly IncidentEntry[]): Promise<void>;
  /** Oldest first. */
  open(): Promise<readonly Incident[]>;
  /** Those that are closed, the latest first. */
  closed(limit: number): Promise<readonly Incident[]>;
  /** By id or reference. */
  find(name: string): Promise<Incident | null>;
  /** Oldest first. */
  entries(id: string): Promise<readonly IncidentEntry[]>;
  /** The newest entry of each incident that is open. */
  lastEntries(): Promise<readonly Pick<IncidentEntry, 'incident' | 'number' | 'hash'>[]>;
  /** Removes what closed before a moment, in ms since the epoch; resolves to how many. */
  forget(before: number): Promise<number>;
}

export function createIncidents(queries: Queries): IncidentRepository {
  const all = () => queries.selectFrom('incidents').selectAll();
  return {
    save: async (incidents, entries) => {
      await queries.transaction().execute(async (transaction) => {
        for (const rows of portionsOf(incidents.map(toRow))) {
          await transaction
            .insertInto('incidents')
            .values(rows)
            .onConflict((conflict) =>
              conflict.column('id').doUpdateSet(({ ref }) => ({
                reference: ref('excluded.reference'),
                detector: ref('excluded.detector'),
                state: ref('excluded.state'),
                opened_at: ref('excluded.opened_at'),
                closed_at: ref('excluded.closed_at'),
                body: ref('excluded.body'),
              })),
            )
            .execute();
        }
        for (const rows of portionsOf(entries.map(toEntryRow))) await transaction.insertInto('incident_entries').values(rows).execute();
      });
    },
    open: async () => (await all().where('closed_at', 'is', null).orderBy('opened_at').orderBy('id').execute()).map(fromRow),
    closed: async (limit) => (await all().where('closed_at', 'is not', null).orderBy('closed_at', 'desc').limit(limit).execute()).map(fromRow),
    find: async (name) => {
      const row = await all()
        .where((where) => where.or([where('id', '=', name.toLowerCase()), where('reference', '=', name.toUpperCase())]))
        .executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },
    entries: async (id) => (await queries.selectFrom('incident_entries').selectAll().where('incident', '=', id).orderBy('number').execute()).map(fromEntryRow),
    lastEntries: async () =>
      queries
        .selectFrom('incident_entries as entry')
        .innerJoin('incidents', 'incidents.id', 'entry.incident')
        .where('incidents.closed_at', 'is', null)
        .where('entry.number', '=', (where) =>
          where
            .selectFrom('incident_entries as other')
            .select((count) => count.fn.max('other.number').as('last'))
            .whereRef('other.incident', '=', 'entry.incident'),
        )
        .select(['entry.incident', 'entry.number', 'entry.hash'])
        .execute(),
    forget: async (before) => {
      const result = await queries.deleteFrom('incidents').where('closed_at', '<', before).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

/** Rows of one statement: few sizes, so that the statements stay ready. In a storm making a statement takes longer than running it. */
const portions = [32, 8, 1] as const;

/** All rows in their order, in such portions. */
function portionsOf<R>(rows: readonly R[]): R[][] {
  const parts: R[][] = [];
  for (let from = 0; from < rows.length;) {
    const size = portions.find((each) => each <= rows.length - from) ?? 1;
    parts.push(rows.slice(from, from + size));
    from += size;
  }
  return parts;
}

const toRow = (incident: Incident): IncidentRow => ({
  id: incident.id,
  reference: incident.reference,
  detector: incident.detector,
  state: incident.state,
  opened_at: incident.openedAt,
  closed_at: incident.closedAt,
  body: JSON.stringify(incident),
});

const fromRow = ({ body }: IncidentRow): Incident => JSON.parse(body) as Incident; // toRow wrote it

const toEntryRow = ({ evidence, ...same }: IncidentEntry): IncidentEntryRow => ({ ...same, evidence: evidence === null ? null : JSON.stringify(evidence) });

const fromEntryRow = ({ evidence, ...same }: IncidentEntryRow): IncidentEntry => ({
  ...same,
  evidence: evidence === null ? null : (JSON.parse(evidence) as IncidentEntry['evidence']), // toEntryRow wrote it
});
