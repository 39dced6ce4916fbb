// A kept message as a row of the database and back: in clear, or with all that tells of it sealed.
import type { HeldRecord, ReleaseNote } from '../model/quarantine.ts';
import { addressKey, foldedSubject } from './held-filter.ts';
import type { QuarantineRow } from './tables.ts';

/** Seals what tells of a message, so that the database does not give away what is encrypted beside it. */
export interface RowSeal {
  /** Null: rows are kept in clear. */
  seal(id: string, text: string): { readonly keyId: string; readonly sealed: string } | null;
  /** Null where it cannot be opened. */
  open(id: string, sealed: string): string | null;
}

/** Rows in clear; sealed ones stay shut. */
export const noSeal: RowSeal = { seal: () => null, open: () => null };

const hidden = ['from', 'to', 'user', 'ip', 'subject', 'messageId', 'check', 'because', 'measure', 'incident', 'virus', 'release', 'discarded'] as const;
type Hidden = Pick<HeldRecord, (typeof hidden)[number]>;

/** What is known of a message that cannot be opened. */
export const nothingKnown: Hidden = {
  from: '',
  to: [],
  user: null,
  ip: '',
  subject: null,
  messageId: null,
  check: '',
  because: '',
  measure: null,
  incident: null,
  virus: false,
  release: null,
  discarded: null,
};

/** Why a row that cannot be opened is so; the folder's own reason is found when that is looked at. */
const shut = 'the key is not at hand';

/** As it is kept. */
export function toRow(record: HeldRecord, { seal }: RowSeal): QuarantineRow {
  const { id, reference, state, queuedAt, expiresAt, size, refused, unreadable } = record;
  const clear = {
    id,
    reference,
    state,
    queued_at: queuedAt,
    expires_at: expiresAt,
    size,
    refused: refused ? 1 : 0,
    under_way: record.release?.outcome === 'under-way' ? 1 : 0,
    discarded_at: record.discarded?.at ?? null,
  };
  // Empty seals: the row stands for a folder that must be looked at again.
  if (unreadable !== null) return { ...clear, ...columnsOf(nothingKnown), because: unreadable, sealed: '', key_id: null };
  const closed = seal(id, JSON.stringify(Object.fromEntries(hidden.map((name) => [name, record[name]]))));
  return closed === null
    ? { ...clear, ...columnsOf(record), sealed: null, key_id: null }
    : { ...clear, ...columnsOf(nothingKnown), sealed: closed.sealed, key_id: closed.keyId };
}

type Columns = Omit<
  QuarantineRow,
  'id' | 'reference' | 'state' | 'queued_at' | 'expires_at' | 'size' | 'refused' | 'under_way' | 'discarded_at' | 'sealed' | 'key_id'
>;

const columnsOf = ({ from, to, user, ip, subject, messageId, check, because, measure, incident, virus, release, discarded }: Hidden): Columns => ({
  sender: from,
  recipients: JSON.stringify(to),
  sender_key: from === '' && to.length === 0 ? '' : addressKey([from]),
  recipients_key: addressKey(to),
  user,
  ip,
  subject,
  subject_key: subject === null ? null : foldedSubject(subject),
  message_id: messageId,
  check_id: check,
  because,
  measure,
  incident,
  virus: virus ? 1 : 0,
  release: release === null ? null : JSON.stringify(release),
  discarded_by: discarded?.by ?? null,
});

/** As it is known. */
export function fromRow(row: QuarantineRow, seal: RowSeal): HeldRecord {
  const { id, reference, state, queued_at: queuedAt, expires_at: expiresAt, size } = row;
  const clear = { id, reference, state, queuedAt, expiresAt, size, refused: row.refused === 1 };
  if (row.sealed === null) return { ...clear, ...clearPart(row), unreadable: null };
  const text = row.sealed === '' ? null : seal.open(id, row.sealed);
  if (text !== null) return { ...clear, ...nothingKnown, ...(JSON.parse(text) as Partial<Hidden>), unreadable: null }; // toRow wrote it, perhaps an older one
  const discarded = row.discarded_at === null ? null : { at: row.discarded_at, by: '' };
  return { ...clear, ...nothingKnown, discarded, unreadable: row.because === '' ? shut : row.because };
}

const clearPart = (row: QuarantineRow): Hidden => ({
  from: row.sender,
  to: JSON.parse(row.recipients) as string[], // toRow wrote it
  user: row.user,
  ip: row.ip,
  subject: row.subject,
  messageId: row.message_id,
  check: row.check_id,
  because: row.because,
  measure: row.measure,
  incident: row.incident,
  virus: row.virus === 1,
  release: row.release === null ? null : (JSON.parse(row.release) as ReleaseNote), // as above
  discarded: row.discarded_at === null ? null : { at: row.discarded_at, by: row.discarded_by ?? '' },
});
