// Where content waits between the client's final dot and the next hop's answer: small messages in memory, large ones in a file.
// Memory for all of them together is bounded; so is the disk, by a floor of free space.
import { mkdirSync, statfsSync } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentStore } from '../model/delivery.ts';
import { ContentBudget } from './content-budget.ts';
import { contentFileSuffix, StoredContent, type StoredContentOptions } from './stored-content.ts';

/** `dir` is made when missing; doors may share it. */
export interface ContentStoreOptions extends StoredContentOptions {
  /** Bytes in memory for the content of all sessions of this store together; beyond it content goes to files whatever its size. */
  readonly budgetBytes: number;
  /** Free bytes on the disk below which nothing is taken. */
  readonly freeDiskBytes: number;
  /** Milliseconds, any origin. */
  now(): number;
  /** Free bytes where `dir` is; default asks the system. */
  freeBytes?(dir: string): number;
}

/** The figure of free space is so many milliseconds old at most: a statfs a message would be waste, a disk does not fill in one second. */
const freeSpaceKeptMs = 1000;

/** Makes the store; the directory exists afterwards or this throws. */
export function createContentStore(options: ContentStoreOptions): ContentStore & { /** Bytes of content in memory now. */ readonly memoryInUse: number } {
  mkdirSync(options.dir, { recursive: true, mode: 0o750 });
  const budget = new ContentBudget(options.budgetBytes);
  const free = freeSpace(options);
  return {
    get memoryInUse() {
      return budget.inUse;
    },
    begin: (expectedBytes) => (budget.hasRoomForFiles && free() - (expectedBytes ?? 0) >= options.freeDiskBytes ? new StoredContent(options, budget) : null),
  };
}

/** Removes files that a process left behind when it died. To be called before any door uses the directory. */
export async function sweepLeftovers(dir: string): Promise<number> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  const leftovers = names.filter((name) => name.endsWith(contentFileSuffix));
  await Promise.all(leftovers.map((name) => unlink(join(dir, name)).catch(() => {})));
  return leftovers.length;
}

/** Bytes that are free where `dir` is, as they were a second ago at most. To be kept: each has its own memory. */
export function freeSpace({ dir, now, freeBytes = systemFreeBytes }: Pick<ContentStoreOptions, 'dir' | 'now' | 'freeBytes'>): () => number {
  let free = 0;
  let askedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - askedAt >= freeSpaceKeptMs) {
      askedAt = now();
      free = freeBytes(dir);
    }
    return free;
  };
}

/** Zero when it cannot be told: a directory that has gone has no room. */
function systemFreeBytes(dir: string): number {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
