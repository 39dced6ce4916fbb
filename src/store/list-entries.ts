// The operators' list entries that are kept in the database.
import type { Queries } from './open.ts';
import type { ListEntryRow } from './tables.ts';

/** An entry as kept. Times are milliseconds since the epoch; `expiresAt` null: for good. */
export interface StoredListEntry {
  readonly list: string;
  readonly matches: ListEntryRow['matches'];
  readonly entry: string;
  readonly action: ListEntryRow['action'];
  readonly reason: string | null;
  readonly by: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

/** What names an entry; without `list` or `matches` every one that fits. */
export interface EntryName {
  readonly entry: string;
  readonly list?: string | undefined;
  readonly matches?: StoredListEntry['matches'] | undefined;
}

export interface ListEntryRepository {
  /** Adds it, or changes the one that is there. */
  add(entry: StoredListEntry): Promise<void>;
  /** Resolves to how many were removed. */
  remove(name: EntryName): Promise<number>;
  /** Those in force at a moment, oldest first. */
  inForce(at: number): Promise<readonly StoredListEntry[]>;
  /** Removes what expired before a moment; resolves to how many. */
  removeExpired(before: number): Promise<number>;
}

export function createListEntries(queries: Queries): ListEntryRepository {
  return {
    add: async (entry) => {
      const row = toRow(entry);
      await queries
        .insertInto('list_entries')
        .values(row)
        .onConflict((conflict) => conflict.columns(['list', 'matches', 'entry']).doUpdateSet(row))
        .execute();
    },
    remove: async ({ entry, list, matches }) => {
      const removal = queries.deleteFrom('list_entries').where('entry', '=', entry);
      const inList = list === undefined ? removal : removal.where('list', '=', list);
      const result = await (matches === undefined ? inList : inList.where('matches', '=', matches)).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    inForce: async (at) => {
      const rows = await queries
        .selectFrom('list_entries')
        .selectAll()
        .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', at)]))
        .orderBy('created_at')
        .orderBy('entry')
        .execute();
      return rows.map(fromRow);
    },
    removeExpired: async (before) => {
      const result = await queries.deleteFrom('list_entries').where('expires_at', '<=', before).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

const toRow = ({ createdAt, expiresAt, ...same }: StoredListEntry): ListEntryRow => ({ ...same, created_at: createdAt, expires_at: expiresAt });
const fromRow = ({ created_at: createdAt, expires_at: expiresAt, ...same }: ListEntryRow): StoredListEntry => ({ ...same, createdAt, expiresAt });
