// Which held messages are meant: by what they have in common, read from a request, and the rows that fit, in portions.
import { parseCidr } from '../../lib/ip.ts';
import { PrefixSet } from '../../lib/prefix-set.ts';
import { z } from '../../lib/zod.ts';
import type { HeldRecord, HeldState } from '../../model/quarantine.ts';
import type { HeldFilter } from '../../store/held-filter.ts';
import type { HeldTotals } from '../../store/quarantine.ts';
import type { Quarantine } from './quarantine.ts';

const text = z.string().min(1).max(320);
const moment = z
  .string()
  .max(40)
  .transform((raw) => Date.parse(raw))
  .refine((ms) => !Number.isNaN(ms), 'is no time; write it like 2026-11-21T09:00:00Z');
const bytes = z.coerce.number().int().min(0);

/** What messages may have in common; all that is given must fit. Numbers and truth may be written as text, as in a query. */
export const selection = z.strictObject({
  sender: text.optional(),
  recipient: text.optional(),
  user: text.optional(),
  client: text.refine((raw) => parseCidr(raw) !== null, 'is no address or network').optional(),
  check: text.optional(),
  measure: text.optional(),
  incident: text.optional(),
  reason: text.optional(),
  subject: text.optional(),
  since: moment.optional(),
  before: moment.optional(),
  largerThan: bytes.optional(),
  smallerThan: bytes.optional(),
  refused: z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')], 'is true or false').optional(),
});
export type Selection = z.output<typeof selection>;

/** Whether it narrows anything down: no copies of refused mail is what holds anyway. */
export const isNarrow = (select: Selection): boolean =>
  Object.entries(select).some(([name, value]) => value !== undefined && !(name === 'refused' && value === false));

/** A portion that is wanted. */
export interface Wanted {
  readonly select: Selection;
  readonly state: HeldState;
  readonly after: string | null;
  readonly limit: number;
}

/** Rows looked at in one go where networks must be compared, which the database cannot. */
const rowsAtOnce = 500;

/** The rows that fit, and behind which id the next portion begins. */
export async function selectPortion(
  quarantine: Pick<Quarantine, 'select'>,
  { select, state, after, limit }: Wanted,
): Promise<{ readonly records: readonly HeldRecord[]; readonly next: string | null }> {
  const { client, ...rest } = select;
  const filter: HeldFilter = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)); // the same fields, none undefined
  const clients = client === undefined ? null : PrefixSet.build([client]);
  const records: HeldRecord[] = [];
  for (let behind = after; ;) {
    const rows = await quarantine.select(filter, { state, after: behind, limit: clients === null ? limit + 1 : rowsAtOnce });
    records.push(...(clients === null ? rows : rows.filter(({ ip }) => clients.has(ip))));
    if (records.length > limit) return { records: records.slice(0, limit), next: records[limit - 1]?.id ?? null };
    if (clients === null || rows.length < rowsAtOnce) return { records, next: null };
    behind = rows.at(-1)?.id ?? null;
  }
}

/** How much fits in all and can be opened. */
export async function countSelected(quarantine: Pick<Quarantine, 'select'>, select: Selection, state: HeldState): Promise<HeldTotals> {
  let [messages, size] = [0, 0];
  for (let after: string | null = null; ;) {
    const { records, next } = await selectPortion(quarantine, { select, state, after, limit: rowsAtOnce });
    // What cannot be opened stays, whatever is asked.
    const opened = records.filter(({ unreadable }) => unreadable === null);
    messages += opened.length;
    for (const record of opened) size += record.size;
    if (next === null) return { messages, bytes: size };
    after = next;
  }
}
