// The queue of Sendmail: read from its directory. Holding is Sendmail's own quarantine, which takes its locks: what is quarantined no queue run touches,
// so its files can be taken out and put back. Queue groups with directories of their own are not looked at.
import { readdir, readFile, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Announcement, type Handled, type KeptFile, type MailQueue, QueueTrouble, type QueueItem } from './mail-queue.ts';
import { isThere, putFiles, syncPath } from './put-file.ts';
import { failureText, runProgram } from './run-program.ts';
import { isSendmailId, parseSendmailControl, type SendmailEnvelope } from './sendmail-control.ts';
import { inBatches, readBeginning, readEnvelope, sizeOf, unlessGone } from './spool-reading.ts';

export interface SendmailPlace {
  /** Default: /etc/mail/sendmail.cf. */
  readonly config?: string;
  /** Default: sendmail. */
  readonly program?: string;
}

/** Ids given to one run of the program. */
const idsAtOnce = 200;
const usualConfig = '/etc/mail/sendmail.cf';
const usualDirectory = '/var/spool/mqueue';

/** A message's files. */
interface Place {
  readonly control: string;
  readonly body: string;
  /** Its control file is `hf`. */
  readonly held: boolean;
}

export function sendmailQueue({ config = usualConfig, program = 'sendmail' }: SendmailPlace = {}): MailQueue {
  let places: ReadonlyMap<string, Place> = new Map();
  const look = async (): Promise<ReadonlyMap<string, Place>> => (places = await placesOf(await directoriesOf(config)));
  const run = async (ids: readonly string[], options: readonly string[]): Promise<void> => {
    for (let at = 0; at < ids.length; at += idsAtOnce) {
      const limits = ids.slice(at, at + idsAtOnce).map((id) => `-qI${id}`);
      const ran = await runProgram(program, ['-C', config, ...options, ...limits]);
      if (ran.code !== 0) throw new QueueTrouble(failureText(program, ran));
    }
  };
  /** What became of it is read from the queue, not from what a program says it did. */
  const change = async (ids: readonly string[], options: readonly string[], judge: Judge): Promise<readonly Handled[]> => {
    await run(ids.filter(isSendmailId), options);
    const now = await look();
    return ids.map((id) => ({ id, error: isSendmailId(id) ? judge(now.get(id) ?? null) : 'is no queue id of Sendmail' }));
  };

  return {
    name: 'sendmail',
    async *list(): AsyncGenerator<QueueItem> {
      for await (const item of inBatches([...(await look())], itemOf)) if (item !== null) yield item;
    },
    async open(id, maxBytes) {
      for (const again of [false, true]) {
        const place = (again ? await look() : places).get(id);
        const known = place === undefined ? null : await envelopeOf(place);
        const body = known === null || place === undefined ? null : await readBeginning(place.body, maxBytes);
        if (known !== null && body !== null) {
          const { user, ip, header } = known;
          return { user, ip, beginning: Buffer.concat([header, Buffer.from('\n'), body]).subarray(0, maxBytes) };
        }
      }
      return null;
    },
    endOfHold: () => Promise.resolve(null),
    hold: (ids, why) => change(ids, [`-Q${why}`], (now) => (now === null ? 'is no longer in the queue' : now.held ? null : busy)),
    release: (ids) => change(ids, ['-qQ', '-Q'], (now) => (now?.held === true ? busy : null)),
    async remove(ids) {
      const now = await look();
      const handled: Handled[] = [];
      for (const id of ids) handled.push({ id, error: await removed(now.get(id)) });
      return handled;
    },
    undoing: {
      kind: 'files',
      async filesOf(id) {
        const place = places.get(id) ?? (await look()).get(id);
        if (place?.held !== true) throw new QueueTrouble(`${id} is not quarantined`);
        return [
          { name: `df${id}`, path: place.body },
          { name: `hf${id}`, path: place.control },
        ];
      },
      putBack,
    },
  };
}

type Judge = (now: Place | null) => string | null;
const busy = 'is being delivered at this moment; try again';

/** `O QueueDirectory`; its last part may end with an asterisk and is then many directories (Operations Guide, 5.6). */
async function directoriesOf(config: string): Promise<readonly string[]> {
  const text = await unlessGone(config, readFile(config, 'latin1'));
  if (text === null) throw new QueueTrouble(`${config} is not found`);
  const named = /^O\s*QueueDirectory\s*=\s*(\S+)/im.exec(text)?.[1] ?? usualDirectory;
  if (!named.endsWith('*')) return [named];
  const folder = dirname(named);
  const prefix = named.slice(folder.length + 1, -1);
  const names = (await unlessGone(folder, readdir(folder))) ?? [];
  return names.filter((name) => name.startsWith(prefix)).map((name) => join(folder, name));
}

/** Every message in directories, whose files may stand in folders `qf` and `df` of them. */
async function placesOf(directories: readonly string[]): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  for (const directory of directories) {
    const [controls, bodies] = await Promise.all([partOf(directory, 'qf'), partOf(directory, 'df')]);
    for (const name of (await unlessGone(controls, readdir(controls))) ?? []) {
      const id = name.slice(2);
      const held = name.startsWith('hf');
      if ((held || name.startsWith('qf')) && isSendmailId(id)) places.set(id, { control: join(controls, name), body: join(bodies, `df${id}`), held });
    }
  }
  return places;
}

const partOf = async (directory: string, part: string): Promise<string> =>
  (await unlessGone(directory, stat(join(directory, part))))?.isDirectory() === true ? join(directory, part) : directory;

async function envelopeOf({ control }: Place): Promise<SendmailEnvelope | null> {
  const file = await readEnvelope(control);
  return file === null ? null : parseSendmailControl(file);
}

async function itemOf([id, place]: readonly [string, Place]): Promise<QueueItem | null> {
  const known = await envelopeOf(place);
  const body = await sizeOf(place.body);
  if (known === null || body === null) return null;
  const { from, to, queuedAt, quarantine, reason, header } = known;
  const reasons = [...(quarantine === null ? [] : [`quarantined: ${quarantine}`]), ...(reason === '' ? [] : [reason])];
  return { id, store: 'sendmail', queuedAt, from, to, size: header.length + 1 + body, reason: reasons.join('; '), incident: null, held: place.held };
}

/** The control file first: a body without one is no message. */
async function removed(place: Place | undefined): Promise<string | null> {
  if (place === undefined) return null;
  if (!place.held) return 'is not quarantined';
  if (
    (await unlessGone(
      place.control,
      unlink(place.control).then(() => true),
    )) === null
  )
    return 'is not quarantined any more';
  await unlessGone(place.body, unlink(place.body));
  await syncPath(dirname(place.control));
  return null;
}

async function putBack(id: string, files: readonly KeptFile[], announcement: Announcement): Promise<string> {
  const control = files.find(({ name }) => name.startsWith('hf'));
  // Somebody may have it in the queue as one that is delivered.
  if (control !== undefined && (await isThere(join(dirname(control.home), `qf${id}`)))) return id;
  // Sendmail passes over names that begin with two letters it has no files of.
  return putFiles(id, files, ({ home }) => join(dirname(home), `ZZ${basename(home)}`), announcement);
}
