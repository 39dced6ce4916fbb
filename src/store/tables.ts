// The tables as the queries see them. Times are milliseconds since the epoch.
import type { Action } from '../model/verdict.ts';

/** A row of `list_entries`; see migrations/0001-lists.ts. */
export interface ListEntryRow {
  list: string;
  matches: 'client' | 'hostname' | 'sender' | 'recipient';
  entry: string;
  action: Action | 'accept';
  reason: string | null;
  /** Who added it: `cli`, `web` or a name. */
  by: string;
  created_at: number;
  /** Null: for good. */
  expires_at: number | null;
}

export interface Tables {
  list_entries: ListEntryRow;
}
