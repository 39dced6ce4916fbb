// Who knows whom, as the keeper learns it: from what our own write at once, from what is delivered to them after an hour in which nothing was
// wrong, so that a flood does not make its senders known. Kept over restarts; the doors read the memory.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { EstablishedPairs, mailboxOf, pairSecretOctets } from '../facts/established-pairs.ts';
import { LruMap } from '../lib/lru-map.ts';
import type { MessageSighting } from '../model/sighting.ts';
import { readWhole, replaceWhole, sealed, unsealed } from './whole-file.ts';

export interface EstablishedPairsInForce {
  /** For the doors; see facts/established-pairs.ts. */
  readonly memory: SharedArrayBuffer;
  /** A message came to its end. */
  note(sighting: MessageSighting): void;
  /** Lets those that have waited long enough count; done once a minute by itself. */
  look(): void;
  readonly size: number;
  /** Pairs that wait. */
  readonly waiting: number;
  close(): Promise<void>;
}

export interface EstablishedPairsParts {
  /** The state directory. */
  readonly dir: string;
  /** Mailboxes that are being bombed just now. */
  bombed(): readonly string[];
  trouble(why: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A bomb is noticed within minutes, and its first messages came before. */
const waitMs = 3_600_000;
const lookEveryMs = 60_000;
/** What a crash loses is learned again. */
const saveEveryMs = 600_000;
/** Pairs that wait at most, the oldest gone first: a flood from strangers makes nobody known, it only takes longer for others. */
const mostWaiting = 1 << 17;
const mostBombed = 10_000;
const magic = 'FGPAIR1\n';

/** Reads what an earlier run has left; a file that is damaged is told, and everybody is a stranger again. */
export async function openEstablishedPairs({ dir, bombed, trouble, now }: EstablishedPairsParts): Promise<EstablishedPairsInForce> {
  const file = join(dir, 'established-pairs');
  const memory = new SharedArrayBuffer(EstablishedPairs.bytes);
  await fill(memory, file, trouble);
  const pairs = new EstablishedPairs(memory);
  const waiting = new WaitingPairs();
  const attacked = new LruMap<string, number>({ capacity: mostBombed, now });
  let changed = false;
  const add = (print: number): void => {
    if (pairs.has(print)) return;
    pairs.add(print);
    changed = true;
  };
  const look = (): void => {
    for (const mailbox of bombed()) attacked.set(mailbox, now());
    for (let next = waiting.takeBefore(now() - waitMs); next !== null; next = waiting.takeBefore(now() - waitMs))
      if ((attacked.peek(next.mailbox) ?? 0) < next.at) add(next.print);
  };
  let saving: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    if (!changed) return saving;
    changed = false;
    saving = saving
      .then(() => replaceWhole(file, sealed(magic, Buffer.from(new Uint8Array(memory)))))
      .catch((error: unknown) => trouble(`${file} cannot be written: ${String(error)}`));
    return saving;
  };
  const timers = [setInterval(look, lookEveryMs).unref(), setInterval(() => void save(), saveEveryMs).unref()];
  return {
    memory,
    note: (sighting) => {
      const met = meetingOf(sighting);
      if (met === null) return;
      const print = pairs.printOf(met.mailbox, met.domain);
      if (met.isOwnWord) add(print);
      else if (!pairs.has(print)) waiting.add({ print, mailbox: met.mailbox, at: sighting.at });
    },
    look,
    get size() {
      return pairs.size;
    },
    get waiting() {
      return waiting.size;
    },
    close: () => {
      for (const timer of timers) clearInterval(timer);
      return save();
    },
  };
}

async function fill(memory: SharedArrayBuffer, file: string, trouble: (why: string) => void): Promise<void> {
  const found = await readWhole(file, trouble);
  const known = found === null ? null : unsealed(magic, found);
  if (known?.length === memory.byteLength) {
    Buffer.from(memory).set(known);
    return;
  }
  if (found !== null) trouble(`${file} is damaged or of another version: everybody is a stranger again`);
  EstablishedPairs.prepare(memory, randomBytes(pairSecretOctets));
}

interface Meeting {
  /** Of ours. */
  readonly mailbox: string;
  /** The other's. */
  readonly domain: string;
  /** The mailbox has written itself. */
  readonly isOwnWord: boolean;
}

/** Whom a message makes known to whom; null where it does not: it never arrived, or was marked, or both are ours. */
function meetingOf({ direction, outcome, from, to, traits, caller }: MessageSighting): Meeting | null {
  if (outcome !== 'delivered') return null;
  if (direction === 'out') {
    const isOurs = caller.user !== null || caller.inside;
    return isOurs && from !== '' ? { mailbox: from, domain: domainOf(to), isOwnWord: true } : null;
  }
  if (direction === 'within' || traits?.report !== undefined) return null;
  const domain = traits?.fromDomain ?? domainOf(from);
  return domain === '' ? null : { mailbox: mailboxOf(to), domain, isOwnWord: false };
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1 || address.length);

interface Waiting {
  readonly print: number;
  readonly mailbox: string;
  /** When it came, in ms. */
  readonly at: number;
}

/** A ring: the oldest goes when it is full. */
class WaitingPairs {
  readonly #ring: Waiting[] = [];
  #first = 0;
  #count = 0;

  get size(): number {
    return this.#count;
  }

  add(pair: Waiting): void {
    if (this.#count === mostWaiting) this.#drop();
    this.#ring[(this.#first + this.#count) % mostWaiting] = pair;
    this.#count++;
  }

  /** The oldest that came before, taken out; null where there is none. */
  takeBefore(at: number): Waiting | null {
    const oldest = this.#ring[this.#first];
    if (this.#count === 0 || oldest === undefined || oldest.at > at) return null;
    this.#drop();
    return oldest;
  }

  #drop(): void {
    this.#first = (this.#first + 1) % mostWaiting;
    this.#count--;
  }
}
