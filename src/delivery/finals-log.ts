// A log of small records that must outlive a crash: appended and synced in groups, rewritten without the dead ones at start.
// Each door writes its own file and reads those of all; nobody else needs a lock.
import { mkdir, open, readdir, readFile, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

export interface FinalsLog<T> {
  /** Resolves to whether the record is on the disk. Never rejects. */
  append(record: T): Promise<boolean>;
  close(): Promise<void>;
}

const suffix = '.jsonl';
/** Records waiting for the disk at most; beyond it they are kept in memory only, which `append` tells. */
const waitingLimit = 10_000;

/** Opens the log of `name`: gives every record that any door has written and that `isAlive`, then starts a new file with its own. */
export async function openFinalsLog<T>({
  dir,
  name,
  isAlive,
}: {
  readonly dir: string;
  readonly name: string;
  isAlive(raw: unknown): raw is T;
}): Promise<{ readonly records: readonly T[]; readonly log: FinalsLog<T> }> {
  await mkdir(dir, { recursive: true, mode: 0o750 });
  const own = join(dir, `${name}${suffix}`);
  const records: T[] = [];
  let mine: readonly T[] = [];
  for (const file of (await readdir(dir)).filter((entry) => entry.endsWith(suffix))) {
    const path = join(dir, file);
    const alive = (await readRecords(path)).filter(isAlive);
    records.push(...alive);
    // Files of other doors are left alone, also where all in them is over: that door may have it open.
    if (path === own) mine = alive;
  }
  const handle = await rewrite(dir, own, mine);
  return { records, log: new AppendLog<T>(handle) };
}

/** The last line may be torn by a crash: what is no JSON is left out. */
async function readRecords(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line): unknown[] => {
    try {
      return line === '' ? [] : [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

async function rewrite(dir: string, path: string, records: readonly unknown[]): Promise<FileHandle> {
  const fresh = `${path}.new`;
  const handle = await open(fresh, 'w', 0o640);
  await handle.writeFile(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  await handle.sync();
  await rename(fresh, path);
  // The name must be on the disk as well, or a crash loses the whole file.
  const directory = await open(dir, 'r');
  await directory.sync();
  await directory.close();
  return handle;
}

class AppendLog<T> implements FinalsLog<T> {
  readonly #handle: FileHandle;
  #waiting: { readonly line: string; readonly done: (written: boolean) => void }[] = [];
  #working: Promise<void> | null = null;
  /** After a failed sync the kernel may have dropped what we wrote: nothing later on this file is believed. */
  #poisoned = false;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  append(record: T): Promise<boolean> {
    if (this.#poisoned || this.#waiting.length >= waitingLimit) return Promise.resolve(false);
    return new Promise((done) => {
      this.#waiting.push({ line: `${JSON.stringify(record)}\n`, done });
      this.#working ??= this.#work();
    });
  }

  async close(): Promise<void> {
    await this.#working;
    this.#poisoned = true;
    await this.#handle.close();
  }

  /** All that came while one sync was under way goes with the next. */
  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      const written = !this.#poisoned && (await this.#write(group.map(({ line }) => line).join('')));
      for (const { done } of group) done(written);
    }
    this.#working = null;
  }

  async #write(text: string): Promise<boolean> {
    try {
      await this.#handle.appendFile(text);
      await this.#handle.datasync();
      return true;
    } catch {
      this.#poisoned = true;
      return false;
    }
  }
}
