// The keeper's side of the operators' lists: reads the files of the configuration and the entries of the database, notices changes of
// both, and hands every new state to the doors. A file that cannot be used is reported, and what was read before stays in force.
import type { Recorder } from '../model/events.ts';
import type { ListEntryRepository, StoredListEntry } from '../store/list-entries.ts';
import type { ListEntry } from './list-entry.ts';
import { lookAt, parseListText, type ListConfig } from './list-file.ts';
import { compileLists, type ListsSnapshot } from './lists.ts';

export interface ListKeeperParts {
  readonly lists: readonly ListConfig[];
  readonly repository: Pick<ListEntryRepository, 'inForce' | 'removeExpired'>;
  readonly record: Recorder;
  onSnapshot(snapshot: ListsSnapshot): void;
  now(): number;
  /** What was in force under the configuration of before: stays where a list cannot be read now. */
  readonly before?: ListsRead;
}

/** What a keeper has read. */
export interface ListsRead {
  readonly files: readonly { readonly config: ListConfig; readonly entries: readonly ListEntry[] }[];
  readonly stored: readonly StoredListEntry[];
}

/** A list of the configuration as it is in force. */
export interface ListStatus {
  readonly list: string;
  readonly matches: ListConfig['matches'];
  readonly action: ListConfig['action'];
  readonly file: string;
  readonly entries: number;
  /** What is wrong with the file now; null when nothing is. */
  readonly trouble: string | null;
}

export interface ListKeeper {
  /** Reads everything, hands out the first snapshot and looks for changes every second. */
  start(): Promise<void>;
  /** One look at files and expiries; hands out a snapshot when something changed. Never rejects. */
  look(): Promise<void>;
  /** The database changed: read its entries again and hand out a snapshot. */
  refresh(): Promise<void>;
  status(): readonly ListStatus[];
  /** For the keeper of the next configuration. */
  read(): ListsRead;
  stop(): void;
}

/** Between two looks, in ms: a change is in force within two seconds (mission R6). Looking costs one stat a file. */
const lookEveryMs = 1000;

interface FileState {
  readonly config: ListConfig;
  identity: string;
  entries: readonly ListEntry[];
  trouble: string | null;
}

export function createListKeeper(parts: ListKeeperParts): ListKeeper {
  const files = parts.lists.map((config): FileState => ({ config, identity: '', entries: entriesOfBefore(config, parts.before), trouble: null }));
  let stored: readonly StoredListEntry[] = parts.before?.stored ?? [];
  let timer: NodeJS.Timeout | undefined;
  /** One look at a time: a slow disk must not let two of them mix. */
  let last = Promise.resolve();

  const readStored = async (): Promise<boolean> => {
    try {
      stored = await parts.repository.inForce(parts.now());
      return true;
    } catch (error) {
      parts.record({ type: 'list-broken', list: 'database', why: `the entries of before stay in force: ${String(error)}` });
      return false;
    }
  };
  const publish = (): void => parts.onSnapshot(compileLists([...files.flatMap(({ entries }) => entries), ...stored]));
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work).catch((error: unknown) => parts.record({ type: 'list-broken', list: 'all', why: String(error) }));
    return last;
  };
  const readChangedFiles = async (): Promise<boolean> => {
    let changed = false;
    for (const file of files) changed = (await readFileAgain(file, parts.record)) || changed;
    return changed;
  };
  const dropExpired = async (): Promise<boolean> => {
    const now = parts.now();
    if (!stored.some(({ expiresAt }) => expiresAt !== null && expiresAt <= now)) return false;
    await parts.repository.removeExpired(now);
    return readStored();
  };
  const look = (): Promise<void> =>
    inTurn(async () => {
      const filesChanged = await readChangedFiles();
      if ((await dropExpired()) || filesChanged) publish();
    });

  return {
    start: async () => {
      await inTurn(async () => {
        await readChangedFiles();
        await readStored();
        publish();
      });
      timer = setInterval(() => void look(), lookEveryMs);
      timer.unref();
    },
    look,
    refresh: () =>
      inTurn(async () => {
        if (await readStored()) publish();
      }),
    status: () =>
      files.map(({ config, entries, trouble }) => ({
        list: config.name,
        matches: config.matches,
        action: config.action,
        file: config.file,
        entries: entries.length,
        trouble,
      })),
    read: () => ({ files: files.map(({ config, entries }) => ({ config, entries })), stored }),
    stop: () => clearInterval(timer),
  };
}

/** What the same file gave before; its action may be another now. */
function entriesOfBefore({ name, file, matches, action }: ListConfig, before: ListsRead | undefined): readonly ListEntry[] {
  const old = before?.files.find(({ config }) => config.name === name && config.file === file && config.matches === matches);
  return old?.entries.map((entry) => ({ ...entry, action })) ?? [];
}

/** Resolves to true when other entries are in force than before. */
async function readFileAgain(state: FileState, record: Recorder): Promise<boolean> {
  const { config } = state;
  const found = await lookAt(config.file, state.identity);
  if (found.kind === 'same') return false;
  state.identity = found.identity;
  if (found.kind === 'trouble') return broken(state, found.why, record);
  const { entries, badLines, problems } = parseListText(found.text, config);
  // A file of another kind under this name, or half of one: rather the entries of before than none.
  if (badLines > entries.length)
    return broken(state, `${config.file}: ${badLines} lines are no entries (${problems.join('; ')}); the entries of before stay in force`, record);
  state.entries = entries;
  record({ type: 'list-changed', list: config.name, entries: entries.length, by: 'file', what: `${config.file} was read` });
  state.trouble = null;
  if (badLines > 0) broken(state, `${config.file}: ${badLines} lines are left out: ${problems.join('; ')}`, record);
  return true;
}

function broken(state: FileState, why: string, record: Recorder): false {
  state.trouble = why;
  record({ type: 'list-broken', list: state.config.name, why });
  return false;
}
