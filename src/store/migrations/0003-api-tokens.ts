import type { Migration } from './migration.ts';

/** Who may ask the API over TCP. Only the hash of a token is kept: whoever reads this file cannot use it. */
export const apiTokens: Migration = {
  id: '0003-api-tokens',
  sql: `
    CREATE TABLE api_tokens (
      name TEXT PRIMARY KEY,
      role TEXT NOT NULL CHECK (role IN ('reader', 'operator')),
      hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
      by TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER
    ) STRICT;
  `,
};
