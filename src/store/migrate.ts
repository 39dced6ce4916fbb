// Brings the tables from whatever version they have to the one this program knows, each step in a transaction of its own.
import type { DatabaseSync } from 'node:sqlite';
import type { Migration } from './migrations/migration.ts';
import { lists } from './migrations/0001-lists.ts';
import { measures } from './migrations/0002-measures.ts';
import { apiTokens } from './migrations/0003-api-tokens.ts';
import { incidents } from './migrations/0005-incidents.ts';
import { quarantine } from './migrations/0006-quarantine.ts';
import { digestLines } from './migrations/0008-digest-lines.ts';
import { quarantineSealed } from './migrations/0007-quarantine-sealed.ts';
import { quarantineVirus } from './migrations/0009-quarantine-virus.ts';
import { digestUnderWay } from './migrations/0010-digest-under-way.ts';
import { measuresRecorded } from './migrations/0011-measures-recorded.ts';

const migrations: readonly Migration[] = [
  lists,
  measures,
  apiTokens,
  incidents,
  quarantine,
  digestLines,
  quarantineSealed,
  quarantineVirus,
  digestUnderWay,
  measuresRecorded,
];

/** Runs the steps that are missing. Throws when the file was written by a newer program: its tables are not ours to guess. */
export function migrate(database: DatabaseSync, steps: readonly Migration[] = migrations): void {
  database.exec('CREATE TABLE IF NOT EXISTS migrations (id TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT');
  const done = new Set(
    database
      .prepare('SELECT id FROM migrations')
      .all()
      .map((row) => row['id']),
  );
  const unknown = [...done].filter((id) => !steps.some((step) => step.id === id));
  if (unknown.length > 0) throw new Error(`was written by a newer Floodgate (it knows ${unknown.join(', ')}); install that version again`);
  for (const { id, sql } of steps) {
    if (done.has(id)) continue;
    database.exec('BEGIN IMMEDIATE');
    try {
      database.exec(sql);
      database.prepare('INSERT INTO migrations (id, applied_at) VALUES (?, unixepoch() * 1000)').run(id);
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }
}
