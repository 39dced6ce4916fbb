import type { Migration } from './migration.ts';

/** Entries of the operators' lists. An entry is one thing in one list: adding it again changes it. */
export const lists: Migration = {
  id: '0001-lists',
  sql: `
    CREATE TABLE list_entries (
      list TEXT NOT NULL,
      matches TEXT NOT NULL CHECK (matches IN ('client', 'hostname', 'sender', 'recipient')),
      entry TEXT NOT NULL,
      action TEXT NOT NULL,
      reason TEXT,
      by TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER,
      PRIMARY KEY (list, matches, entry)
    ) STRICT;
    CREATE INDEX list_entries_by_expiry ON list_entries (expires_at) WHERE expires_at IS NOT NULL;
  `,
};
