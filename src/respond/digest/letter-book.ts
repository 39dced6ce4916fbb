// Letters that offer held mail, and the orders that came of them, on the disk: doors and keeper share it. A letter is written before it is
// sent. An order is published by one link into a name that only one can have: a token is used once, whoever comes and whatever crashes.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DigestLanguage, ReleaseOrder } from '../../model/release.ts';

/** What a letter offered. It names no address: the recipient is a print (token.ts). */
export interface ReleaseLetter {
  readonly format: 1;
  readonly name: string;
  readonly language: DigestLanguage;
  readonly recipient: string;
  /** Milliseconds since the epoch; from `expiresAt` on its tokens release nothing. */
  readonly madeAt: number;
  readonly expiresAt: number;
  /** In the order of the letter: the held message, whether its recipient may release it, and until when it is kept. */
  readonly lines: readonly OfferedLine[];
}

/** A line of a letter; `keptUntil` in milliseconds since the epoch. */
export interface OfferedLine {
  readonly id: string;
  readonly offered: boolean;
  readonly keptUntil?: number;
}

/** Where letters and orders are; see createLetterBook. */
export interface LetterBook {
  save(letter: ReleaseLetter): Promise<void>;
  /** It was not sent after all. */
  remove(name: string): Promise<void>;
  /** Null where there is none. Rejects where the disk fails. */
  find(name: string): Promise<ReleaseLetter | null>;
  isUsed(letter: string, line: number): Promise<boolean>;
  /** True when this order is the one that uses its token up; it is on the disk then. */
  publish(order: ReleaseOrder): Promise<boolean>;
  /** Orders that nobody has carried out. */
  pending(): Promise<readonly ReleaseOrder[]>;
  /** Nothing more is to be done for the order; its token stays used. */
  settle(order: Pick<ReleaseOrder, 'letter' | 'line'>): Promise<void>;
  /** The order cannot be carried out: its token may be used again. */
  withdraw(order: Pick<ReleaseOrder, 'letter' | 'line'>): Promise<void>;
  /** Forgets letters that expired before `expiredBefore` (milliseconds since the epoch), with what came of them. */
  sweep(expiredBefore: number): Promise<void>;
}

const settledMark = '.done';
/** What somebody died in the middle of is older; in ms. */
const unfinishedAfterMs = 3_600_000;

/** What may be other than usual. */
export interface LetterBookParts {
  /** Waits until the names in a folder are on the disk; tests put a failing one in. */
  sync?(folder: string): Promise<void>;
  /** A file cannot be understood, and is passed over. */
  damaged?(file: string): void;
}

/** Opens the book below `dir`, and makes its folders where they are missing. Its files are for our user alone. */
export function createLetterBook(dir: string, { sync = synced, damaged = () => {} }: LetterBookParts = {}): LetterBook {
  const [letters, orders, making] = [join(dir, 'letters'), join(dir, 'orders'), join(dir, 'new')];
  for (const folder of [letters, orders, making]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const letterFile = (name: string): string => join(letters, `${name}.json`);
  const orderFile = ({ letter, line }: Pick<ReleaseOrder, 'letter' | 'line'>): string => join(orders, `${letter}-${line}`);

  /** Puts a whole file under a name that nobody has; false where somebody has it. When it resolves, a power cut does not take it back. */
  const put = async (path: string, folder: string, content: unknown): Promise<boolean> => {
    await mkdir(making, { recursive: true, mode: 0o700 });
    const fresh = join(making, randomBytes(12).toString('hex'));
    try {
      await written(fresh, JSON.stringify(content));
      const isFirst = await linked(fresh, path);
      // What may be gone after a power cut must not be used up before it.
      if (isFirst)
        await sync(folder).catch(async (error: unknown) => {
          await rm(path, { force: true });
          throw error;
        });
      return isFirst;
    } finally {
      await rm(fresh, { force: true });
    }
  };

  return {
    save: async (letter) => {
      if (!(await put(letterFile(letter.name), letters, letter))) throw new Error(`there is a letter ${letter.name} already`);
    },
    remove: (name) => rm(letterFile(name), { force: true }),
    find: async (name) => {
      const text = await textOf(letterFile(name));
      return text === null ? null : (JSON.parse(text) as ReleaseLetter); // `save` wrote it
    },
    isUsed: async (letter, line) => (await stat(orderFile({ letter, line })).catch(absent)) !== null,
    publish: (order) => put(orderFile(order), orders, order),
    pending: async () => {
      const names = new Set(await readdir(orders));
      const unsettled = [...names].filter((name) => !name.endsWith(settledMark) && !names.has(`${name}${settledMark}`));
      const found: ReleaseOrder[] = [];
      for (const name of unsettled) {
        const order = await wholeIn<ReleaseOrder>(join(orders, name), damaged); // `publish` wrote it
        if (order !== null) found.push(order);
      }
      return found.toSorted((a, b) => a.at - b.at);
    },
    settle: async (order) => {
      await written(`${orderFile(order)}${settledMark}`, '').catch(exists);
      await sync(orders);
    },
    withdraw: async (order) => {
      await rm(orderFile(order), { force: true });
      await sync(orders);
    },
    sweep: async (expiredBefore) => {
      await sweepUnfinished(making);
      const over = await lettersOver(letters, expiredBefore, damaged);
      if (over.size === 0) return;
      const names = await readdir(orders);
      const settled = new Set(names.filter((name) => name.endsWith(settledMark)));
      for (const name of names.filter((each) => over.has(each.slice(0, each.indexOf('-')))))
        if (settled.has(name) || settled.has(`${name}${settledMark}`)) await rm(join(orders, name), { force: true });
      for (const name of over) await rm(letterFile(name), { force: true });
    },
  };
}

/** Null where there is none, or it is damaged: one file that the disk lost a piece of must not stand in the way of all others. */
async function wholeIn<T>(file: string, damaged: (file: string) => void): Promise<T | null> {
  const text = await textOf(file);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    damaged(file);
    return null;
  }
}

async function lettersOver(folder: string, expiredBefore: number, damaged: (file: string) => void): Promise<ReadonlySet<string>> {
  const over = new Set<string>();
  for (const file of await readdir(folder)) {
    const letter = await wholeIn<ReleaseLetter>(join(folder, file), damaged); // `save` wrote it
    if (letter !== null && letter.expiresAt < expiredBefore) over.add(file.slice(0, -'.json'.length));
  }
  return over;
}

async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const changed = await stat(join(folder, name)).catch(absent);
    if (changed !== null && Date.now() - changed.mtimeMs > unfinishedAfterMs) await rm(join(folder, name), { force: true });
  }
}

/** A new file whose bytes are on the disk. */
async function written(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** False where the name is taken. */
const linked = (from: string, to: string): Promise<boolean> => link(from, to).then(() => true, exists);

const textOf = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(absent);

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null);

function absent(error: unknown): null {
  if (codeOf(error) !== 'ENOENT') throw error;
  return null;
}

function exists(error: unknown): false {
  if (codeOf(error) !== 'EEXIST') throw error;
  return false;
}
