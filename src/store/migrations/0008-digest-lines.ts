// Which held messages a recipient has been told of, so that no letter names one twice. A lost row makes a letter more, nothing else.
import type { Migration } from './migration.ts';

export const digestLines: Migration = {
  id: '0008-digest-lines',
  sql: `
    CREATE TABLE digest_lines (
      item TEXT NOT NULL,
      recipient TEXT NOT NULL,
      told_until INTEGER NOT NULL,
      PRIMARY KEY (item, recipient)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX digest_lines_by_end ON digest_lines (told_until);
  `,
};
