// The index of held mail in the database: what can be searched. The truth is in the folders; a lost row is read from them again.
import type { HeldRecord, HeldState, ReleaseNote } from '../model/quarantine.ts';
import type { ExpressionBuilder, Queries } from './open.ts';
import type { QuarantineRow, Tables } from './tables.ts';

/** What must fit; texts are compared without regard to case, except ids. */
export interface HeldFilter {
  readonly ids?: readonly string[];
  /** Address, `domain`, `.domain`, or `<>` for the null sender. */
  readonly sender?: string;
  readonly recipient?: string;
  readonly user?: string;
  readonly check?: string;
  readonly measure?: string;
  readonly incident?: string;
  /** Part of the text. */
  readonly reason?: string;
  readonly subject?: string;
}

/** Some of the rows, in the order of their ids, which is that of their sessions' begins. */
export interface HeldPage {
  readonly state: HeldState;
  /** Only ids behind this one. */
  readonly after: string | null;
  readonly limit: number;
}

/** How much there is in a state. */
export interface HeldTotals {
  readonly messages: number;
  readonly bytes: number;
}

export interface QuarantineRepository {
  /** Adds it, or changes the one that is there. */
  save(record: HeldRecord): Promise<void>;
  /** The same for many, in one transaction. */
  saveAll(records: readonly HeldRecord[]): Promise<void>;
  remove(id: string): Promise<void>;
  find(id: string): Promise<HeldRecord | null>;
  select(filter: HeldFilter, page: HeldPage): Promise<readonly HeldRecord[]>;
  /** Every row, as far as it must agree with the folders. */
  all(): Promise<readonly (Pick<HeldRecord, 'id' | 'state'> & { readonly isUnderWay: boolean })[]>;
  /** Held ones that expired, and discarded ones that were so before `discardedBefore`; ms since the epoch. */
  ended(now: number, discardedBefore: number, limit: number): Promise<readonly HeldRecord[]>;
  totals(): Promise<Readonly<Record<HeldState, HeldTotals>>>;
}

type Where = ExpressionBuilder<Tables, 'quarantine_items'>;

export function createQuarantineIndex(queries: Queries): QuarantineRepository {
  const rows = () => queries.selectFrom('quarantine_items').selectAll();
  return {
    save: (record) => saveRow(queries, record),
    saveAll: async (records) => {
      await queries.transaction().execute(async (transaction) => {
        for (const record of records) await saveRow(transaction, record);
      });
    },
    remove: async (id) => {
      await queries.deleteFrom('quarantine_items').where('id', '=', id).execute();
    },
    find: async (id) => {
      const row = await rows().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },
    select: async (filter, { state, after, limit }) => {
      const found = rows()
        .where('state', '=', state)
        .where('id', '>', after ?? '')
        .where((where) => where.and(conditionsOf(where, filter)));
      return (await found.orderBy('id').limit(limit).execute()).map(fromRow);
    },
    all: async () => {
      const every = await queries.selectFrom('quarantine_items').select(['id', 'state', 'release']).execute();
      return every.map(({ id, state, release }) => ({ id, state, isUnderWay: release !== null && noteOf(release).outcome === 'under-way' }));
    },
    ended: async (now, discardedBefore, limit) => {
      const over = rows().where((where) =>
        where.or([
          where.and([where('state', '=', 'held'), where('expires_at', '<=', now)]),
          where.and([where('state', '=', 'trash'), where('discarded_at', '<=', discardedBefore)]),
        ]),
      );
      return (await over.limit(limit).execute()).map(fromRow);
    },
    totals: async () => {
      const sums = await queries
        .selectFrom('quarantine_items')
        .select((select) => ['state', select.fn.countAll<number>().as('messages'), select.fn.sum<number>('size').as('bytes')])
        .groupBy('state')
        .execute();
      const of = (state: HeldState): HeldTotals => {
        const sum = sums.find((each) => each.state === state);
        return { messages: sum?.messages ?? 0, bytes: sum?.bytes ?? 0 };
      };
      return { held: of('held'), trash: of('trash') };
    },
  };
}

async function saveRow(queries: Queries, record: HeldRecord): Promise<void> {
  const row = toRow(record);
  await queries
    .insertInto('quarantine_items')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

function conditionsOf(where: Where, { ids, sender, recipient, user, check, measure, incident, reason, subject }: HeldFilter) {
  const holds = (column: 'sender_key' | 'recipients_key', text: string) => where(where.fn('instr', [column, where.val(text)]), '>', 0);
  const contains = (column: 'because' | 'subject', text: string) => where(where.fn('instr', [where.fn('lower', [column]), where.val(lower(text))]), '>', 0);
  return [
    ...(ids === undefined ? [] : [where('id', 'in', ids)]),
    ...(sender === undefined ? [] : [holds('sender_key', needleOf(sender))]),
    ...(recipient === undefined ? [] : [holds('recipients_key', needleOf(recipient))]),
    ...(user === undefined ? [] : [where('user', '=', user)]),
    ...(check === undefined ? [] : [where('check_id', '=', check)]),
    ...(measure === undefined ? [] : [where('measure', '=', measure)]),
    ...(incident === undefined ? [] : [where('incident', '=', incident)]),
    ...(reason === undefined ? [] : [contains('because', reason)]),
    ...(subject === undefined ? [] : [contains('subject', subject)]),
  ];
}

/** SQLite's lower() knows ASCII only: the other side must not know more. */
const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const keyOf = (addresses: readonly string[]): string => addresses.map((address) => `\n${lower(address)}\n`).join('');

/** What stands in a key where the address fits. */
function needleOf(pattern: string): string {
  const text = lower(pattern);
  if (text === '<>') return '\n\n';
  if (text.startsWith('.')) return `${text}\n`;
  return text.includes('@') ? `\n${text}\n` : `@${text}\n`;
}

const toRow = ({ queuedAt, expiresAt, from, to, messageId, check, release, discarded, ...same }: HeldRecord): QuarantineRow => ({
  ...same,
  queued_at: queuedAt,
  expires_at: expiresAt,
  sender: from,
  recipients: JSON.stringify(to),
  sender_key: keyOf([from]),
  recipients_key: keyOf(to),
  message_id: messageId,
  check_id: check,
  release: release === null ? null : JSON.stringify(release),
  discarded_at: discarded?.at ?? null,
  discarded_by: discarded?.by ?? null,
});

const noteOf = (json: string): ReleaseNote => JSON.parse(json) as ReleaseNote; // toRow wrote it

const fromRow = (row: QuarantineRow): HeldRecord => ({
  id: row.id,
  reference: row.reference,
  state: row.state,
  queuedAt: row.queued_at,
  expiresAt: row.expires_at,
  from: row.sender,
  to: JSON.parse(row.recipients) as string[], // toRow wrote it
  size: row.size,
  user: row.user,
  ip: row.ip,
  subject: row.subject,
  messageId: row.message_id,
  check: row.check_id,
  because: row.because,
  measure: row.measure,
  incident: row.incident,
  release: row.release === null ? null : noteOf(row.release),
  discarded: row.discarded_at === null ? null : { at: row.discarded_at, by: row.discarded_by ?? '' },
});
