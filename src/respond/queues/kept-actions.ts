// What was done to queues and can be undone for a day: a folder an action, in it what it meant (`steps.jsonl`, written before anything is done) and
// the files of removed messages, whole and on the disk before they leave their queue. Bounded; what is over is removed at the next command.
import { randomBytes } from 'node:crypto';
import { appendFile, lstat, mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeptFile, type QueueFile, type QueueItem, QueueTrouble, type StoreName } from './mail-queue.ts';
import { keepCopy, syncPath } from './put-file.ts';

export const queueVerbs = ['hold', 'discard', 'release'] as const;
export type QueueVerb = (typeof queueVerbs)[number];

/** Where the program of a store is, as the operator said; undo asks the same. */
export interface StorePlace {
  readonly store: StoreName;
  readonly program?: string;
  readonly config?: string;
}

/** An action as it stands on the disk; times in milliseconds since the epoch. */
export interface QueueAction {
  readonly format: 1;
  readonly id: string;
  readonly verb: QueueVerb;
  readonly at: number;
  /** Until then it can be undone. */
  readonly until: number;
  readonly by: string;
  /** What was selected, in words. */
  readonly about: string;
  readonly places: readonly StorePlace[];
  /** The measure that does the same in the gateway to what still arrives. */
  readonly measure: string | null;
}

/** A message an action is about. */
export interface Step {
  readonly store: StoreName;
  readonly id: string;
  readonly wasHeld: boolean;
}

/** A removed message as it is kept. */
export interface KeptMessage extends Step {
  readonly files: readonly KeptFile[];
  /** Under which name an undo that was cut off meant to bring it back. */
  readonly announced: string | null;
}

/** Milliseconds: what was done can be undone for a day. */
export const undoForMs = 24 * 3_600_000;
/** Octets that stay free on the disk. */
const spareBytes = 100 * 1024 * 1024;
/** What a message takes besides its octets: envelope, notes and the rest of a block each. */
const perMessageBytes = 16 * 1024;

const idPattern = /^q-[0-9a-f]{10}$/;
const actionFile = 'action.json';
const stepsFile = 'steps.jsonl';
const keptFile = 'kept.json';
const announcedFile = 'announced';

export class KeptActions {
  readonly #dir: string;
  readonly #roomBytes: number;

  /** `roomBytes`: kept messages of all actions together. */
  constructor(dir: string, roomBytes: number) {
    this.#dir = dir;
    this.#roomBytes = roomBytes;
  }

  get dir(): string {
    return this.#dir;
  }

  /** Rejects where so many octets more do not fit; nothing has been done then. */
  async requireRoom(messages: number, bytes: number): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    await requireOwn(this.#dir);
    const needed = bytes + messages * perMessageBytes;
    const used = await bytesBelow(this.#dir);
    if (used + needed > this.#roomBytes)
      throw new QueueTrouble(
        `to keep ${mib(needed)} for a day there is no room: ${mib(used)} of ${mib(this.#roomBytes)} are in use in ${this.#dir}; give more with --room, or discard fewer at a time`,
      );
    const { bavail, bsize } = await statfs(this.#dir);
    if (needed + spareBytes > bavail * bsize)
      throw new QueueTrouble(`the disk of ${this.#dir} has ${mib(bavail * bsize)} free, ${mib(needed + spareBytes)} are needed; name another with --keep`);
  }

  /** Begins an action: it can be found from now on. */
  async begin(about: Pick<QueueAction, 'verb' | 'at' | 'by' | 'about' | 'places' | 'measure'>): Promise<QueueAction> {
    const action: QueueAction = { format: 1, id: `q-${randomBytes(5).toString('hex')}`, until: about.at + undoForMs, ...about };
    await mkdir(join(this.#dir, action.id), { recursive: true, mode: 0o700 });
    await this.#write(join(this.#dir, action.id, actionFile), action);
    await syncPath(this.#dir);
    return action;
  }

  /** Writes down what became different: it can be undone for longer, a measure belongs to it. */
  async change(action: QueueAction, difference: Partial<Pick<QueueAction, 'until' | 'measure'>>): Promise<QueueAction> {
    const changed = { ...action, ...difference };
    await this.#write(join(this.#dir, action.id, actionFile), changed);
    return changed;
  }

  /** Writes down what will be done, before it is. */
  async mean({ id }: QueueAction, steps: readonly Step[]): Promise<void> {
    const path = join(this.#dir, id, stepsFile);
    await appendFile(path, steps.map(({ store, id: message, wasHeld }) => `${JSON.stringify({ store, id: message, wasHeld })}\n`).join(''), { mode: 0o600 });
    await syncPath(path);
  }

  async steps({ id }: QueueAction): Promise<readonly Step[]> {
    const text = await readFile(join(this.#dir, id, stepsFile), 'utf8').catch(() => '');
    // A line that was cut off by a crash was not acted on.
    return text.split('\n').flatMap((line) => stepOf(line) ?? []);
  }

  /** Keeps a message whole; it is on the disk when the promise resolves and `settle` has been called for its store. */
  async keep({ id: action }: QueueAction, { store, id, held }: QueueItem, files: readonly QueueFile[]): Promise<void> {
    const folder = join(this.#dir, action, store, id);
    const making = `${folder}.new`;
    await rm(making, { recursive: true, force: true });
    await mkdir(making, { recursive: true, mode: 0o700 });
    const kept: KeptFile[] = [];
    for (const { name, path } of files) kept.push(await keepCopy(name, path, join(making, name)));
    const message: KeptMessage = { store, id, wasHeld: held, files: kept.map((file) => ({ ...file, path: join(folder, file.name) })), announced: null };
    await this.#write(join(making, keptFile), message);
    await syncPath(making);
    await rename(making, folder);
  }

  /** Waits until the names of kept messages are on the disk. */
  async settle({ id }: QueueAction, store: StoreName): Promise<void> {
    await syncPath(join(this.#dir, id, store));
    await syncPath(join(this.#dir, id));
  }

  /** Kept messages of an action. */
  async *kept({ id, places }: QueueAction): AsyncGenerator<KeptMessage> {
    for (const { store } of places) {
      const folder = join(this.#dir, id, store);
      for (const name of (await readdir(folder).catch(() => [])).filter((each) => !each.endsWith('.new'))) {
        const announced = await readFile(join(folder, name, announcedFile), 'utf8').catch(() => null);
        yield { ...(JSON.parse(await readFile(join(folder, name, keptFile), 'utf8')) as KeptMessage), announced }; // keep() wrote it
      }
    }
  }

  /** Writes down under which name a kept message comes back, before it does. */
  async announce({ id: action }: QueueAction, { store, id }: Step, name: string): Promise<void> {
    const path = join(this.#dir, action, store, id, announcedFile);
    await writeFile(path, name, { mode: 0o600, flush: true });
    await syncPath(join(this.#dir, action, store, id));
  }

  /** A kept message that is in its queue again. */
  async forget({ id: action }: QueueAction, { store, id }: Step): Promise<void> {
    await rm(join(this.#dir, action, store, id), { recursive: true, force: true });
  }

  /** Removes an action with all it keeps. */
  async end({ id }: QueueAction): Promise<void> {
    await rm(join(this.#dir, id), { recursive: true, force: true });
  }

  /** Actions that can be undone, oldest first; those whose day is over are removed. */
  async list(now: number): Promise<readonly QueueAction[]> {
    await requireOwn(this.#dir);
    const found: QueueAction[] = [];
    for (const name of (await readdir(this.#dir).catch(() => [])).filter((each) => idPattern.test(each))) {
      const action = await this.#read(name);
      if (action === null) continue;
      if (action.until < now) await this.end(action);
      else found.push(action);
    }
    return found.toSorted((one, other) => one.at - other.at);
  }

  /** One at a time may undo an action; gives back how to let others. */
  async claim({ id }: QueueAction): Promise<() => Promise<void>> {
    const path = join(this.#dir, id, 'undoing');
    const owner = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (owner > 0 && isAlive(owner)) throw new QueueTrouble(`${id} is being undone by process ${owner}`);
    await rm(path, { force: true });
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
    return () => rm(path, { force: true });
  }

  async #read(id: string): Promise<QueueAction | null> {
    await requireOwn(join(this.#dir, id));
    const text = await readFile(join(this.#dir, id, actionFile), 'utf8').catch(() => null);
    return text === null ? null : (JSON.parse(text) as QueueAction); // #write wrote it, as a whole
  }

  /** As a whole or not at all. */
  async #write(path: string, value: object): Promise<void> {
    await writeFile(`${path}.part`, JSON.stringify(value), { mode: 0o600, flush: true });
    await rename(`${path}.part`, path);
  }
}

const mib = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MiB`;

function stepOf(line: string): Step | null {
  try {
    return JSON.parse(line) as Step; // mean() wrote it
  } catch {
    return null;
  }
}

/**
 * What stands here is put into queues with the rights of who undoes it, root mostly, while the directory around it belongs to the gateway's user:
 * a folder that somebody else could have made or changed is not believed.
 */
async function requireOwn(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0)
    throw new QueueTrouble(`${path} does not belong to this user alone; name another directory with --keep, or run the command as its owner`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function bytesBelow(dir: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true }).catch(() => [])) {
    // It may go while we count.
    if (entry.isFile())
      sum += await stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return sum;
}
