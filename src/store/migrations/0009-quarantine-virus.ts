import type { Migration } from './migration.ts';

/** That a message holds a virus is known of it whatever it is held for. Of earlier ones it is known where that was the reason. */
export const quarantineVirus: Migration = {
  id: '0009-quarantine-virus',
  sql: `
    ALTER TABLE quarantine_items ADD COLUMN virus INTEGER NOT NULL DEFAULT 0;
    UPDATE quarantine_items SET virus = 1 WHERE check_id = 'virus-found';
  `,
};
