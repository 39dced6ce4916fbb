// Carries out what recipients have ordered: at once where it can be, again and again where the next hop is away, until the message has gone to
// whoever asked for it, or is held no more. An order is settled behind its release: should we die in between, it is looked at again.
import { LruMap } from '../../lib/lru-map.ts';
import type { Recorder } from '../../model/events.ts';
import type { HeldRecord } from '../../model/quarantine.ts';
import type { ReleaseOrder } from '../../model/release.ts';
import type { LetterBook } from './letter-book.ts';
import { isOperators } from './words.ts';

/**
 * `waits`: it could not be done yet. `gone`: somebody else has released or discarded it, or it is the operator's to decide. `rejected`: the mail
 * server refuses it for good, and the token may be used again when somebody has seen to that.
 */
export type OrderFate = 'released' | 'waits' | 'gone' | 'rejected';

export interface OrderQueueParts {
  readonly book: Pick<LetterBook, 'pending' | 'settle' | 'withdraw'>;
  find(id: string): Promise<HeldRecord | null>;
  /** Recipients who have not got it. */
  waitingFor(id: string): Promise<readonly string[]>;
  /** To one recipient alone. */
  release(
    id: string,
    by: string,
    only: string,
  ): Promise<{ readonly ok: boolean; readonly isUncertain?: boolean; readonly isRefused?: boolean; readonly error?: string }>;
  /** The next letter to this recipient (a print) names the message again. */
  tellAgain(id: string, recipient: string): Promise<void>;
  print(address: string): string;
  readonly record: Recorder;
  /** What goes wrong, in words. */
  trouble(why: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back after so many ms, and gives what takes that back. */
  later(act: () => void, ms: number): () => void;
}

/** Pauses between tries, in ms; the last one holds on. */
const pausesMs = [5000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 6 * 3_600_000] as const;
/** So often a next hop's answer may be lost; each time its recipient may have got a copy. */
const mostLost = 2;
/** Orders carried out at once. */
const atOnce = 4;
/** Orders in memory; others stay on the disk and are found there later. */
const mostWaiting = 10_000;
const lookEveryMs = 600_000;
/** Refused ones that are told of, and for how long, in ms. */
const mostRejected = 1000;
const rejectedForMs = 24 * 3_600_000;

/** So long an order keeps its message from expiring, in ms: a mailbox that takes nothing for good must not fill the quarantine. */
const promisedForMs = 14 * 24 * 3_600_000;

/** Messages that somebody was told are released, and are not yet; `now` in milliseconds since the epoch. Rejects where the disk fails. */
export const promisedIds = async (book: Pick<LetterBook, 'pending'>, now: number): Promise<ReadonlySet<string>> =>
  new Set((await book.pending()).filter(({ at }) => now - at < promisedForMs).map(({ id }) => id));

/** An order under way or waiting for its next try. */
interface Known {
  tries: number;
  /** Answers of the next hop that were lost. */
  lost: number;
  cancel: () => void;
}

const keyOf = ({ letter, line }: ReleaseOrder): string => `${letter}-${line}`;

export class OrderQueue {
  readonly #parts: OrderQueueParts;
  /** Orders under way or waiting for their next try, with what takes that back. */
  readonly #known = new Map<string, Known>();
  /** Settled ones, as long as the disk may still be read as it was before. */
  readonly #settled: LruMap<string, true>;
  /** What was refused for good, in words, by message; until it is released or for a day. */
  readonly #rejected: LruMap<string, string>;
  readonly #line: (() => void)[] = [];
  #busy = 0;
  readonly #running = new Set<Promise<OrderFate>>();
  #stopped = false;
  #cancelLook: () => void = () => {};

  constructor(parts: OrderQueueParts) {
    this.#parts = parts;
    this.#settled = new LruMap({ capacity: mostWaiting, now: parts.now });
    this.#rejected = new LruMap({ capacity: mostRejected, now: parts.now });
  }

  /** Orders that wait or are under way. */
  get waiting(): number {
    return this.#known.size;
  }

  /** Messages that their recipients have asked for and their mail server refuses: somebody must look. */
  get rejected(): readonly string[] {
    return [...this.#rejected.entries()].map(([, said]) => said);
  }

  /** Takes up what an earlier run has left, and looks for more now and then. */
  async start(): Promise<void> {
    await this.rescan();
    if (this.#stopped) return;
    this.#cancelLook = this.#parts.later(() => void this.start(), lookEveryMs);
  }

  /** Looks on the disk for orders that nobody told of: a door may have died before it could. */
  async rescan(): Promise<void> {
    try {
      for (const order of await this.#parts.book.pending()) void this.#take(order);
    } catch (error) {
      this.#parts.trouble(`release orders cannot be read: ${String(error)}`);
    }
  }

  /** An order that was just given; resolves when it was tried once. */
  take(order: ReleaseOrder): Promise<OrderFate> {
    return this.#take(order);
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelLook();
    for (const { cancel } of this.#known.values()) cancel();
    this.#known.clear();
    for (const go of this.#line.splice(0)) go();
    await Promise.all(this.#running);
  }

  async #take(order: ReleaseOrder): Promise<OrderFate> {
    const key = keyOf(order);
    if (this.#stopped || this.#known.has(key) || this.#settled.get(key) === true || this.#known.size >= mostWaiting) return 'waits';
    const known: Known = { tries: 0, lost: 0, cancel: () => {} };
    this.#known.set(key, known);
    return this.#begin(order, known);
  }

  #begin(order: ReleaseOrder, known: Known): Promise<OrderFate> {
    const running = this.#try(order, known).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  async #try(order: ReleaseOrder, known: Known): Promise<OrderFate> {
    await this.#turn();
    try {
      if (this.#stopped) return 'waits';
      known.tries += 1;
      const fate = await this.#carryOut(order, known);
      if (fate === 'rejected') return await this.#withdraw(order);
      if (fate !== 'waits') {
        await this.#parts.book.settle(order);
        this.#settled.set(keyOf(order), true);
        this.#known.delete(keyOf(order));
        return fate;
      }
    } catch (error) {
      this.#parts.trouble(`the release of ${order.id} that its recipient has asked for: ${String(error)}`);
    } finally {
      this.#busy -= 1;
      this.#line.shift()?.();
    }
    if (!this.#stopped) known.cancel = this.#parts.later(() => void this.#begin(order, known), pausesMs[known.tries - 1] ?? pausesMs[pausesMs.length - 1] ?? 0);
    return 'waits';
  }

  /** What is refused for good is refused tomorrow too: its recipient must hear it, and be able to ask again when somebody has mended it. */
  async #withdraw(order: ReleaseOrder): Promise<'rejected'> {
    await this.#parts.book.withdraw(order);
    this.#known.delete(keyOf(order));
    await this.#parts.tellAgain(order.id, order.recipient);
    return 'rejected';
  }

  async #turn(): Promise<void> {
    if (this.#busy >= atOnce) await new Promise<void>((resolve) => this.#line.push(resolve));
    this.#busy += 1;
  }

  async #carryOut({ id, recipient, way, asker }: ReleaseOrder, known: Known): Promise<OrderFate> {
    const { find, waitingFor, print, release, record, trouble } = this.#parts;
    const held = await find(id);
    // Without its key nobody can say whose it is: the key may come back.
    if (held !== null && held.unreadable !== null) return 'waits';
    // A virus is never its recipient's to release, whatever a letter once offered.
    if (held === null || held.state !== 'held' || isOperators(held)) return 'gone';
    // A message may name one mailbox in two spellings, and the next hop may have taken one of them.
    const his = new Set(held.to.filter((address) => print(address) === recipient));
    const [to] = his;
    if (to === undefined) return 'gone';
    if (known.tries === 1)
      record({ type: 'release-asked', session: held.reference.slice(0, held.reference.indexOf('-')), ip: held.ip, ref: held.reference, to, way, asker });
    const left = new Set((await waitingFor(id)).filter((address) => his.has(address)));
    let fate: OrderFate = 'released';
    let isLost = false;
    let rejection: string | null = null;
    let hasIt = false;
    for (const each of left) {
      const released = await release(id, `recipient ${to} by ${way} from ${asker}`, each);
      if (!released.ok) fate = 'waits';
      if (!released.ok && released.isRefused === true) rejection ??= released.error ?? id;
      hasIt ||= released.ok;
      isLost ||= released.isUncertain === true;
    }
    if (rejection !== null && !isLost && !hasIt) {
      this.#rejected.set(id, `${to} has asked: ${rejection}`, rejectedForMs);
      return 'rejected';
    }
    this.#rejected.delete(id);
    if (isLost) known.lost += 1;
    if (!isLost || known.lost < mostLost) return fate;
    trouble(
      `${id} is held on: its recipient ${to} has asked for it, and the next hop's answer was lost ${mostLost} times, so that it may be there; release it yourself if it is not`,
    );
    return 'gone';
  }
}
