// What is in the spool's folder after a start, or after the death of a door: every message that is kept and not marked as done.
import { open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpoolItem } from '../../model/spool.ts';
import { readMarks, type Parked } from './marks.ts';
import { isMarksName, marksName, parseSegmentName } from './segment-file.ts';
import { walkSegment, type SegmentFindings } from './segment-walk.ts';

/** A message that waits; `served` have it already. */
export interface Recovered {
  readonly item: SpoolItem;
  readonly served: readonly string[];
  /** An operator has stopped it. */
  readonly parked: Parked | null;
}

export interface Recovery {
  readonly waiting: readonly Recovered[];
  /** Segments in which nothing waits any more. */
  readonly finished: readonly string[];
  /** Segments with something in them that could not be read: they are never removed, for a person or a newer version may read it. */
  readonly pinned: readonly string[];
  /** What could not be read, in words. */
  readonly trouble: readonly string[];
}

export interface RecoveryOptions {
  /** Only the segments of this writer. */
  readonly writer?: string;
  /** Nobody writes there: marks whose segment has gone are removed. */
  readonly mayClean: boolean;
}

/** Reads all segments, one after the other, oldest first. Throws where the folder cannot be read: mail may be in it. */
export async function recover(dir: string, { writer, mayClean }: RecoveryOptions): Promise<Recovery> {
  const names = await readdir(dir);
  const segments = names
    .flatMap((fileName) => {
      const parsed = parseSegmentName(fileName);
      return parsed === null || (writer !== undefined && parsed.name !== writer) ? [] : [{ fileName, ...parsed }];
    })
    .sort((one, other) => one.number - other.number);
  const waiting: Recovered[] = [];
  const finished: string[] = [];
  const pinned: string[] = [];
  const trouble: string[] = [];
  for (const { fileName } of segments) {
    const read = await readSegment(dir, fileName).catch((error: unknown) => {
      trouble.push(`${fileName} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    });
    if (read === null) continue; // nothing of it is entered, so nothing removes it
    waiting.push(...read.waiting);
    trouble.push(...read.trouble);
    if (read.trouble.length > 0) pinned.push(fileName);
    else if (read.waiting.length === 0) finished.push(fileName);
  }
  if (mayClean) await removeOrphans(dir, names);
  return { waiting: waiting.sort((one, other) => one.item.queuedAt - other.item.queuedAt), finished, pinned, trouble };
}

async function readSegment(dir: string, fileName: string): Promise<Pick<Recovery, 'waiting' | 'trouble'>> {
  const { items, bytes, soundBytes, damaged, foreign, gaps, isTorn } = await findingsIn(join(dir, fileName), fileName);
  const trouble = [
    ...damaged.map((id) => `${id} in ${fileName} is damaged and is not delivered (where the machine lost its power it may never have been acknowledged)`),
    ...gaps.map(({ from, to }) => `${fileName} cannot be read from byte ${from} to byte ${to}`),
    ...foreign.map((id) => `${id} in ${fileName} was written by a newer Floodgate: it stays there until that version runs again`),
  ];
  if (soundBytes < bytes && !isTorn) trouble.push(`${fileName} cannot be read beyond byte ${soundBytes}`);
  const done = new Set<string>();
  const served = new Map<string, readonly string[]>();
  const parked = new Map<string, Parked | null>();
  for (const mark of await readMarks(dir, fileName)) {
    if ('done' in mark) done.add(mark.id);
    else {
      served.set(mark.id, [...(served.get(mark.id) ?? []), ...((mark.served as readonly string[] | undefined) ?? [])]); // a newer version may say more than we know
      if (mark.parked !== undefined) parked.set(mark.id, mark.parked);
    }
  }
  const waiting = items.filter(({ id }) => !done.has(id)).map((item) => ({ item, served: served.get(item.id) ?? [], parked: parked.get(item.id) ?? null }));
  return { waiting, trouble };
}

async function findingsIn(path: string, segment: string): Promise<SegmentFindings> {
  const file = await open(path, 'r');
  try {
    return await walkSegment(file, { segment });
  } finally {
    await file.close();
  }
}

/** Marks whose segment has gone. */
async function removeOrphans(dir: string, names: readonly string[]): Promise<void> {
  const needed = new Set(names.filter((name) => parseSegmentName(name) !== null).map(marksName));
  for (const name of names) if (isMarksName(name) && !needed.has(name)) await unlink(join(dir, name)).catch(() => {});
}
