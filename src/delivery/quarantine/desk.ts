// What an operator can ask of held mail and do with it: the commands behind `floodgate quarantine` and /api/v1/quarantine. One by one by
// id, or in bulk by what messages have in common; in portions, so that no request takes for ever.
import { parseCidr } from '../../lib/ip.ts';
import { PrefixSet } from '../../lib/prefix-set.ts';
import { z } from '../../lib/zod.ts';
import type { HeldRecord, HeldState, ReleaseNote } from '../../model/quarantine.ts';
import type { HeldFilter, HeldTotals } from '../../store/quarantine.ts';
import { isItemId } from './item-folder.ts';
import type { Preview } from './preview.ts';
import type { Handled, Quarantine } from './quarantine.ts';

/** A held message as shown; times are ISO 8601 UTC with milliseconds. The first fields are those of every queue. */
export interface ShownHeld {
  readonly id: string;
  readonly store: 'quarantine';
  readonly reference: string;
  readonly queuedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly size: number;
  /** Check and reason in words. */
  readonly reason: string;
  readonly incident: string | null;
  readonly state: HeldState;
  readonly expiresAt: string;
  readonly check: string;
  readonly measure: string | null;
  readonly user: string | null;
  readonly ip: string;
  readonly subject: string | null;
  readonly messageId: string | null;
  /** How the last attempt to release it went; null where there was none. */
  readonly release: (Omit<ReleaseNote, 'at'> & { readonly at: string }) | null;
  readonly discarded: { readonly at: string; readonly by: string } | null;
}

export interface HeldList {
  readonly items: readonly ShownHeld[];
  /** The next portion begins behind this id; null: that was all. */
  readonly next: string | null;
}

/** What was done to one message. */
export type HandledItem = { readonly id: string; readonly ok: true } | { readonly id: string; readonly ok: false; readonly error: string };

/** A portion of a bulk command. */
export interface HandledList {
  readonly ok: true;
  readonly results: readonly HandledItem[];
  readonly next: string | null;
}

type Refused = { readonly ok: false; readonly error: string };
export type QuarantineVerb = 'release' | 'discard' | 'restore';

export interface QuarantineDesk {
  /** A portion of what fits, in the order in which their sessions began. */
  list(raw: unknown): Promise<({ readonly ok: true } & HeldList) | Refused>;
  find(id: string): Promise<ShownHeld | null>;
  /** Null where there is no such message. */
  preview(id: string): Promise<Preview | null>;
  /** A portion of what fits; `by` names who asked. */
  act(verb: QuarantineVerb, raw: unknown, by: string): Promise<HandledList | Refused>;
  totals(): Readonly<Record<HeldState, HeldTotals>>;
}

const text = z.string().min(1).max(320);
/** What messages may have in common; all that is given must fit. */
const selection = z.strictObject({
  sender: text.optional(),
  recipient: text.optional(),
  user: text.optional(),
  client: text.refine((raw) => parseCidr(raw) !== null, 'is no address or network').optional(),
  check: text.optional(),
  measure: text.optional(),
  incident: text.optional(),
  reason: text.optional(),
  subject: text.optional(),
});
const id = z.string().refine(isItemId, 'is no id of a held message');

/** Messages in one portion of a list, and of what is done. A release waits for the next hop. */
const maxListed = 1000;
const portion: Readonly<Record<QuarantineVerb, number>> = { release: 10, discard: 200, restore: 200 };

const listToRead = selection.extend({
  state: z.enum(['held', 'trash'], 'is held or trash').default('held'),
  after: id.optional(),
  limit: z.coerce.number().int().min(1).max(maxListed).default(100),
});
/** The body of POST /api/v1/quarantine/release, discard and restore. */
const actToRead = z.strictObject({
  ids: z.array(id).min(1).max(maxListed).optional(),
  select: selection.optional(),
  /** Everything there is: an empty selection alone is more likely a mistake. */
  all: z.boolean().default(false),
  after: id.optional(),
});

export function createQuarantineDesk(
  quarantine: Pick<Quarantine, 'find' | 'select' | 'preview' | 'release' | 'discard' | 'restore' | 'totals'>,
): QuarantineDesk {
  const portionOf = (wanted: Wanted) => selectPortion(quarantine, wanted);
  return {
    list: async (raw) => {
      const read = listToRead.safeParse(raw);
      if (!read.success) return refused(firstProblem(read.error));
      const { state, after, limit, ...select } = read.data;
      const { records, next } = await portionOf({ ...filterOf(select), state, after: after ?? null, limit });
      return { ok: true, items: records.map(shownHeld), next };
    },
    find: async (given) => {
      const record = isItemId(given) ? await quarantine.find(given) : null;
      return record === null ? null : shownHeld(record);
    },
    preview: async (given) => (isItemId(given) ? quarantine.preview(given) : null),
    act: async (verb, raw, by) => {
      const read = actToRead.safeParse(raw);
      if (!read.success) return refused(firstProblem(read.error));
      const { ids, select, all, after } = read.data;
      const named = Object.values(select ?? {}).some((value) => value !== undefined);
      if (ids === undefined && !named && !all) return refused('nothing is selected: name ids, say what they have in common, or say all');
      if (ids !== undefined) return actOnIds(quarantine, verb, ids, after ?? null, by);
      const page = { state: verb === 'restore' ? ('trash' as const) : ('held' as const), after: after ?? null, limit: portion[verb] };
      const { records, next } = await portionOf({ ...filterOf(select ?? {}), ...page });
      const results: HandledItem[] = [];
      for (const record of records) results.push(resultOf(record.id, await quarantine[verb](record.id, by)));
      return { ok: true, results, next };
    },
    totals: () => quarantine.totals(),
  };
}

/** Those that were named, a portion of them, in the order of their ids. */
async function actOnIds(
  quarantine: Pick<Quarantine, QuarantineVerb>,
  verb: QuarantineVerb,
  ids: readonly string[],
  after: string | null,
  by: string,
): Promise<HandledList> {
  const waiting = [...new Set(ids)].toSorted().filter((each) => after === null || each > after);
  const now = waiting.slice(0, portion[verb]);
  const results: HandledItem[] = [];
  for (const each of now) results.push(resultOf(each, await quarantine[verb](each, by)));
  return { ok: true, results, next: waiting.length > now.length ? (now.at(-1) ?? null) : null };
}

const resultOf = (each: string, handled: Handled): HandledItem => (handled.ok ? { id: each, ok: true } : { id: each, ok: false, error: handled.error });

interface Wanted {
  readonly filter: HeldFilter;
  readonly clients: PrefixSet | null;
  readonly state: HeldState;
  readonly after: string | null;
  readonly limit: number;
}

/** Rows looked at in one go where networks must be compared, which the database cannot. */
const rowsAtOnce = 500;

async function selectPortion(
  quarantine: Pick<Quarantine, 'select'>,
  { filter, clients, state, after, limit }: Wanted,
): Promise<{ readonly records: readonly HeldRecord[]; readonly next: string | null }> {
  const records: HeldRecord[] = [];
  for (let behind = after; ;) {
    const rows = await quarantine.select(filter, { state, after: behind, limit: clients === null ? limit + 1 : rowsAtOnce });
    records.push(...(clients === null ? rows : rows.filter(({ ip }) => clients.has(ip))));
    if (records.length > limit) return { records: records.slice(0, limit), next: records[limit - 1]?.id ?? null };
    if (clients === null || rows.length < rowsAtOnce) return { records, next: null };
    behind = rows.at(-1)?.id ?? null;
  }
}

type Selection = z.output<typeof selection>;

function filterOf({ client, ...select }: Selection): Pick<Wanted, 'filter' | 'clients'> {
  const filter: HeldFilter = Object.fromEntries(Object.entries(select).filter(([, value]) => value !== undefined)); // the same fields, none undefined
  return { filter, clients: client === undefined ? null : PrefixSet.build([client]) };
}

/** A row as every list of queues shows it. */
export function shownHeld({ queuedAt, expiresAt, because, release, discarded, ...record }: HeldRecord): ShownHeld {
  const { id: itemId, reference, from, to, size, incident, state, check, measure, user, ip, subject, messageId } = record;
  return {
    id: itemId,
    store: 'quarantine',
    reference,
    queuedAt: iso(queuedAt),
    from,
    to,
    size,
    reason: `${check}: ${because}`,
    incident,
    state,
    expiresAt: iso(expiresAt),
    check,
    measure,
    user,
    ip,
    subject,
    messageId,
    release: release === null ? null : { ...release, at: iso(release.at) },
    discarded: discarded === null ? null : { by: discarded.by, at: iso(discarded.at) },
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
const refused = (error: string): Refused => ({ ok: false, error });

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'not understood' : `${issue.path.join('.') || 'the request'} ${issue.message}`;
}
