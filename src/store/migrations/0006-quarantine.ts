import type { Migration } from './migration.ts';

/** The index of held mail: made anew from the folders wherever it does not agree with them. */
export const quarantine: Migration = {
  id: '0006-quarantine',
  sql: `
    CREATE TABLE quarantine_items (
      id TEXT PRIMARY KEY,
      reference TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('held', 'trash')),
      queued_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      sender TEXT NOT NULL,
      recipients TEXT NOT NULL CHECK (json_valid(recipients)),
      sender_key TEXT NOT NULL,
      recipients_key TEXT NOT NULL,
      size INTEGER NOT NULL,
      user TEXT,
      ip TEXT NOT NULL,
      subject TEXT,
      message_id TEXT,
      check_id TEXT NOT NULL,
      because TEXT NOT NULL,
      measure TEXT,
      incident TEXT,
      release TEXT,
      discarded_at INTEGER,
      discarded_by TEXT
    ) STRICT;
    CREATE INDEX quarantine_items_by_state ON quarantine_items (state, id);
    CREATE INDEX quarantine_items_by_end ON quarantine_items (state, expires_at);
  `,
};
