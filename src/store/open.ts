// The database of the operators' records: SQLite in the state directory, written by the keeper alone. The only file that imports the
// query library; node:sqlite stands behind it through a small shim.
import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

export type { ExpressionBuilder } from 'kysely';

/** Typed queries over our tables. */
export type Queries = Kysely<Tables>;

export interface Store {
  readonly queries: Queries;
  close(): Promise<void>;
}

/** The database cannot be used; the message says which file and what to do. */
export class StoreError extends Error {}

/** How long a statement waits for another process to let go of the file, in ms. A backup tool holds it for moments. */
const usualBusyTimeoutMs = 2000;

/** Opens the database, makes it when it is missing, and brings its tables up to date. */
export function openStore(file: string, { busyTimeoutMs = usualBusyTimeoutMs }: { readonly busyTimeoutMs?: number } = {}): Store {
  const existed = existsSync(file);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
    // WAL: readers (a backup, a curious operator) never hold up the writer. NORMAL loses at most the last moments at a power
    // cut, never consistency; mail does not depend on this file.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF;');
    migrate(database);
  } catch (error) {
    database?.close();
    throw new StoreError(explain(file, existed, error));
  }
  const queries = new Kysely<Tables>({ dialect: new SqliteDialect({ database: shim(database) }) });
  return { queries, close: () => queries.destroy() };
}

/** Statements that are kept ready; our own code asks some fifty different ones. The one that was made first goes when there are more. */
const mostStatements = 100;

/** The interface the dialect was written for (better-sqlite3's) over node:sqlite. A statement is made ready once: that takes as long as running it. */
function shim(database: DatabaseSync): SqliteDatabase {
  const ready = new Map<string, Statement>();
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const known = ready.get(sql);
      if (known !== undefined) return known;
      const statement = prepared(database, sql);
      if (ready.size >= mostStatements) ready.delete(ready.keys().next().value ?? '');
      ready.set(sql, statement);
      return statement;
    },
  };
}

type Statement = ReturnType<SqliteDatabase['prepare']>;

function prepared(database: DatabaseSync, sql: string): Statement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bindable(parameters)),
    run: (parameters) => statement.run(...bindable(parameters)),
    // A cursor of its own: one that stands open must not be begun again by another reader.
    iterate: (parameters) => database.prepare(sql).iterate(...bindable(parameters)),
  };
}

/** Our tables hold text, numbers and null only; anything else is our mistake, and node:sqlite throws. */
const bindable = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];

function explain(file: string, existed: boolean, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (/not a database|malformed|corrupt/i.test(said))
    return `${file} is damaged or no database (${said}); move it away and start again: lists kept in files are not affected`;
  if (/locked|busy/i.test(said)) return `${file} is held by another program (${said}); stop that program first`;
  if (/newer/.test(said)) return `${file}: ${said}`;
  return `${file} cannot be ${existed ? 'opened' : 'made'} (${said}); is the state directory there and writable?`;
}
