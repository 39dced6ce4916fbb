// How often a measure was only recorded: in observe mode, in a dry run, on those who are never blocked. Until now that was counted among the hits.
import type { Migration } from './migration.ts';

export const measuresRecorded: Migration = {
  id: '0011-measures-recorded',
  sql: 'ALTER TABLE measures ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0',
};
