import type { Migration } from './migration.ts';

/**
 * What is encrypted on the disk is so in its row: all that tells of the message is in `sealed`, the columns for it are empty. What expiry, counting
 * and the comparison with the folders need stands in clear. Rows of before are right as they are.
 */
export const quarantineSealed: Migration = {
  id: '0007-quarantine-sealed',
  sql: `
    ALTER TABLE quarantine_items ADD COLUMN sealed TEXT;
    ALTER TABLE quarantine_items ADD COLUMN key_id TEXT;
    ALTER TABLE quarantine_items ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE quarantine_items ADD COLUMN under_way INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE quarantine_items ADD COLUMN subject_key TEXT;
    UPDATE quarantine_items SET under_way = 1 WHERE json_extract(release, '$.outcome') = 'under-way';
  `,
};
