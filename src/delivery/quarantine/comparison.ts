// Makes the index agree with the folders, which are the truth: rows that are missing or not right are read anew, rows without a message go.
import { CannotOpen } from '../../lib/sealed-stream.ts';
import type { HeldRecord, HeldState } from '../../model/quarantine.ts';
import type { HeldMark, QuarantineRepository } from '../../store/quarantine.ts';
import { itemIds, readClearPart, stateOfItem, type ReadItem } from './item-folder.ts';
import { recordOf, unreadableRecord } from './record-of.ts';

export interface ComparisonParts {
  readonly dir: string;
  readonly index: Pick<QuarantineRepository, 'all' | 'saveAll' | 'remove'>;
  /** Somebody is doing something with it: it is left alone. */
  isBusy(id: string): boolean;
  read(state: HeldState, id: string): Promise<ReadItem>;
  /** Its envelope cannot be read, and not for want of a key. */
  damaged(id: string, error: unknown): void;
  /** What was shut until now goes no sooner; milliseconds since the epoch. */
  readonly goneNotBefore: number;
}

/** A message on whose folder the index does not agree; the row that it has. */
interface Differing {
  readonly id: string;
  readonly row: HeldMark | undefined;
}

/** Messages read at the same time where the index must be made anew. */
const readAtOnce = 64;

/** Resolves to why some cannot be opened, one sentence each; they have rows all the same. */
export async function compareWithFolders(parts: ComparisonParts): Promise<readonly string[]> {
  const { dir, index, isBusy } = parts;
  const known = new Map((await index.all()).map((row) => [row.id, row]));
  const unreadable: string[] = [];
  for (const state of ['held', 'trash'] as const) {
    const differ: Differing[] = [];
    for (const id of await itemIds(dir, state)) {
      const row = known.get(id);
      known.delete(id);
      // A release that was under way when we died: only now is it known that nobody works on it.
      const agrees = row?.state === state && !row.isUnderWay && row.isOpen;
      if (!agrees && !isBusy(id)) differ.push({ id, row });
    }
    for (let at = 0; at < differ.length; at += readAtOnce) unreadable.push(...(await readIn(parts, differ.slice(at, at + readAtOnce), state)));
  }
  // What was moved while we looked was seen in neither place.
  for (const id of known.keys()) if (!isBusy(id) && (await stateOfItem(dir, id)) === null) await index.remove(id);
  return unreadable;
}

async function readIn(parts: ComparisonParts, differ: readonly Differing[], state: HeldState): Promise<readonly string[]> {
  const records: HeldRecord[] = [];
  const read = async ({ id, row }: Differing): Promise<void> => {
    const { item, notes } = await parts.read(state, id);
    const record = recordOf(item, notes, state);
    // What was shut until now has not expired: it must not go the moment that it can be seen again.
    const wasShut = row !== undefined && !row.isOpen;
    records.push(wasShut ? { ...record, expiresAt: Math.max(record.expiresAt, parts.goneNotBefore) } : record);
  };
  const shut = async (id: string, error: unknown): Promise<void> => {
    const clear = error instanceof CannotOpen ? await readClearPart(parts.dir, state, id) : null;
    if (clear === null || !(error instanceof CannotOpen)) parts.damaged(id, error);
    else records.push(unreadableRecord(clear, state, error.message));
  };
  await Promise.all(differ.map((each) => read(each).catch((error: unknown) => shut(each.id, error))));
  await parts.index.saveAll(records);
  return records.flatMap(({ unreadable }) => unreadable ?? []);
}
