// The queue of Postfix: listed by postqueue, changed by postsuper, its files read where more than the envelope is asked for. Holding is Postfix's own
// hold queue. A removed message comes back as a file in the hold queue under a name that goes with its inode, as `postsuper -s` would name it.
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Announcement, type Handled, type KeptFile, type MailQueue, type OpenedMessage, QueueTrouble, type QueueItem } from './mail-queue.ts';
import { readPostfixFile } from './postfix-file.ts';
import { isPostfixId, parsePostqueueLine } from './postqueue-line.ts';
import { giveName, isThere, layDown } from './put-file.ts';
import { failureText, programLines, runProgram } from './run-program.ts';
import { readBeginning, unlessGone } from './spool-reading.ts';

export interface PostfixPlace {
  /** Directory of main.cf; default: Postfix's own. */
  readonly config?: string;
  /** Directory of postqueue, postsuper and postconf; default: found. */
  readonly programs?: string;
}

/** Where complete messages are; the last ones are where they come from. */
const queues = ['hold', 'deferred', 'active', 'incoming'] as const;
/** Directories of hashed queues within each other (hash_queue_depth is 1 by default). */
const deepest = 4;
/** Octets of envelope that may stand before the message: a thousand recipients with their attributes. */
const envelopeRoom = 256 * 1024;

type Located = ReadonlyMap<string, { readonly queue: (typeof queues)[number]; readonly path: string }>;

export function postfixQueue({ config, programs }: PostfixPlace = {}): MailQueue {
  const named = (program: string): string => (programs === undefined ? program : join(programs, program));
  const place = config === undefined ? [] : ['-c', config];
  let directory: Promise<string> | null = null;
  const queueDirectory = (): Promise<string> => (directory ??= settingOf(named('postconf'), [...place, '-h', 'queue_directory']));
  const locate = async (): Promise<Located> => located(await queueDirectory());
  let lately: Located | null = null;
  const postsuper = async (option: '-h' | '-H' | '-d', ids: readonly string[], only: readonly string[]): Promise<void> => {
    const ran = await runProgram(named('postsuper'), [...place, option, '-', ...only], ids.map((id) => `${id}\n`).join(''));
    if (ran.code !== 0) throw new QueueTrouble(failureText('postsuper', ran));
  };
  /** What became of it is read from the queue, not from what a program says it did. */
  const change = async (ids: readonly string[], run: (valid: readonly string[]) => Promise<void>, judge: Judge): Promise<readonly Handled[]> => {
    const valid = ids.filter(isPostfixId);
    if (valid.length > 0) await run(valid);
    const now = (lately = await locate());
    return ids.map((id) => ({ id, error: isPostfixId(id) ? judge(now.get(id)?.queue ?? null) : 'is no queue id of Postfix' }));
  };

  return {
    name: 'postfix',
    async *list(): AsyncGenerator<QueueItem> {
      // One that moves on while Postfix looks is listed at both places.
      const seen = new Set<string>();
      for await (const line of programLines(named('postqueue'), [...place, '-j'])) {
        const item = parsePostqueueLine(line);
        if (item === null || seen.has(item.id)) continue;
        seen.add(item.id);
        yield item;
      }
    },
    async open(id, maxBytes) {
      for (const again of [false, true]) {
        if (lately === null || again) lately = await locate();
        const path = lately.get(id)?.path;
        const opened = path === undefined ? null : await openedAt(path, maxBytes);
        if (opened !== null) return opened; // otherwise it has moved to another queue meanwhile
      }
      return null;
    },
    endOfHold: () => Promise.resolve(null),
    hold: (ids) => change(ids, (valid) => postsuper('-h', valid, []), heldNow),
    release: (ids) => change(ids, (valid) => postsuper('-H', valid, []), releasedNow),
    // Of the hold queue only: what somebody has released meanwhile stays.
    remove: (ids) => change(ids, (valid) => postsuper('-d', valid, ['hold']), removedNow),
    undoing: {
      kind: 'files',
      async filesOf(id) {
        const known = lately?.get(id);
        // Thousands are asked for one after the other: the queue is looked through again only for one that has moved.
        if (known?.queue === 'hold' && (await isThere(known.path))) return [{ name: 'message', path: known.path }];
        lately = await locate();
        const found = lately.get(id);
        if (found?.queue !== 'hold') throw new QueueTrouble(`${id} is not on hold`);
        return [{ name: 'message', path: found.path }];
      },
      // What has not left the queue, or was released by somebody, is there already.
      putBack: async (id, files, announcement) => ((lately ??= await locate()).has(id) ? id : putBack(await queueDirectory(), id, files, announcement)),
    },
  };
}

type Judge = (queue: (typeof queues)[number] | null) => string | null;

const heldNow: Judge = (queue) => (queue === 'hold' ? null : queue === null ? 'is no longer in the queue' : 'could not be put on hold');
// What was released may have been delivered before we look.
const releasedNow: Judge = (queue) => (queue === 'hold' ? 'could not be released' : null);
const removedNow: Judge = (queue) => (queue === null ? null : queue === 'hold' ? 'could not be removed' : 'is not on hold');

async function settingOf(program: string, args: readonly string[]): Promise<string> {
  const ran = await runProgram(program, args);
  const value = ran.stdout.trim();
  if (ran.code !== 0 || !value.startsWith('/')) throw new QueueTrouble(failureText('postconf', ran));
  return value;
}

/** All complete messages by id. One that moves while we look may be missed and is found at the next look. */
async function located(directory: string): Promise<Located> {
  const found = new Map<string, { readonly queue: (typeof queues)[number]; readonly path: string }>();
  // In the order in which messages move: one that moves on is seen at its later place.
  for (const queue of queues.toReversed())
    for await (const path of filesBelow(join(directory, queue), deepest)) found.set(path.slice(path.lastIndexOf('/') + 1), { queue, path });
  return found;
}

async function* filesBelow(directory: string, depth: number): AsyncGenerator<string> {
  const entries = (await unlessGone(directory, readdir(directory, { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isFile() && isPostfixId(entry.name)) yield path;
    else if (entry.isDirectory() && depth > 0) yield* filesBelow(path, depth - 1);
  }
}

async function openedAt(path: string, maxBytes: number): Promise<OpenedMessage | null> {
  const file = await readBeginning(path, maxBytes + envelopeRoom);
  return file === null ? null : readPostfixFile(file, maxBytes);
}

/** Microseconds in five digits, then the inode; ids of the long form never repeat and keep their name. */
const nameFor = (id: string, inode: number): string => (/^[0-9A-F]+$/.test(id) ? `${id.slice(0, 5)}${inode.toString(16).toUpperCase()}` : id);

async function putBack(directory: string, id: string, [file]: readonly KeptFile[], { before, announce }: Announcement): Promise<string> {
  if (file === undefined) throw new QueueTrouble(`${id} has no kept file`);
  const temporary = join(directory, `floodgate-${id}`);
  // The name was announced and its temporary file is gone: it was given.
  if (before !== null && !(await isThere(temporary))) return before;
  await layDown(file, temporary);
  const name = nameFor(id, (await stat(temporary)).ino);
  const path = join(dirname(file.home), name);
  if (await isThere(path)) throw new QueueTrouble(`${path} is there already`);
  await announce(name);
  await giveName(temporary, path);
  return name;
}
