// The tables as the queries see them. Times are milliseconds since the epoch.
import type { Incident, IncidentEntry } from '../model/incident.ts';
import type { MeasureAction, MeasureActor, MeasureRecord } from '../model/measure.ts';
import type { HeldState } from '../model/quarantine.ts';
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

/** A row of `measures`; see migrations/0002-measures.ts. */
export interface MeasureRow {
  id: string;
  /** JSON of a MeasureScope. */
  scope: string;
  action: MeasureAction;
  actor_kind: MeasureActor['kind'];
  actor_name: string;
  reason: string;
  created_at: number;
  expires_at: number;
  /** Null: no cap. */
  max_hits: number | null;
  probe_share: number;
  incident: string | null;
  dry_run: 0 | 1;
  state: MeasureRecord['state'];
  ended_at: number | null;
  hits: number;
  probes: number;
  recorded: number;
}

/** A row of `switches`: one that is thrown. */
export interface SwitchRow {
  name: string;
  by: string;
  reason: string | null;
  since: number;
}

/** A row of `api_tokens`; see migrations/0003-api-tokens.ts. */
export interface ApiTokenRow {
  name: string;
  role: 'reader' | 'operator';
  hash: string;
  by: string;
  created_at: number;
  expires_at: number | null;
}

/** A row of `incidents`; see migrations/0005-incidents.ts. */
export interface IncidentRow {
  id: string;
  reference: string;
  detector: string;
  state: Incident['state'];
  opened_at: number;
  closed_at: number | null;
  /** JSON of an Incident. */
  body: string;
}

/** A row of `incident_entries`. */
export interface IncidentEntryRow {
  incident: string;
  number: number;
  at: number;
  step: IncidentEntry['step'];
  by: string;
  text: string;
  /** JSON; null where the evidence did not change. */
  evidence: string | null;
  hash: string;
}

/** A row of `quarantine_items`; see migrations/0006-quarantine.ts, 0007-quarantine-sealed.ts and 0009-quarantine-virus.ts. */
export interface QuarantineRow {
  id: string;
  reference: string;
  state: HeldState;
  queued_at: number;
  expires_at: number;
  sender: string;
  /** JSON array of addresses. */
  recipients: string;
  /** Lower case, each between line ends, so that the whole or a domain can be found in it. */
  sender_key: string;
  recipients_key: string;
  size: number;
  user: string | null;
  ip: string;
  subject: string | null;
  message_id: string | null;
  check_id: string;
  because: string;
  measure: string | null;
  incident: string | null;
  /** 1 or 0 */
  virus: number;
  /** JSON of a ReleaseNote. */
  release: string | null;
  discarded_at: number | null;
  discarded_by: string | null;
  /** All that tells of the message, encrypted; '' where it cannot be opened; null where the row is in clear. */
  sealed: string | null;
  key_id: string | null;
  /** 1 or 0 */
  refused: number;
  under_way: number;
  /** Folded, as it is searched. */
  subject_key: string | null;
}

/** A row of `digest_lines`; see migrations/0008-digest-lines.ts and 0010-digest-under-way.ts. */
export interface DigestLineRow {
  item: string;
  /** A keyed print of the address. */
  recipient: string;
  told_until: number;
  /** Name of the letter that is being handed over; null when that is settled. */
  under_way: string | null;
}

export interface Tables {
  digest_lines: DigestLineRow;
  quarantine_items: QuarantineRow;
  incidents: IncidentRow;
  incident_entries: IncidentEntryRow;
  list_entries: ListEntryRow;
  measures: MeasureRow;
  switches: SwitchRow;
  api_tokens: ApiTokenRow;
}
