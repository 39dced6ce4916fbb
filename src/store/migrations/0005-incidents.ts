import type { Migration } from './migration.ts';

/** Incidents, and their histories: entries are only ever added. */
export const incidents: Migration = {
  id: '0005-incidents',
  sql: `
    CREATE TABLE incidents (
      id TEXT PRIMARY KEY,
      reference TEXT NOT NULL,
      detector TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('watch', 'alert', 'mitigated', 'cooling', 'closed')),
      opened_at INTEGER NOT NULL,
      closed_at INTEGER,
      body TEXT NOT NULL CHECK (json_valid(body)),
      CHECK ((state = 'closed') = (closed_at IS NOT NULL))
    ) STRICT;
    CREATE INDEX incidents_open ON incidents (opened_at) WHERE closed_at IS NULL;
    CREATE INDEX incidents_closed ON incidents (closed_at) WHERE closed_at IS NOT NULL;
    CREATE TABLE incident_entries (
      incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      at INTEGER NOT NULL,
      step TEXT NOT NULL,
      by TEXT NOT NULL,
      text TEXT NOT NULL,
      evidence TEXT CHECK (evidence IS NULL OR json_valid(evidence)),
      hash TEXT NOT NULL,
      PRIMARY KEY (incident, number)
    ) STRICT;
  `,
};
