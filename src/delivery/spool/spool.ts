// The keeper's side of the spool: knows what waits, hands it on when its next hop is back, and gives to the operator's quarantine what
// cannot be delivered. Who else may hear of that is decided in whom-to-tell.ts; a stranger never does.
import type { Delivery, DeliveryRequest, Route } from '../../model/delivery.ts';
import type { SpoolItem } from '../../model/spool.ts';
import { ClockGuard } from '../../lib/clock-guard.ts';
import type { SharedStock } from '../../lib/shared-stock.ts';
import { aboutSpooled, giveUp, type GivingUpParts } from './giving-up.ts';
import { handOn, type HandedOn } from './hand-on.ts';
import type { Parked } from './marks.ts';
import { OperatorsHand, type SpoolHandled } from './operators-hand.ts';
import { ParkedMessages } from './parked.ts';
import { recover } from './recovery.ts';
import { isOver, RouteQueue, type Queued } from './route-queue.ts';
import { SegmentLedger } from './segment-ledger.ts';
import { SegmentReader } from './segment-reader.ts';
import { readBeginning, readSpooled, type SpooledMessage } from './spooled-message.ts';
import type { FailedRecipient } from './whom-to-tell.ts';

export interface SpoolParts extends GivingUpParts {
  /** `spool` in the state directory; it exists. */
  readonly dir: string;
  readonly stock: SharedStock;
  readonly delivery: Pick<Delivery, 'deliver'>;
  /** Where the mail of a route goes now; of one that is configured no more, `away` says so, and it is not tried. */
  routeOf(key: string): { readonly route: Route; readonly away: string | null };
  /** Messages at once on their way to one next hop, and the longest pause between two tries of one that is away, in ms. */
  settings(): { readonly atOnce: number; readonly longestPauseMs: number };
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of any origin, which nobody sets. */
  steady(): number;
  /** Discarded messages that can be had back; usually 200,000. */
  readonly mostDiscarded?: number;
}

/** What waits for a next hop. */
export interface SpoolRouteState {
  readonly route: string;
  readonly messages: number;
  /** Why it is away, in words; null where it is there as far as is known. */
  readonly away: string | null;
}

/** What an operator sees of a message; `number` grows in the order of the list. */
export interface SpooledShown extends SpoolItem {
  readonly number: number;
  readonly tries: number;
  readonly nextTryAt: number | null;
  readonly held: boolean;
}

/** Messages given to the quarantine, or thrown away for good, at one look: each takes the disk for a moment. */
const mostGivenUp = 100;
/** So many times a message is handed over without an answer: each may be a copy. */
const mostDoubts = 4;
/** About a kilobyte of memory each. */
const usualMostDiscarded = 200_000;

interface Known {
  readonly number: number;
  readonly queued: Queued;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Spool {
  readonly #parts: SpoolParts;
  readonly #ledger: SegmentLedger;
  readonly #reader: SegmentReader;
  readonly #known = new Map<string, Known>();
  readonly #routes = new Map<string, RouteQueue>();
  readonly #parked: ParkedMessages;
  readonly #clock: ClockGuard;
  readonly #hand: OperatorsHand;
  #number = 0;
  /** Refused for good; kept together with what else is left, when nothing more can be tried. Gone at a restart: they are asked for again then. */
  readonly #refused = new Map<string, readonly FailedRecipient[]>();
  /** Folders that are being read, and what was finished meanwhile. */
  #rescans = 0;
  readonly #finishedMeanwhile = new Set<string>();
  readonly #attempts = new Set<Promise<void>>();
  #isClosed = false;

  constructor(parts: SpoolParts) {
    this.#parts = parts;
    this.#reader = new SegmentReader(parts.dir);
    this.#ledger = new SegmentLedger(parts.dir, { trouble: (why) => this.#say([why]), removed: (segment) => this.#reader.forget(segment) });
    this.#clock = new ClockGuard(parts);
    this.#parked = new ParkedMessages(parts.mostDiscarded ?? usualMostDiscarded);
    this.#hand = new OperatorsHand({
      ledger: this.#ledger,
      parked: this.#parked,
      stock: parts.stock,
      record: parts.record,
      now: () => parts.now(),
      waiting: (id) => this.#waiting(id),
      isKnown: (id) => this.#known.has(id),
      takeOut: (ids) => [...this.#routes.values()].flatMap((queue) => queue.takeOut(ids)),
      putBack: (queued) => this.#queueOf(queued.item.route).add(queued),
      pump: (route) => this.#pump(route),
    });
  }

  /** Messages that wait, held ones among them. */
  get size(): number {
    return this.#known.size - this.#parked.discarded;
  }

  /** Reads what a process before us has left. To be called before any door writes. */
  async start(): Promise<void> {
    const { waiting, finished, pinned, trouble } = await recover(this.#parts.dir, { mayClean: true });
    this.#say(trouble);
    for (const segment of finished) await this.#ledger.removeNow(segment);
    this.#ledger.noteClosed(waiting.map(({ item }) => item.segment));
    for (const segment of pinned) this.#ledger.pin(segment);
    for (const { item, served, parked } of waiting) {
      if (parked?.state !== 'discarded') this.#parts.stock.add({ pieces: 1, bytes: item.wireBytes });
      this.#enter(item, served, parked);
    }
  }

  /** A door has kept messages. */
  take(items: readonly SpoolItem[]): void {
    for (const item of items) {
      if (this.#known.has(item.id) || this.#finishedMeanwhile.has(item.id) || this.#ledger.isDone(item.id)) continue;
      this.#ledger.noteGrowing(item.segment);
      this.#enter(item, [], null);
      this.#pump(item.route);
    }
  }

  /** A door has died: it may have kept messages and not told. */
  async rescan(writer: string): Promise<void> {
    this.#rescans += 1;
    try {
      const { waiting, trouble } = await recover(this.#parts.dir, { writer, mayClean: false });
      this.#say(trouble);
      this.take(waiting.map(({ item }) => item));
    } finally {
      this.#rescans -= 1;
      if (this.#rescans === 0) this.#finishedMeanwhile.clear();
    }
  }

  /** To be called about twice a second: what is due is tried, what is over is kept for the operator. */
  tick(): void {
    // While the clock is not believed nothing is over: what was thrown away by mistake cannot be had back.
    const now = this.#clock.isBelieved() ? this.#parts.now() : Number.NEGATIVE_INFINITY;
    for (const [key, queue] of this.#routes) {
      for (const queued of queue.expired(now, mostGivenUp)) void this.#giveUp(queued, timeIsOver(queue, queued));
      this.#pump(key);
    }
    for (const { item } of this.#parked.over(now, mostGivenUp)) {
      this.#forget(item);
      this.#ledger.done(item.segment, { id: item.id, done: 'discarded' });
    }
    void this.#ledger.flush();
  }

  /** All that waits for a route, or for any, is tried at once. */
  retryNow(route?: string): number {
    for (const [key, queue] of this.#routes) {
      if (route !== undefined && key !== route) continue;
      queue.retryNow(this.#parts.steady());
      this.#pump(key);
    }
    return route === undefined ? this.size : (this.#routes.get(route)?.size ?? 0);
  }

  /** What waits, oldest first, behind the one of that number. */
  list(limit: number, after = 0): readonly SpooledShown[] {
    const listed: SpooledShown[] = [];
    for (const [id, { number, queued }] of this.#known) {
      if (listed.length === limit) break;
      const parked = this.#parked.find(id)?.parked.state;
      if (number <= after || parked === 'discarded') continue;
      const { item, tries, nextTryAt } = queued;
      listed.push({ ...item, number, tries, nextTryAt: tries === 0 ? null : this.#parts.now() + nextTryAt - this.#parts.steady(), held: parked === 'held' });
    }
    return listed;
  }

  /** Envelope and first octets of a message; null where none of that id waits. */
  async look(id: string, mostBytes: number): Promise<(Awaited<ReturnType<typeof readBeginning>> & { readonly item: SpoolItem }) | null> {
    const item = this.#waiting(id);
    return item === undefined ? null : { item, ...(await readBeginning(this.#reader, item, mostBytes)) };
  }

  routes(): readonly SpoolRouteState[] {
    return [...this.#routes].map(([route, queue]) => ({ route, messages: queue.size + queue.underWay + this.#parked.heldOf(route), away: queue.away }));
  }

  /** Stops messages: they are not tried, and their time is never over, until they are released. */
  hold(ids: readonly string[], by: string): readonly SpoolHandled[] {
    return this.#hand.hold(ids, by);
  }

  /** Takes messages out; they can be had back for a day. */
  discard(ids: readonly string[], by: string): readonly SpoolHandled[] {
    return this.#hand.discard(ids, by);
  }

  /** Lets held messages go. */
  release(ids: readonly string[], by: string): readonly SpoolHandled[] {
    return this.#hand.release(ids, by);
  }

  /** Brings discarded messages back, to what they were before. */
  restore(ids: readonly string[], by: string): readonly SpoolHandled[] {
    return this.#hand.restore(ids, by);
  }

  /** Nothing new is begun; what is under way may end for so many ms, or it would be delivered twice. */
  async close(patienceMs: number): Promise<void> {
    this.#isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
    await Promise.race([Promise.all(this.#attempts), patience]);
    clearTimeout(timer);
    await this.#ledger.flush();
    this.#ledger.close();
    this.#reader.close();
  }

  #waiting(id: string): SpoolItem | undefined {
    return this.#parked.find(id)?.parked.state === 'discarded' ? undefined : this.#known.get(id)?.queued.item;
  }

  #say(trouble: readonly string[]): void {
    for (const why of trouble) this.#parts.record({ type: 'spool-broken', why });
  }

  #enter(item: SpoolItem, served: readonly string[], parked: Parked | null): void {
    const queued: Queued = { item, served, tries: 0, nextTryAt: 0, mayOutstay: false, doubt: null, doubts: 0, losses: 0 };
    this.#number += 1;
    this.#known.set(item.id, { number: this.#number, queued });
    this.#ledger.enter(item.segment);
    if (parked === null) this.#queueOf(item.route).add(queued);
    else this.#parked.put(queued, parked);
  }

  #forget({ id }: SpoolItem): void {
    this.#known.delete(id);
    this.#refused.delete(id);
    if (this.#rescans > 0) this.#finishedMeanwhile.add(id);
  }

  #queueOf(route: string): RouteQueue {
    let queue = this.#routes.get(route);
    if (queue === undefined) this.#routes.set(route, (queue = new RouteQueue())); // routes are the configuration's, not strangers'
    return queue;
  }

  #pump(route: string): void {
    const queue = this.#queueOf(route);
    while (!this.#isClosed) {
      const queued = queue.next(this.#parts.steady());
      if (queued === null) return;
      const attempt = this.#attempt(queued, queue).then(() => {
        this.#attempts.delete(attempt);
        queue.underWay -= 1;
        this.#pump(route);
      });
      this.#attempts.add(attempt);
    }
  }

  /** Never rejects. */
  async #attempt(queued: Queued, queue: RouteQueue): Promise<void> {
    const { item } = queued;
    const { now, steady, settings, dir, delivery } = this.#parts;
    if (isOver(queued, now()) && this.#clock.isBelieved()) return this.#giveUp(queued, timeIsOver(queue, queued));
    queued.mayOutstay = false;
    const { away } = this.#parts.routeOf(item.route);
    if (away !== null) return queue.lost(queued, away, { steady: steady(), longestPauseMs: settings().longestPauseMs });
    try {
      const request = this.#requestOf(await readSpooled({ dir, reader: this.#reader }, item), queued);
      const handed = request.recipients.length === 0 ? allServed : await handOn(request, delivery);
      if (this.#isClosed) return this.#noteServed(item, handed); // the next process goes on from here
      if (handed.refused.length > 0) this.#refused.set(item.id, [...(this.#refused.get(item.id) ?? []), ...handed.refused]);
      queued.served = [...queued.served, ...handed.served.map(({ text }) => text)];
      if (handed.away) {
        this.#noteServed(item, handed); // it may have taken the message for some before it went
        return queue.lost(queued, handed.said, { steady: steady(), longestPauseMs: settings().longestPauseMs });
      }
      if (!handed.doubtful) queue.answered(settings().atOnce);
      else [queued.doubt, queued.doubts] = [handed.said, queued.doubts + 1];
      if (handed.deferred.length > 0) {
        this.#noteServed(item, handed);
        if (queued.doubts >= mostDoubts)
          return await this.#giveUp(queued, `handed over ${mostDoubts} times without an answer: ${handed.said}; its next hop may have it`);
        return queue.putOff(queued, steady());
      }
      if (this.#refused.has(item.id)) {
        this.#noteServed(item, handed);
        return await this.#giveUp(queued, 'its next hop refused it');
      }
      this.#done(item, 'delivered');
      const { said: hubReply, queueId: hubQueueId } = handed;
      this.#parts.record({ type: 'spool-delivered', ...aboutSpooled(item), tries: queued.tries + 1, waitedMs: now() - item.queuedAt, hubReply, hubQueueId });
    } catch (error) {
      this.#say([`${item.id} could not be handed on: ${reasonOf(error)}`]);
      queue.putOff(queued, steady());
    }
  }

  #requestOf({ envelope, content }: SpooledMessage, { item, served }: Queued): DeliveryRequest {
    const refused = this.#refused.get(item.id)?.map(({ to }) => to.text) ?? [];
    const { id, handover, from, parameters, prependedHeaders, recipients } = envelope;
    return {
      reference: id,
      handover,
      route: this.#parts.routeOf(item.route).route,
      from,
      parameters,
      recipients: recipients.filter(({ text }) => !served.includes(text) && !refused.includes(text)),
      prependedHeaders,
      content,
      // Nobody waits for one answer to all: who can be served is.
      perRecipientAnswers: true,
    };
  }

  #noteServed({ id, segment }: SpoolItem, { served, deferred, refused }: HandedOn): void {
    if (served.length === 0) return;
    const isAll = deferred.length === 0 && refused.length === 0 && !this.#refused.has(id);
    this.#ledger.mark(segment, isAll ? { id, done: 'delivered' } : { id, served: served.map(({ text }) => text) });
  }

  /** False where the mark could not be written. */
  #done(item: SpoolItem, how: 'delivered' | 'held'): boolean {
    this.#forget(item);
    this.#parts.stock.giveBack(item.wireBytes);
    return this.#ledger.done(item.segment, { id: item.id, done: how });
  }

  /** What cannot be delivered is kept for the operator; where even that fails, it goes on waiting. */
  async #giveUp(queued: Queued, why: string): Promise<void> {
    const { item, served } = queued;
    try {
      const message = await readSpooled({ dir: this.#parts.dir, reader: this.#reader }, item);
      const { envelope } = message;
      const refused = this.#refused.get(item.id) ?? [];
      const failed = envelope.recipients
        .filter(({ text }) => !served.includes(text))
        .map((to) => refused.find((each) => each.to.text === to.text) ?? { to, why });
      const request = this.#requestOf(message, queued);
      await giveUp({ item, envelope, request, failed, why: refused[0]?.why ?? why, done: () => this.#done(item, 'held') }, this.#parts);
    } catch (error) {
      this.#say([`${item.id} cannot be kept for the operator and goes on waiting: ${reasonOf(error)}`]);
      this.#queueOf(item.route).putOff(queued, this.#parts.steady());
    }
  }
}

const allServed: HandedOn = { served: [], deferred: [], refused: [], said: 'all recipients had it', queueId: null, away: false, doubtful: false };
/** Why it is given up: what the next hop may have already must not look as if it never got there. */
const timeIsOver = ({ away }: RouteQueue, { doubt }: Queued): string =>
  doubt === null
    ? `not delivered within its time: ${away ?? 'its next hop put it off'}`
    : `not known to be delivered within its time: ${doubt}; its next hop may have it`;
