// Letters to recipients about held mail as the keeper has them: when they go out, what they rest on, and what becomes of the orders that doors and
// page take.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { Config } from '../config/options.ts';
import type { Quarantine } from '../delivery/quarantine/quarantine.ts';
import type { Recorder } from '../model/events.ts';
import type { ReleaseOrder } from '../model/release.ts';
import { bareAddress } from '../respond/digest/bare-address.ts';
import { createDigestControl, type BegunRound, type DigestControl } from '../respond/digest/control.ts';
import { createLetterBook, type LetterBook } from '../respond/digest/letter-book.ts';
import { OrderQueue } from '../respond/digest/order-queue.ts';
import { createReleaseDesk } from '../respond/digest/release-desk.ts';
import { createReleaseDoor, type ReleaseDoor } from '../respond/digest/release-view.ts';
import type { DigestSettings, RoundParts } from '../respond/digest/round.ts';
import { authorIn } from '../respond/digest/safe-text.ts';
import { minuteOfDay } from '../respond/digest/schedule.ts';
import { recipientPrint } from '../respond/digest/token.ts';
import { tellOfUnderWay } from '../respond/digest/under-way.ts';
import { createDigestLines, type DigestLines } from '../store/digest-lines.ts';
import type { Store } from '../store/open.ts';
import { LetterRefused, LetterUncertain, type OwnPost } from './own-post.ts';
import { digestDir, releaseAddressOf, openReleaseKey } from './release-ground.ts';
import { readWhole, replaceWhole } from './whole-file.ts';

export interface DigestsInForce {
  /** With which tokens are signed, in base64: doors hold them against it. */
  readonly releaseKey: string;
  readonly control: DigestControl;
  /** Null: recipients cannot release. */
  door(): ReleaseDoor | null;
  /** What recipients have asked for and their mail server refuses, in words. */
  trouble(): readonly string[];
  /** A door has taken orders; they are on the disk. */
  take(orders: readonly ReleaseOrder[]): void;
  /** A door has died: it may have taken orders and not told. */
  rescan(): void;
  reconfigure(config: Config): void;
  close(): Promise<void>;
}

export interface DigestsGround {
  readonly config: Config;
  readonly store: Store;
  readonly quarantine: Pick<Quarantine, 'select' | 'find' | 'waitingFor' | 'release' | 'header'>;
  readonly post: Pick<OwnPost, 'send' | 'newId'>;
  readonly record: Recorder;
  trouble(why: string): void;
}

/** How often the clock is looked at, in ms. */
const lookEveryMs = 15_000;
/** A release that is under way at the end is waited for so long, in ms; what is cut off then is done again by the next run. */
const closeWithinMs = 10_000;

/** What all of it rests on. */
interface Desk extends DigestsGround {
  readonly key: Buffer;
  readonly book: LetterBook;
  readonly lines: DigestLines;
  print(address: string): string;
  authorOf(id: string): Promise<string | null>;
  wait(ms: number): Promise<void>;
  readonly stopping: AbortController;
}

/** Opens it: orders of an earlier run are taken up. */
export async function openDigestsInForce(ground: DigestsGround): Promise<DigestsInForce> {
  let { config } = ground;
  const dir = digestDir(config.state);
  const desk = await openDesk(ground, dir);
  const queue = orderQueueOf(desk);
  const lastFile = join(dir, 'last-round');
  /** One after the other: what is said last must stand there in the end. */
  let noting: Promise<void> = Promise.resolve();
  const control = createDigestControl({
    schedule: () => scheduleOf(config),
    parts: () => {
      const settings = settingsOf(config);
      return settings === null ? null : roundPartsOf(desk, settings);
    },
    ordersWaiting: () => queue.waiting,
    lastRound: await readRound(lastFile, ground.trouble),
    noteRound: (round) => {
      noting = noting
        .then(() => replaceWhole(lastFile, Buffer.from(roundText(round))))
        .catch((error: unknown) => ground.trouble(`${lastFile} cannot be written: ${String(error)}`));
    },
    tidy: async () => {
      await desk.lines.sweep(Date.now());
      await desk.book.sweep(Date.now() - (config.quarantine.digest?.linksFor ?? 0));
    },
    trouble: ground.trouble,
    now: Date.now,
    wait: desk.wait,
  });
  await queue.start();
  await sayUnderWay(desk);
  const ticking = setInterval(() => control.tick(), lookEveryMs).unref();
  return {
    releaseKey: desk.key.toString('base64'),
    control,
    door: () => doorOf(config, desk, queue),
    trouble: () => rejectedTrouble(queue.rejected),
    take: (orders) => {
      for (const order of orders) void queue.take(order);
    },
    rescan: () => void queue.rescan(),
    reconfigure: (next) => {
      config = next;
    },
    close: async () => {
      clearInterval(ticking);
      desk.stopping.abort();
      await Promise.race([Promise.all([queue.stop(), control.ended()]), later(closeWithinMs, undefined, { ref: false })]);
      await noting;
    },
  };
}

/** One line, however many there are. */
const rejectedTrouble = (rejected: readonly string[]): readonly string[] =>
  rejected.length === 0
    ? []
    : [
        `${rejected.length} held ${rejected.length === 1 ? 'message' : 'messages'} that recipients asked for cannot be released: ${rejected.at(-1) ?? ''} (docs/digest.md)`,
      ];

async function openDesk(ground: DigestsGround, dir: string): Promise<Desk> {
  const { quarantine, store, trouble } = ground;
  const key = await openReleaseKey(dir, trouble);
  const stopping = new AbortController();
  return {
    ...ground,
    key,
    book: createLetterBook(dir, { damaged: (file) => trouble(`${file} is damaged, and passed over: nobody can tell what it was (docs/digest.md)`) }),
    lines: createDigestLines(store.queries),
    print: printsOf(key),
    authorOf: async (id) => authorIn((await quarantine.header(id).catch(() => null)) ?? []),
    wait: (ms) => later(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined),
    stopping,
  };
}

/** A database that fails here must not keep the gateway from starting. */
async function sayUnderWay({ lines, quarantine, print, record, trouble }: Desk): Promise<void> {
  const find = (id: string): ReturnType<typeof quarantine.find> => quarantine.find(id);
  await tellOfUnderWay({ underWay: lines.underWay, settle: lines.settle, find, print, record }).catch((error: unknown) =>
    trouble(`letters that were under way: ${String(error)}`),
  );
}

const orderQueueOf = ({ quarantine, book, print, record, trouble, lines }: Desk): OrderQueue =>
  new OrderQueue({
    book,
    find: (id) => quarantine.find(id),
    waitingFor: (id) => quarantine.waitingFor(id),
    release: (id, by, only) => quarantine.release(id, by, only),
    tellAgain: (item, recipient) => lines.note([{ item, recipient }], Date.now()),
    print,
    record,
    trouble,
    now: Date.now,
    later: (act, ms) => {
      const timer = setTimeout(act, ms).unref();
      return () => clearTimeout(timer);
    },
  });

const roundPartsOf = ({ quarantine, lines, post, stopping, ...desk }: Desk, settings: DigestSettings): RoundParts => ({
  ...desk,
  settings,
  select: (page) => quarantine.select({}, { state: 'held', ...page }),
  told: (ids) => lines.told(ids, Date.now()),
  noteTold: (ids, recipient, until, letter) =>
    lines.note(
      ids.map((item) => ({ item, recipient })),
      until,
      letter,
    ),
  waitingFor: (id) => quarantine.waitingFor(id),
  // The recipient's mailbox is behind the hub, whatever way alerts take.
  send: (to, raw) => post.send([to], raw, { detour: false }),
  isRefusal: (error) => error instanceof LetterRefused,
  isUncertain: (error) => error instanceof LetterUncertain,
  newId: () => post.newId(),
  random: () => randomBytes(16),
  now: Date.now,
  isStopped: () => stopping.signal.aborted,
});

function doorOf(config: Config, { quarantine, record, key, book, print, authorOf, wait }: Desk, queue: OrderQueue): ReleaseDoor | null {
  const { digest } = config.quarantine;
  if (digest === undefined) return null;
  const isHeld = async (id: string): Promise<boolean> => (await quarantine.find(id))?.state === 'held';
  return createReleaseDoor({
    desk: createReleaseDesk({ key, book, address: releaseAddressOf(config), isHeld, now: Date.now }),
    find: (id) => quarantine.find(id),
    authorOf,
    print,
    take: (order) => queue.take(order),
    language: digest.language,
    postmaster: config.site.postmaster,
    record,
    wait,
  });
}

/** A round looks at each recipient many times. */
function printsOf(key: Buffer): (address: string) => string {
  const known = new Map<string, string>();
  return (address) => {
    const found = known.get(address);
    if (found !== undefined) return found;
    if (known.size >= mostPrints) known.clear();
    const made = recipientPrint(key, address);
    known.set(address, made);
    return made;
  };
}
const mostPrints = 10_000;

function scheduleOf({ quarantine: { digest } }: Config): { readonly everyMs: number; readonly atMinute: number } | null {
  return digest === undefined ? null : { everyMs: digest.every, atMinute: minuteOfDay(digest.at) };
}

/** Of this configuration; null: no letters are sent. */
export function settingsOf(config: Config): DigestSettings | null {
  const { site, web, quarantine } = config;
  const { digest } = quarantine;
  if (digest === undefined) return null;
  const domains = new Set(digest.domains.length > 0 ? digest.domains : site.domains);
  const except = new Set(digest.except.map((address) => address.toLowerCase()));
  const { link } = digest;
  return {
    hostname: site.hostname,
    postmaster: site.postmaster,
    address: releaseAddressOf(config),
    link: link === undefined || web === undefined ? null : link.replace(/\/$/, ''),
    linksForMs: digest.linksFor,
    lines: digest.lines,
    perMinute: digest.perMinute,
    languageOf: (domain) => digest.languages[domain] ?? digest.language,
    isTold: (address) =>
      domains.has(address.slice(address.lastIndexOf('@') + 1).toLowerCase()) && !except.has(address.toLowerCase()) && !except.has(bareAddress(address)),
  };
}

/** `1795251992123`, and behind it that not everybody has had his turn. */
export const roundText = ({ at, isWhole }: BegunRound): string => `${at}${isWhole ? '' : ' under way'}`;

export async function readRound(file: string, trouble: (why: string) => void): Promise<BegunRound | null> {
  const [, at, rest] = /^(\d{1,15})( under way)?$/.exec((await readWhole(file, trouble))?.toString('latin1') ?? '') ?? [];
  return at === undefined ? null : { at: Number(at), isWhole: rest === undefined };
}
