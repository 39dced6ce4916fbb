// A log of small records that must outlive a crash: appended and synced in groups, rewritten without the dead ones at start and
// whenever it has doubled.
// Each door writes its own file and reads those of all; nobody else needs a lock.
import { mkdir, open, readdir, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

export interface FinalsLog<T> {
  /** Resolves to whether the record is on the disk. Never rejects. */
  append(record: T): Promise<boolean>;
  close(): Promise<void>;
}

const suffix = '.jsonl';
/** Records waiting for the disk at most; beyond it they are kept in memory only, which `append` tells. */
const waitingLimit = 10_000;

/** A log under this many bytes is not worth rewriting: a few thousand records. */
const smallBytes = 1024 ** 2;

/** What a log must know of its records. */
export interface FinalsLogOptions<T> {
  readonly dir: string;
  readonly name: string;
  isAlive(raw: unknown): raw is T;
  /** Of records with the same key only the last counts. */
  keyOf(record: T): string;
  /** Keys kept at a rewriting; the newest stay. */
  readonly capacity: number;
  /** Default 1 MiB. */
  readonly rewriteFromBytes?: number;
}

/** Opens the log of `name`: gives every record that any door has written and that `isAlive`, then starts a new file with its own. */
export async function openFinalsLog<T>(options: FinalsLogOptions<T>): Promise<{ readonly records: readonly T[]; readonly log: FinalsLog<T> }> {
  const { dir, name, isAlive } = options;
  await mkdir(dir, { recursive: true, mode: 0o750 });
  const own = join(dir, `${name}${suffix}`);
  const records: T[] = [];
  for (const file of (await readdir(dir)).filter((entry) => entry.endsWith(suffix))) {
    const path = join(dir, file);
    // Files of other doors are left alone, also where all in them is over: that door may have it open.
    for await (const record of recordsIn(path)) if (isAlive(record)) records.push(record);
  }
  const fresh = await rewritten(own, options);
  await putInPlace(own, dir);
  return { records, log: new AppendLog<T>(fresh, { ...options, path: own }) };
}

/** The last line may be torn by a crash: what is no JSON is left out. */
async function* recordsIn(path: string): AsyncGenerator {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return;
  for await (const line of file.readLines()) {
    const record = recordOf(line);
    if (record !== null) yield record;
  }
}

function recordOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** A log file open for appending. */
interface OpenFile {
  readonly handle: FileHandle;
  readonly bytes: number;
}

const freshName = (path: string): string => `${path}.new`;

/** Writes what still counts beside the log, on the disk when this resolves. */
async function rewritten<T>(path: string, { isAlive, keyOf, capacity }: FinalsLogOptions<T>): Promise<OpenFile> {
  const last = new Map<string, T>();
  for await (const record of recordsIn(path)) {
    if (!isAlive(record)) continue;
    last.delete(keyOf(record)); // in the order of the last ones
    last.set(keyOf(record), record);
  }
  const handle = await open(freshName(path), 'w', 0o640);
  try {
    const text = [...last.values()]
      .slice(-capacity)
      .map((record) => `${JSON.stringify(record)}\n`)
      .join('');
    await handle.writeFile(text);
    await handle.sync();
    return { handle, bytes: Buffer.byteLength(text) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Replaces the log by what was rewritten. */
async function putInPlace(path: string, dir: string): Promise<void> {
  await rename(freshName(path), path);
  // The name must be on the disk as well, or a crash loses the whole file.
  const directory = await open(dir, 'r');
  await directory.sync();
  await directory.close();
}

class AppendLog<T> implements FinalsLog<T> {
  readonly #options: FinalsLogOptions<T> & { readonly path: string };
  #handle: FileHandle;
  #bytes: number;
  /** It is rewritten when it has grown to this. */
  #rewriteAt: number;
  #waiting: { readonly line: string; readonly done: (written: boolean) => void }[] = [];
  #working: Promise<void> | null = null;
  /** After a failed sync the kernel may have dropped what we wrote: nothing later on this file is believed. */
  #poisoned = false;

  constructor({ handle, bytes }: OpenFile, options: FinalsLogOptions<T> & { readonly path: string }) {
    this.#options = options;
    this.#handle = handle;
    this.#bytes = bytes;
    this.#rewriteAt = this.#twice(bytes);
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
      if (this.#bytes > this.#rewriteAt && !this.#poisoned) await this.#rewrite();
    }
    this.#working = null;
  }

  async #write(text: string): Promise<boolean> {
    try {
      await this.#handle.appendFile(text);
      await this.#handle.datasync();
      this.#bytes += Buffer.byteLength(text);
      return true;
    } catch {
      this.#poisoned = true;
      return false;
    }
  }

  #twice(bytes: number): number {
    return Math.max(this.#options.rewriteFromBytes ?? smallBytes, 2 * bytes);
  }

  /** Without what is over. Nothing is appended meanwhile; where there is no room for it the log goes on as it is. */
  async #rewrite(): Promise<void> {
    const { path, dir } = this.#options;
    const fresh = await rewritten(path, this.#options).catch(() => null);
    this.#rewriteAt = this.#twice(fresh?.bytes ?? this.#bytes);
    if (fresh === null) return;
    const old = this.#handle;
    this.#handle = fresh.handle;
    this.#bytes = fresh.bytes;
    await old.close().catch(() => {});
    // Whether the name is on the disk is not known then: what comes would be promised in vain.
    await putInPlace(path, dir).catch(() => void (this.#poisoned = true));
  }
}
