// The index of held mail in the database: what can be searched. The truth is in the folders; a lost row is read from them again.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { incidentIdOf } from '../model/incident.ts';
import type { HeldRecord, HeldState } from '../model/quarantine.ts';
import { addressNeedle, asksForPrivate, fitsPrivate, foldedSubject, lowerAscii, virusCheck, type HeldFilter } from './held-filter.ts';
import { fromRow, noSeal, toRow, type RowSeal } from './held-row.ts';
import type { ExpressionBuilder, Queries } from './open.ts';
import type { Tables } from './tables.ts';

export type { HeldFilter } from './held-filter.ts';

/** Some of the rows, in the order of their ids, which is that of their sessions' begins. */
export interface HeldPage {
  readonly state: HeldState;
  /** Only ids behind this one. */
  readonly after: string | null;
  readonly limit: number;
}

/** How much there is of something. */
export interface HeldTotals {
  readonly messages: number;
  readonly bytes: number;
}

/** How much there is in a state, of mail or of copies of what was refused. */
export interface HeldSum extends HeldTotals {
  readonly state: HeldState;
  readonly refused: boolean;
}

/** A row as far as it must agree with the folders. */
export interface HeldMark extends Pick<HeldRecord, 'id' | 'state'> {
  readonly isUnderWay: boolean;
  /** What it tells of its message can be read. */
  readonly isOpen: boolean;
}

export interface QuarantineRepository {
  /** Adds it, or changes the one that is there. */
  save(record: HeldRecord): Promise<void>;
  /** The same for many, in one transaction. */
  saveAll(records: readonly HeldRecord[]): Promise<void>;
  remove(id: string): Promise<void>;
  find(id: string): Promise<HeldRecord | null>;
  select(filter: HeldFilter, page: HeldPage): Promise<readonly HeldRecord[]>;
  /** Every row. */
  all(): Promise<readonly HeldMark[]>;
  /** Held ones that expired, and discarded ones that were so before `discardedBefore`; ms since the epoch. What cannot be opened does not expire. */
  ended(now: number, discardedBefore: number, limit: number): Promise<readonly HeldRecord[]>;
  sums(): Promise<readonly HeldSum[]>;
}

type Where = ExpressionBuilder<Tables, 'quarantine_items'>;

/** Sealed rows looked at in one go: the database cannot search them. */
const rowsAtOnce = 500;

export function createQuarantineIndex(queries: Queries, seal: RowSeal = noSeal): QuarantineRepository {
  const rows = () => queries.selectFrom('quarantine_items').selectAll();
  return {
    save: (record) => saveRow(queries, record, seal),
    saveAll: async (records) => {
      await queries.transaction().execute(async (transaction) => {
        for (const record of records) await saveRow(transaction, record, seal);
      });
    },
    remove: async (id) => {
      await queries.deleteFrom('quarantine_items').where('id', '=', id).execute();
    },
    find: async (id) => {
      const row = await rows().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromRow(row, seal);
    },
    select: (filter, page) => selectRows(queries, filter, page, seal),
    all: async () => {
      const every = await queries.selectFrom('quarantine_items').select(['id', 'state', 'under_way', 'key_id', 'sealed']).execute();
      const opens = keyTrial(seal);
      return every.map((row) => ({ id: row.id, state: row.state, isUnderWay: row.under_way === 1, isOpen: row.sealed === null || opens(row) }));
    },
    ended: async (now, discardedBefore, limit) => {
      const over = rows()
        .where((where) => where.or([where('sealed', 'is', null), where('sealed', '<>', '')]))
        .where((where) =>
          where.or([
            where.and([where('state', '=', 'held'), where('expires_at', '<=', now)]),
            where.and([where('state', '=', 'trash'), where('discarded_at', '<=', discardedBefore)]),
          ]),
        );
      return (await over.limit(limit).execute()).map((row) => fromRow(row, seal)).filter(({ unreadable }) => unreadable === null);
    },
    sums: async () => {
      const found = await queries
        .selectFrom('quarantine_items')
        .select((select) => ['state', 'refused', select.fn.countAll<number>().as('messages'), select.fn.sum<number>('size').as('bytes')])
        .groupBy(['state', 'refused'])
        .execute();
      return found.map((sum) => ({ ...sum, refused: sum.refused === 1 }));
    },
  };
}

async function selectRows(queries: Queries, filter: HeldFilter, { state, after, limit }: HeldPage, seal: RowSeal): Promise<readonly HeldRecord[]> {
  const found: HeldRecord[] = [];
  const isPrivate = asksForPrivate(filter);
  const atOnce = isPrivate ? Math.max(limit, rowsAtOnce) : limit;
  for (let behind = after ?? ''; ;) {
    const page = queries
      .selectFrom('quarantine_items')
      .selectAll()
      .where('state', '=', state)
      .where('id', '>', behind)
      .where((where) => where.and(conditionsOf(where, filter)));
    const rows = await page.orderBy('id').limit(atOnce).execute();
    for (const row of rows) {
      const record = fromRow(row, seal);
      if (row.sealed === null || !isPrivate || (record.unreadable === null && fitsPrivate(record, filter))) found.push(record);
      if (found.length === limit) return found;
    }
    if (rows.length < atOnce) return found;
    behind = rows.at(-1)?.id ?? '';
    await nextTurn(); // whoever else wants something of the keeper is served between
  }
}

/** Whether a sealed row can be opened: tried once a key, which is what it hangs on. */
function keyTrial(seal: RowSeal): (row: { readonly id: string; readonly key_id: string | null; readonly sealed: string | null }) => boolean {
  const known = new Map<string, boolean>();
  return ({ id, key_id: keyId, sealed }) => {
    if (sealed === null || sealed === '' || keyId === null) return false;
    const before = known.get(keyId);
    if (before !== undefined) return before;
    const opens = seal.open(id, sealed) !== null;
    known.set(keyId, opens);
    return opens;
  };
}

async function saveRow(queries: Queries, record: HeldRecord, seal: RowSeal): Promise<void> {
  const row = toRow(record, seal);
  await queries
    .insertInto('quarantine_items')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** What the database can say of a row; of a sealed one the rest is for us to say. */
function conditionsOf(where: Where, filter: HeldFilter) {
  const { ids, since, before, largerThan, smallerThan, refused } = filter;
  return [
    where('refused', '=', refused === true ? 1 : 0),
    ...(ids === undefined ? [] : [where('id', 'in', ids)]),
    ...(since === undefined ? [] : [where('queued_at', '>=', since)]),
    ...(before === undefined ? [] : [where('queued_at', '<', before)]),
    ...(largerThan === undefined ? [] : [where('size', '>', largerThan)]),
    ...(smallerThan === undefined ? [] : [where('size', '<', smallerThan)]),
    ...(asksForPrivate(filter) ? [where.or([where('sealed', 'is not', null), where.and(privateConditionsOf(where, filter))])] : []),
  ];
}

function privateConditionsOf(where: Where, { sender, recipient, user, check, measure, incident, reason, subject }: HeldFilter) {
  const holds = (column: 'sender_key' | 'recipients_key', text: string) => where(where.fn('instr', [column, where.val(text)]), '>', 0);
  const inReason = (text: string) => where(where.fn('instr', [where.fn('lower', ['because']), where.val(lowerAscii(text))]), '>', 0);
  // Rows of before 0007 have no key.
  const inSubject = (text: string) =>
    where(where.fn('instr', [where.fn.coalesce('subject_key', where.fn('lower', ['subject'])), where.val(foldedSubject(text))]), '>', 0);
  return [
    ...(sender === undefined ? [] : [holds('sender_key', addressNeedle(sender))]),
    ...(recipient === undefined ? [] : [holds('recipients_key', addressNeedle(recipient))]),
    ...(user === undefined ? [] : [where('user', '=', user)]),
    ...(check === undefined ? [] : [check === virusCheck ? where.or([where('check_id', '=', check), where('virus', '=', 1)]) : where('check_id', '=', check)]),
    ...(measure === undefined ? [] : [where('measure', '=', measure)]),
    // A measure that a person added may have brought it as it was written.
    ...(incident === undefined
      ? []
      : [where(where.fn('replace', [where.fn('lower', ['incident']), where.val('fg-'), where.val('i-')]), '=', incidentIdOf(incident))]),
    ...(reason === undefined ? [] : [inReason(reason)]),
    ...(subject === undefined ? [] : [inSubject(subject)]),
  ];
}
