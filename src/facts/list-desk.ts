// What an operator can ask of the lists and do to them while mail flows: the commands behind `floodgate list` and /api/v1/lists.
import { z } from '../lib/zod.ts';
import type { Recorder } from '../model/events.ts';
import type { ListEntryRepository, StoredListEntry } from '../store/list-entries.ts';
import { listKinds, parseEntry } from './list-entry.ts';
import type { ListKeeper, ListStatus } from './list-keeper.ts';

/** An entry as shown; times are ISO 8601 UTC with milliseconds, `expiresAt` null: for good. */
export interface ShownEntry extends Omit<StoredListEntry, 'createdAt' | 'expiresAt'> {
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

export interface ListsShown {
  /** Lists kept in files. */
  readonly lists: readonly ListStatus[];
  /** Entries kept in the database. */
  readonly entries: readonly ShownEntry[];
}

/** `error` is one sentence for the operator. */
export type DeskAnswer<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly error: string };

export interface ListDesk {
  show(): Promise<ListsShown>;
  /** Adds an entry, or changes the one that is there; in force when the promise resolves. `by` names who asked. */
  add(raw: unknown, by: string): Promise<DeskAnswer<{ readonly entry: ShownEntry }>>;
  remove(raw: unknown, by: string): Promise<DeskAnswer<{ readonly removed: number }>>;
}

export interface ListDeskParts {
  readonly repository: ListEntryRepository;
  readonly keeper: Pick<ListKeeper, 'refresh' | 'status'>;
  readonly record: Recorder;
  now(): number;
}

/** Where entries go that name no list. */
const usualList = 'operator';
/** Entries in the database at most; larger lists belong into files, which load faster and can be generated. */
const maxEntries = 100_000;

const listName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'is written in lower-case letters, digits and -');
const entryText = z.string().min(1).max(320);
const matches = z.enum(listKinds, `is one of ${listKinds.join(', ')}`);
const actions = ['accept', 'observe', 'tag', 'delay', 'quarantine', 'discard', 'defer', 'reject', 'refuse-at-banner'] as const;

/** The body of POST /api/v1/lists/entries. */
export const entryToAdd = z.strictObject({
  list: listName.default(usualList),
  matches,
  entry: entryText,
  action: z.enum(actions, `is one of ${actions.join(', ')}`).default('reject'),
  reason: z.string().max(200).nullable().default(null),
  expiresAt: z.iso.datetime('is a time like 2026-09-01T06:00:00Z').nullable().default(null),
});

/** The body of DELETE /api/v1/lists/entries. */
export const entryToRemove = z.strictObject({ entry: entryText, list: listName.optional(), matches: matches.optional() });

export function createListDesk({ repository, keeper, record, now }: ListDeskParts): ListDesk {
  return {
    show: async () => ({ lists: keeper.status(), entries: (await repository.inForce(now())).map(shown) }),
    add: async (raw, by) => {
      const read = entryToAdd.safeParse(raw);
      if (!read.success) return { ok: false, error: firstProblem(read.error) };
      const { data } = read;
      const parsed = parseEntry(data.matches, data.entry);
      if ('wrong' in parsed) return { ok: false, error: `"${data.entry}" ${parsed.wrong}` };
      const expiresAt = data.expiresAt === null ? null : Date.parse(data.expiresAt);
      if (expiresAt !== null && expiresAt <= now()) return { ok: false, error: `${data.expiresAt} is over already` };
      const before = await repository.inForce(now());
      if (before.length >= maxEntries)
        return { ok: false, error: `there are ${before.length} entries; keep larger lists in files (lists: in the configuration)` };
      const entry: StoredListEntry = { ...data, entry: parsed.entry, expiresAt, by, createdAt: now() };
      await repository.add(entry);
      await keeper.refresh();
      await tell(entry.list, by, `${entry.action} ${entry.matches} ${entry.entry}`);
      return { ok: true, entry: shown(entry) };
    },
    remove: async (raw, by) => {
      const read = entryToRemove.safeParse(raw);
      if (!read.success) return { ok: false, error: firstProblem(read.error) };
      const { data } = read;
      let removed = 0;
      for (const entry of possibleForms(data.entry)) removed += await repository.remove({ ...data, entry });
      if (removed === 0) return { ok: false, error: `"${data.entry}" is in no list of the database; entries of files are removed in the file` };
      await keeper.refresh();
      await tell(data.list ?? usualList, by, `removed ${data.entry}`);
      return { ok: true, removed };
    },
  };

  async function tell(list: string, by: string, what: string): Promise<void> {
    const entries = await repository.inForce(now());
    record({ type: 'list-changed', list, entries: entries.filter((entry) => entry.list === list).length, by, what });
  }
}

/** How the entry may be kept: an operator removes it as he wrote it, not as we store it. */
const possibleForms = (raw: string): ReadonlySet<string> =>
  new Set(
    listKinds.flatMap((kind) => {
      const parsed = parseEntry(kind, raw);
      return 'entry' in parsed ? [parsed.entry] : [];
    }),
  );

const shown = ({ createdAt, expiresAt, ...same }: StoredListEntry): ShownEntry => ({
  ...same,
  createdAt: new Date(createdAt).toISOString(),
  expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
});

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined
    ? 'not understood'
    : issue.code === 'unrecognized_keys'
      ? issue.message
      : `${issue.path.join('.') || 'the request'} ${issue.message}`;
}
