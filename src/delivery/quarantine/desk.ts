// What an operator can ask of held mail and do with it: the commands behind `floodgate quarantine` and /api/v1/quarantine. One by one by
// id, or in bulk by what messages have in common; in portions, so that no request takes for ever.
import { z } from '../../lib/zod.ts';
import type { HeldRecord, HeldState, ReleaseNote } from '../../model/quarantine.ts';
import { virusCheck } from '../../store/held-filter.ts';
import type { HeldTotals } from '../../store/quarantine.ts';
import { countSelected, isNarrow, selection, type Selection, selectPortion } from './held-selection.ts';
import { isItemId } from './item-folder.ts';
import type { Preview } from './preview.ts';
import type { Handled, Quarantine } from './quarantine.ts';
import type { QuarantineTotals } from './totals.ts';

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
  /** A copy of mail that its sender was told is refused. */
  readonly refused: boolean;
  /** Why it cannot be opened; null where it can. */
  readonly unreadable: string | null;
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

/** What a command would be done to; nothing was done. */
export interface MeantCount extends HeldTotals {
  readonly ok: true;
  readonly dryRun: true;
}

type Refused = { readonly ok: false; readonly error: string };
export type QuarantineVerb = 'release' | 'discard' | 'restore';

export interface QuarantineDesk {
  /** A portion of what fits, in the order in which their sessions began. */
  list(raw: unknown): Promise<({ readonly ok: true } & HeldList) | Refused>;
  find(id: string): Promise<ShownHeld | null>;
  /** Null where there is no such message. */
  preview(id: string): Promise<Preview | null>;
  /** A portion of what fits, or with `dryRun` the number of all that do; `by` names who asked. */
  act(verb: QuarantineVerb, raw: unknown, by: string): Promise<HandledList | MeantCount | Refused>;
  totals(): QuarantineTotals;
}

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
  ids: z.array(z.string().max(100)).min(1).max(maxListed).optional(),
  select: selection.optional(),
  /** Everything there is: an empty selection alone is more likely a mistake. */
  all: z.boolean().default(false),
  /** Only counts. */
  dryRun: z.boolean().default(false),
  after: id.optional(),
});

type Desked = Pick<Quarantine, 'find' | 'select' | 'preview' | 'release' | 'discard' | 'restore' | 'totals'>;

/** `knowsIncident` says whether there is or was such an incident: of a wrong one nothing would fit, and a person would take that for the answer. */
export function createQuarantineDesk(quarantine: Desked, knowsIncident: (name: string) => Promise<boolean>): QuarantineDesk {
  const strangeIncident = async ({ incident }: Selection): Promise<Refused | null> =>
    incident === undefined || (await knowsIncident(incident)) ? null : refused(`there is no incident ${incident}`);
  return {
    list: async (raw) => {
      const read = listToRead.safeParse(raw);
      if (!read.success) return refused(firstProblem(read.error));
      const { state, after, limit, ...select } = read.data;
      const strange = await strangeIncident(select);
      if (strange !== null) return strange;
      const { records, next } = await selectPortion(quarantine, { select, state, after: after ?? null, limit });
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
      const { ids, select = {}, all, after, dryRun } = read.data;
      const unknown = await strangeIncident(select);
      if (unknown !== null) return unknown;
      const strange = ids?.find((each) => !isItemId(each));
      if (strange !== undefined) return refused(`${strange} is no id of a held message; nothing was done`);
      if (ids === undefined && !isNarrow(select) && !all) return refused('nothing is selected: name ids, say what they have in common, or say all');
      const state = verb === 'restore' ? 'trash' : 'held';
      if (dryRun) return { ok: true, dryRun, ...(ids === undefined ? await countSelected(quarantine, select, state) : await countIds(quarantine, ids, state)) };
      if (ids !== undefined) return actOnIds(quarantine, verb, ids, after ?? null, by);
      const { records, next } = await selectPortion(quarantine, { select, state, after: after ?? null, limit: portion[verb] });
      const results: HandledItem[] = [];
      for (const record of records) results.push(resultOf(record.id, await quarantine[verb](record.id, by)));
      return { ok: true, results, next };
    },
    totals: () => quarantine.totals(),
  };
}

async function countIds(quarantine: Pick<Quarantine, 'find'>, ids: readonly string[], state: HeldState): Promise<HeldTotals> {
  let [messages, bytes] = [0, 0];
  for (const each of new Set(ids)) {
    const record = await quarantine.find(each);
    if (record?.state !== state || record.unreadable !== null) continue;
    messages += 1;
    bytes += record.size;
  }
  return { messages, bytes };
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

/** A row as every list of queues shows it. */
export function shownHeld({ queuedAt, expiresAt, because, release, discarded, ...record }: HeldRecord): ShownHeld {
  const { id: itemId, reference, from, to, size, incident, state, check, measure, user, ip, subject, messageId, unreadable } = record;
  return {
    id: itemId,
    store: 'quarantine',
    reference,
    queuedAt: iso(queuedAt),
    from,
    to,
    size,
    reason: unreadable === null ? `${check}: ${because}${besides(record)}` : `cannot be opened: ${unreadable}`,
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
    refused: record.refused,
    unreadable,
  };
}

/** Who releases what a rule held must see that there is more to it. */
const besides = ({ virus, check }: Pick<HeldRecord, 'virus' | 'check'>): string => (virus && check !== virusCheck ? '; and a virus was found in it' : '');

const iso = (ms: number): string => new Date(ms).toISOString();
const refused = (error: string): Refused => ({ ok: false, error });

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'not understood' : `${issue.path.join('.') || 'the request'} ${issue.message}`;
}
