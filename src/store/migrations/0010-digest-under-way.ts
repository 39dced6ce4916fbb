// Which letter a line is told of by while that letter is handed over: whoever was killed in the middle of it finds it, and can say so.
import type { Migration } from './migration.ts';

export const digestUnderWay: Migration = {
  id: '0010-digest-under-way',
  sql: `
    ALTER TABLE digest_lines ADD COLUMN under_way TEXT;
    CREATE INDEX digest_lines_under_way ON digest_lines (under_way) WHERE under_way IS NOT NULL;
  `,
};
