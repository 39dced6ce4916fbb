// The queue of Exim: read from its spool, changed by the program itself, which takes its locks. Holding is freezing.
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isEximId, parseEximEnvelope, type EximEnvelope } from './exim-spool.ts';
import { type Handled, type MailQueue, QueueTrouble, type QueueItem } from './mail-queue.ts';
import { putFiles } from './put-file.ts';
import { failureText, runProgram } from './run-program.ts';
import { inBatches, readBeginning, readEnvelope, sizeOf, unlessGone } from './spool-reading.ts';

export interface EximPlace {
  /** The configuration file; default: Exim's own. Needs the rights that Exim asks for -C. */
  readonly config?: string;
  /** Default: exim4 or exim, whichever is found. */
  readonly program?: string;
}

/** Ids given to one run of the program. */
const idsAtOnce = 200;
/** Octets of a message's own log that are looked at for the last reason. */
const logEnd = 2000;

export function eximQueue({ config, program }: EximPlace = {}): MailQueue {
  const place = config === undefined ? [] : ['-C', config];
  let found: Promise<{ readonly program: string; readonly spool: string }> | null = null;
  const exim = (): Promise<{ readonly program: string; readonly spool: string }> => (found ??= findExim(program, place));
  let places: ReadonlyMap<string, string> = new Map();
  const look = async (): Promise<ReadonlyMap<string, string>> => (places = await idsBelow((await exim()).spool));
  const folderOf = async (id: string): Promise<string | null> => places.get(id) ?? (await look()).get(id) ?? null;
  const envelope = async (id: string): Promise<EximEnvelope | null> => {
    const folder = isEximId(id) ? await folderOf(id) : null;
    const file = folder === null ? null : await readEnvelope(join(folder, `${id}-H`));
    return file === null ? null : parseEximEnvelope(file);
  };
  /** What became of it is read from the spool, not from what a program says it did. */
  const change = async (option: '-Mf' | '-Mt' | '-Mrm', ids: readonly string[], judge: Judge): Promise<readonly Handled[]> => {
    const valid = ids.filter(isEximId);
    for (let at = 0; at < valid.length; at += idsAtOnce) {
      const ran = await runProgram((await exim()).program, [...place, option, ...valid.slice(at, at + idsAtOnce)]);
      // It also fails where one of many is gone or locked, which is seen below.
      if (ran.code !== 0 && /permission denied/i.test(ran.stderr)) throw new QueueTrouble(failureText('exim', ran));
    }
    const handled: Handled[] = [];
    for await (const each of inBatches(ids, async (id) => ({ id, error: isEximId(id) ? judge(await envelope(id)) : 'is no queue id of Exim' })))
      handled.push(each);
    return handled;
  };

  return {
    name: 'exim',
    async *list(): AsyncGenerator<QueueItem> {
      const { spool } = await exim();
      for await (const item of inBatches([...(await look())], ([id, folder]) => itemOf(spool, id, folder))) if (item !== null) yield item;
    },
    async open(id, maxBytes) {
      const known = await envelope(id);
      if (known === null) return null;
      const body = await readBeginning(join((await folderOf(id)) ?? '', `${id}-D`), maxBytes, firstLine(id));
      if (body === null) return null;
      const { user, ip, header } = known;
      return { user, ip, beginning: Buffer.concat([header, Buffer.from('\n'), body]).subarray(0, maxBytes) };
    },
    async endOfHold() {
      const { stdout } = await runProgram((await exim()).program, [...place, '-bP', 'timeout_frozen_after', 'auto_thaw']);
      const set = [...stdout.matchAll(/^(timeout_frozen_after|auto_thaw) = (?!0s$)(\S+)$/gm)].map(([, setting = '', time = '']) => ends[setting]?.(time) ?? '');
      return set.length === 0 ? null : set.join('; ');
    },
    hold: (ids) => change('-Mf', ids, (now) => (now === null ? 'is no longer in the queue' : now.frozen ? null : busy)),
    release: (ids) => change('-Mt', ids, (now) => (now?.frozen === true ? busy : null)),
    async remove(ids) {
      const now = new Map<string, EximEnvelope | null>();
      for (const id of ids) now.set(id, await envelope(id));
      const frozen = ids.filter((id) => now.get(id)?.frozen === true);
      const removed = await change('-Mrm', frozen, (left) => (left === null ? null : busy));
      return [...removed, ...ids.filter((id) => !frozen.includes(id)).map((id) => ({ id, error: now.get(id) === null ? null : 'is not frozen' }))];
    },
    undoing: {
      kind: 'files',
      async filesOf(id) {
        const folder = await folderOf(id);
        if (folder === null || (await envelope(id))?.frozen !== true) throw new QueueTrouble(`${id} is not frozen`);
        // Exim takes a message for complete when it has its envelope.
        return [`${id}-D`, `${id}-H`].map((name) => ({ name, path: join(folder, name) }));
      },
      // Exim passes over names that are not as long as an id.
      putBack: (id, files, announcement) => putFiles(id, files, ({ home }) => join(dirname(home), `.floodgate-${basename(home)}`), announcement),
    },
  };
}

/** Settings that end a hold. */
const ends: Readonly<Record<string, (time: string) => string>> = {
  timeout_frozen_after: (time) =>
    `Exim sends frozen messages back to their senders once they have waited for ${time} (timeout_frozen_after): discard or release them before`,
  auto_thaw: (time) => `Exim tries frozen messages again after ${time} (auto_thaw)`,
};

type Judge = (now: EximEnvelope | null) => string | null;
const busy = 'is being delivered at this moment; try again';
/** The body's file begins with its own name and a line end. */
const firstLine = (id: string): number => id.length + '-D\n'.length;

async function findExim(program: string | undefined, place: readonly string[]): Promise<{ readonly program: string; readonly spool: string }> {
  let trouble: unknown = null;
  for (const each of program === undefined ? ['exim4', 'exim'] : [program]) {
    try {
      const ran = await runProgram(each, [...place, '-bP', 'spool_directory']);
      const spool = /^spool_directory = (\/.*)$/m.exec(ran.stdout)?.[1];
      if (spool === undefined) throw new QueueTrouble(failureText(each, ran));
      return { program: each, spool };
    } catch (error) {
      trouble ??= error;
    }
  }
  throw trouble;
}

/** Ids with their folders: `input`, or with split_spool_directory a folder of one character in it. */
async function idsBelow(spool: string): Promise<ReadonlyMap<string, string>> {
  const input = join(spool, 'input');
  const ids = new Map<string, string>();
  const addFrom = (folder: string, names: readonly string[]): void => {
    for (const name of names) if (name.endsWith('-H') && isEximId(name.slice(0, -2))) ids.set(name.slice(0, -2), folder);
  };
  const names = (await unlessGone(input, readdir(input))) ?? [];
  addFrom(input, names);
  for (const name of names.filter((each) => each.length === 1)) {
    const folder = join(input, name);
    addFrom(folder, (await unlessGone(folder, readdir(folder))) ?? []);
  }
  return ids;
}

async function itemOf(spool: string, id: string, folder: string): Promise<QueueItem | null> {
  const file = await readEnvelope(join(folder, `${id}-H`));
  const known = file === null ? null : parseEximEnvelope(file);
  const body = await sizeOf(join(folder, `${id}-D`));
  if (known === null || body === null) return null;
  const { from, to, queuedAt, frozen, header } = known;
  const why = await lastReason(spool, id, folder);
  const size = header.length + 1 + Math.max(0, body - firstLine(id));
  return {
    id,
    store: 'exim',
    queuedAt,
    from,
    to,
    size,
    reason: [...(frozen ? ['frozen'] : []), ...(why === '' ? [] : [why])].join('; '),
    incident: null,
    held: frozen,
  };
}

/** From the message's own log (message_logs, on by default): what its last try came to. */
async function lastReason(spool: string, id: string, folder: string): Promise<string> {
  const path = join(folder.replace(join(spool, 'input'), join(spool, 'msglog')), id);
  const size = await sizeOf(path);
  const end = size === null ? null : await readBeginning(path, logEnd, Math.max(0, size - logEnd));
  const last = end
    ?.toString('utf8')
    .trimEnd()
    .split('\n')
    .findLast((line) => / defer \(/.test(line));
  return last === undefined ? '' : last.slice(last.indexOf(' defer (') + 1);
}
