import type { Migration } from './migration.ts';

/** Measures, those that have ended for the record too; and the switches an operator has thrown (a row is a switch that is thrown). */
export const measures: Migration = {
  id: '0002-measures',
  sql: `
    CREATE TABLE measures (
      id TEXT PRIMARY KEY,
      scope TEXT NOT NULL CHECK (json_valid(scope)),
      action TEXT NOT NULL,
      actor_kind TEXT NOT NULL CHECK (actor_kind IN ('person', 'auto')),
      actor_name TEXT NOT NULL,
      reason TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL CHECK (expires_at > created_at),
      max_hits INTEGER,
      probe_share REAL NOT NULL CHECK (probe_share BETWEEN 0 AND 1),
      incident TEXT,
      dry_run INTEGER NOT NULL CHECK (dry_run IN (0, 1)),
      state TEXT NOT NULL CHECK (state IN ('active', 'expired', 'undone', 'hit-cap')),
      ended_at INTEGER,
      hits INTEGER NOT NULL,
      probes INTEGER NOT NULL,
      CHECK ((state = 'active') = (ended_at IS NULL))
    ) STRICT;
    CREATE INDEX measures_active ON measures (created_at) WHERE state = 'active';
    CREATE INDEX measures_ended ON measures (ended_at) WHERE ended_at IS NOT NULL;
    CREATE TABLE switches (
      name TEXT PRIMARY KEY,
      by TEXT NOT NULL,
      reason TEXT,
      since INTEGER NOT NULL
    ) STRICT;
  `,
};
