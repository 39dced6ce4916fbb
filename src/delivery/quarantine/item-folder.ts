// The quarantine on the disk: a folder a message, `message` (the content in wire form, byte for byte) and `item.json` (its envelope); both
// sealed where there is a key. It is made in `new` and published by one rename: at every moment it is in `held` as a whole or not at all.
// `trash` is for undo.
import { createReadStream, mkdirSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotOpen } from '../../lib/sealed-stream.ts';
import type { HeldState, QuarantineItem, QuarantineNotes } from '../../model/quarantine.ts';
import { clearPartOf, envelopeText, notesText, readEnvelope, readNotes, type ClearEnvelope, type OpenedEnvelope } from './envelope.ts';
import { noVault, type Vault } from './vault.ts';

/** What is done to the disk, step by step; tests put failing and dying ones in. */
export interface FolderSteps {
  makeFolder(path: string): Promise<void>;
  /** Writes a new file and waits until its bytes are on the disk. */
  write(path: string, chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Waits until the names in a folder are on the disk. */
  sync(folder: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** How an item is written: the steps on the disk, and with what it is sealed. */
export interface Writing {
  readonly steps?: FolderSteps;
  readonly vault?: Vault;
}

/** A message as it was read. */
export interface ReadItem extends OpenedEnvelope {
  readonly notes: QuarantineNotes;
}

const states: readonly HeldState[] = ['held', 'trash'];
const making = 'new';
const contentName = 'message';
const envelopeName = 'item.json';
const notesName = 'notes.json';
/** References only: nothing that could lead out of the folder. */
const idPattern = /^[0-9A-Z][0-9A-Z-]{0,63}$/;

/** Whether it can be the id of an item: it becomes part of a path. */
export const isItemId = (id: string): boolean => idPattern.test(id);

/** Makes the folders where they are missing. Mail is nobody else's business: mode 0700. */
export function makeFolders(dir: string): void {
  for (const name of [making, ...states]) mkdirSync(join(dir, name), { recursive: true, mode: 0o700 });
}

export const contentPath = (dir: string, state: HeldState, id: string): string => join(dir, state, id, contentName);

/** Reads a content file as it came, opening it where it is sealed; may be called more than once. */
export function contentReader({ item, isSealed }: OpenedEnvelope, path: string, vault: Vault): () => AsyncIterable<Buffer> {
  const asItStands = (): AsyncIterable<Buffer> => createReadStream(path) as AsyncIterable<Buffer>; // without an encoding its chunks are buffers
  return isSealed ? () => vault.openContent(item.id, asItStands()) : asItStands;
}

/**
 * Puts an item into `held`. When the promise resolves it survives a power cut; when it rejects nothing is left of it.
 * Content and envelope are on the disk before the rename, the name in `held` before the promise resolves.
 */
export async function publishItem(
  dir: string,
  item: QuarantineItem,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  { steps = diskSteps, vault = noVault }: Writing = {},
): Promise<void> {
  const [made, published] = [join(dir, making, item.id), join(dir, 'held', item.id)];
  let isPublished = false;
  try {
    await steps.makeFolder(made);
    await steps.write(join(made, contentName), vault.writesWith === null ? chunks : vault.sealContent(item.id, chunks));
    await steps.write(join(made, envelopeName), [Buffer.from(envelopeText(item, vault))]);
    await steps.sync(made);
    await steps.rename(made, published);
    isPublished = true;
    await steps.sync(join(dir, 'held'));
  } catch (error) {
    // The client hears 452 and keeps its message: ours must not come to light later.
    await steps.remove(isPublished ? published : made).catch(() => {});
    throw error;
  }
}

/** Moves an item between `held` and `trash`; a crash in between leaves it in one of them. */
export async function moveItem(dir: string, id: string, from: HeldState, to: HeldState, steps: FolderSteps = diskSteps): Promise<void> {
  await steps.rename(join(dir, from, id), join(dir, to, id));
  for (const state of states) await steps.sync(join(dir, state));
}

/** Takes an item away for good: by one rename it is out of sight, then its files go; a crash leaves a sweeping, not half an item. */
export async function removeItem(dir: string, id: string, from: HeldState, steps: FolderSteps = diskSteps): Promise<void> {
  const gone = join(dir, making, `${id}.gone`);
  await steps.rename(join(dir, from, id), gone);
  await steps.sync(join(dir, from));
  await steps.remove(gone);
}

/** Ids of the items in one state. */
export async function itemIds(dir: string, state: HeldState): Promise<readonly string[]> {
  return (await readdir(join(dir, state))).filter(isItemId);
}

/** Where an item is now; null where it is not. */
export async function stateOfItem(dir: string, id: string): Promise<HeldState | null> {
  for (const state of states) if ((await stat(join(dir, state, id)).catch(() => null)) !== null) return state;
  return null;
}

/** Envelope and notes of an item; rejects where the envelope cannot be read or is none of ours, with `CannotOpen` where it is sealed. */
export async function readItem(dir: string, state: HeldState, id: string, vault: Vault = noVault): Promise<ReadItem> {
  const envelope = readEnvelope(await readFile(join(dir, state, id, envelopeName), 'utf8'), id, vault);
  return { ...envelope, notes: await notesOf(join(dir, state, id, notesName), envelope, vault) };
}

/** What is known of a sealed item that cannot be opened; null where there is none. */
export async function readClearPart(dir: string, state: HeldState, id: string): Promise<ClearEnvelope | null> {
  const text = await readFile(join(dir, state, id, envelopeName), 'utf8').catch(() => null);
  return text === null ? null : clearPartOf(text, id);
}

/** Replaces the notes as a whole. They are sealed where the item is: a key that came and went must not shut a message that lies there in clear. */
export async function writeNotes(
  dir: string,
  state: HeldState,
  id: string,
  notes: QuarantineNotes,
  { steps = diskSteps, vault = noVault }: Writing = {},
): Promise<void> {
  const path = join(dir, state, id, notesName);
  const isSealed = (await readClearPart(dir, state, id)) !== null;
  await steps.remove(`${path}.new`);
  await steps.write(`${path}.new`, [Buffer.from(notesText(id, notes, isSealed ? vault : noVault))]);
  await steps.rename(`${path}.new`, path);
}

/** Removes what a process left unfinished that died; `olderThanMs` spares what a door may be writing now. Resolves to how many. */
export async function sweepUnfinished(dir: string, olderThanMs = 0): Promise<number> {
  let swept = 0;
  for (const name of await readdir(join(dir, making))) {
    const path = join(dir, making, name);
    const changed = await stat(path).catch(() => null);
    if (changed === null || Date.now() - changed.mtimeMs < olderThanMs) continue;
    await rm(path, { recursive: true, force: true });
    swept += 1;
  }
  return swept;
}

async function notesOf(path: string, { item, isSealed }: OpenedEnvelope, vault: Vault): Promise<QuarantineNotes> {
  try {
    return readNotes(await readFile(path, 'utf8'), item.id, vault);
  } catch (error) {
    // Who has it already stands there: with the key it can be known, and nobody is served twice.
    // Of an item in clear they are lost with the key: a second copy is better than none.
    if (isSealed && error instanceof CannotOpen && error.missingKey !== null) throw error;
    return {}; // nothing happened to it yet; or a note was lost, which the mail must not be
  }
}

/** The steps on the real disk. */
export const diskSteps: FolderSteps = {
  makeFolder: async (path) => {
    await mkdir(path, { mode: 0o700 });
  },
  write: async (path, chunks) => {
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of chunks) for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  sync: async (folder) => {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
};
