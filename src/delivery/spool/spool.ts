// The keeper's side of the spool: knows what waits, hands it on when its next hop is back, and gives to the operator's quarantine what
// cannot be delivered. Nothing is ever returned to a stranger.
import type { Delivery, DeliveryRequest, Route } from '../../model/delivery.ts';
import type { Mailbox } from '../../model/mailbox.ts';
import type { Recorder } from '../../model/events.ts';
import type { HoldingPlace } from '../../model/quarantine.ts';
import type { SpoolEnvelope, SpoolItem } from '../../model/spool.ts';
import type { SharedStock } from '../../lib/shared-stock.ts';
import { handOn, type HandedOn } from './hand-on.ts';
import { Marks, type Mark } from './marks.ts';
import { readEnvelope, recover } from './recovery.ts';
import { RouteQueue, type Queued } from './route-queue.ts';
import { spooledContent } from './spooled-content.ts';
import { parseSegmentName } from './segment-file.ts';

export interface SpoolParts {
  /** `spool` in the state directory; it exists. */
  readonly dir: string;
  readonly stock: SharedStock;
  readonly delivery: Pick<Delivery, 'deliver'>;
  /** Where the mail of a route goes now. */
  routeOf(key: string): Route;
  /** For what is refused, and what nobody took in time. */
  readonly quarantine: HoldingPlace;
  /** Tells the author that recipients have not got it, where that is a user of ours who proved to be it; false: nobody was told. */
  tellAuthor(envelope: SpoolEnvelope, failed: readonly { readonly to: Mailbox; readonly why: string }[]): Promise<boolean>;
  readonly record: Recorder;
  /** Connections at once to one next hop, and the longest pause between two tries of one that is away, in ms. */
  settings(): { readonly connections: number; readonly longestPauseMs: number };
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What waits for a next hop. */
export interface SpoolRouteState {
  readonly route: string;
  readonly messages: number;
  /** Why it is away, in words; null where it is there as far as is known. */
  readonly away: string | null;
}

/** Messages of a route given to the quarantine at one look: each takes the disk for a moment. */
const mostGivenUp = 100;

type Refusals = { readonly to: Mailbox; readonly why: string }[];

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Spool {
  readonly #parts: SpoolParts;
  readonly #marks: Marks;
  readonly #known = new Map<string, Queued>();
  readonly #routes = new Map<string, RouteQueue>();
  /** Messages that wait, by segment. */
  readonly #left = new Map<string, number>();
  /** Refused for good; kept together with what else is left, when nothing more can be tried. Gone at a restart: they are asked for again then. */
  readonly #refused = new Map<string, Refusals>();
  /** The newest segment of each writer: it may still grow. */
  readonly #newest = new Map<string, number>();
  /** Finished while a folder is being read. */
  #finishedMeanwhile: Set<string> | null = null;
  readonly #attempts = new Set<Promise<void>>();
  #isClosed = false;

  constructor(parts: SpoolParts) {
    this.#parts = parts;
    this.#marks = new Marks(parts.dir);
  }

  get size(): number {
    return this.#known.size;
  }

  /** Reads what a process before us has left. To be called before any door writes. */
  async start(): Promise<void> {
    const { waiting, finished, trouble } = await recover(this.#parts.dir, { mayCut: true });
    this.#say(trouble);
    for (const segment of finished) await this.#marks.remove(segment);
    for (const { item, served } of waiting) {
      this.#parts.stock.add({ pieces: 1, bytes: item.wireBytes });
      this.#enqueue(item, served);
    }
  }

  /** A door has kept a message. */
  take(item: SpoolItem): void {
    if (this.#known.has(item.id) || this.#finishedMeanwhile?.has(item.id) === true) return;
    const parsed = parseSegmentName(item.segment);
    if (parsed !== null) this.#newest.set(parsed.name, Math.max(parsed.number, this.#newest.get(parsed.name) ?? 0));
    this.#enqueue(item, []);
    this.#pump(item.route);
  }

  /** A door has died: it may have kept messages and not told. */
  async rescan(writer: string): Promise<void> {
    this.#finishedMeanwhile ??= new Set();
    const { waiting, trouble } = await recover(this.#parts.dir, { writer, mayCut: false });
    this.#say(trouble);
    for (const { item } of waiting) this.take(item);
    this.#finishedMeanwhile = null;
  }

  /** To be called about twice a second: what is due is tried, what is over is kept for the operator. */
  tick(): void {
    const now = this.#parts.now();
    for (const [key, queue] of this.#routes) {
      for (const queued of queue.expired(now, mostGivenUp))
        void this.#giveUp(queued, `not delivered within its time: ${queue.away ?? 'its next hop put it off'}`);
      this.#pump(key);
    }
    void this.#marks.flush();
  }

  /** All that waits for a route, or for any, is tried at once. */
  retryNow(route?: string): number {
    for (const [key, queue] of this.#routes) {
      if (route !== undefined && key !== route) continue;
      queue.retryNow(this.#parts.now());
      this.#pump(key);
    }
    return route === undefined ? this.size : (this.#routes.get(route)?.size ?? 0);
  }

  /** What waits, oldest first; of a route where one is named. */
  list(limit: number): readonly (SpoolItem & { readonly tries: number; readonly nextTryAt: number | null })[] {
    const listed = [];
    for (const { item, tries, nextTryAt } of this.#known.values()) {
      if (listed.length === limit) break;
      listed.push({ ...item, tries, nextTryAt: tries === 0 ? null : nextTryAt });
    }
    return listed;
  }

  routes(): readonly SpoolRouteState[] {
    return [...this.#routes].map(([route, queue]) => ({ route, messages: queue.size + queue.underWay, away: queue.away }));
  }

  /** Nothing new is begun; what is under way may end for so many ms, or it would be delivered twice. */
  async close(patienceMs: number): Promise<void> {
    this.#isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
    await Promise.race([Promise.all(this.#attempts), patience]);
    clearTimeout(timer);
    await this.#marks.flush();
    this.#marks.close();
  }

  #say(trouble: readonly string[]): void {
    for (const why of trouble) this.#parts.record({ type: 'spool-broken', why });
  }

  #enqueue(item: SpoolItem, served: readonly string[]): void {
    const queued: Queued = { item, served, tries: 0, nextTryAt: 0 };
    this.#known.set(item.id, queued);
    this.#left.set(item.segment, (this.#left.get(item.segment) ?? 0) + 1);
    this.#queueOf(item.route).add(queued);
  }

  #queueOf(route: string): RouteQueue {
    let queue = this.#routes.get(route);
    if (queue === undefined) this.#routes.set(route, (queue = new RouteQueue())); // routes are the configuration's, not strangers'
    return queue;
  }

  #pump(route: string): void {
    const queue = this.#queueOf(route);
    while (!this.#isClosed) {
      const queued = queue.next(this.#parts.now());
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
    const { now, settings, dir, delivery } = this.#parts;
    if (item.expiresAt <= now()) return this.#giveUp(queued, `not delivered within its time: ${queue.away ?? 'its next hop put it off'}`);
    try {
      const envelope = await readEnvelope(dir, item);
      const request = await this.#requestOf(envelope, queued);
      const handed = request.recipients.length === 0 ? allServed : await handOn(request, delivery);
      if (this.#isClosed) return this.#noteServed(item, handed); // the next process goes on from here
      if (handed.away) return queue.lost(queued, handed.said, { now: now(), longestPauseMs: settings().longestPauseMs });
      queue.answered(settings().connections);
      this.#noteRefused(item.id, handed);
      queued.served = [...queued.served, ...handed.served.map(({ text }) => text)];
      if (handed.deferred.length > 0) {
        this.#noteServed(item, handed);
        return queue.putOff(queued, now());
      }
      if (this.#refused.has(item.id)) {
        this.#noteServed(item, handed);
        return await this.#giveUp(queued, 'its next hop refused it');
      }
      this.#done(queued, 'delivered');
      this.#parts.record({
        type: 'spool-delivered',
        ...aboutItem(item),
        tries: queued.tries + 1,
        waitedMs: now() - item.queuedAt,
        hubReply: handed.said,
        hubQueueId: handed.queueId,
      });
    } catch (error) {
      this.#say([`${item.id} could not be handed on: ${reasonOf(error)}`]);
      queue.putOff(queued, now());
    }
  }

  async #requestOf(envelope: SpoolEnvelope, { item, served }: Queued): Promise<DeliveryRequest> {
    const refused = this.#refused.get(item.id)?.map(({ to }) => to.text) ?? [];
    const { id, handover, from, parameters, prependedHeaders, recipients } = envelope;
    return {
      reference: id,
      handover,
      route: this.#parts.routeOf(item.route),
      from,
      parameters,
      recipients: recipients.filter(({ text }) => !served.includes(text) && !refused.includes(text)),
      prependedHeaders,
      content: await spooledContent(this.#parts.dir, item, envelope),
      // Nobody waits for one answer to all: who can be served is.
      perRecipientAnswers: true,
    };
  }

  #noteServed({ id, segment }: SpoolItem, { served, deferred, refused }: HandedOn): void {
    if (served.length === 0) return;
    const isAll = deferred.length === 0 && refused.length === 0 && !this.#refused.has(id);
    this.#mark(segment, isAll ? { id, done: 'delivered' } : { id, served: served.map(({ text }) => text) });
  }

  #noteRefused(id: string, { refused }: HandedOn): void {
    if (refused.length > 0) this.#refused.set(id, [...(this.#refused.get(id) ?? []), ...refused]);
  }

  #mark(segment: string, mark: Mark): void {
    try {
      this.#marks.write(segment, mark);
    } catch (error) {
      this.#say([`${mark.id} cannot be marked as done, and may be delivered twice: ${reasonOf(error)}`]);
    }
  }

  #done(queued: Queued, how: 'delivered' | 'held'): void {
    const { id, segment, wireBytes } = queued.item;
    this.#mark(segment, { id, done: how });
    this.#known.delete(id);
    this.#refused.delete(id);
    this.#finishedMeanwhile?.add(id);
    this.#parts.stock.giveBack(wireBytes);
    const left = (this.#left.get(segment) ?? 1) - 1;
    this.#left.set(segment, left);
    if (left === 0) this.#removeIfOld(segment);
    const parsed = parseSegmentName(segment);
    // An older one may have waited for a newer to be begun.
    if (parsed !== null) for (const [other, count] of this.#left) if (count === 0) this.#removeIfOld(other);
  }

  #removeIfOld(segment: string): void {
    const parsed = parseSegmentName(segment);
    if (parsed === null || parsed.number >= (this.#newest.get(parsed.name) ?? 0)) return;
    this.#left.delete(segment);
    this.#marks.remove(segment).catch((error: unknown) => this.#say([`${segment} cannot be removed: ${reasonOf(error)}`]));
  }

  /** What cannot be delivered is kept for the operator; where even that fails, it goes on waiting. */
  async #giveUp(queued: Queued, why: string): Promise<void> {
    const { item } = queued;
    const queue = this.#queueOf(item.route);
    try {
      const envelope = await readEnvelope(this.#parts.dir, item);
      const refused = this.#refused.get(item.id) ?? [];
      const failed = envelope.recipients
        .filter(({ text }) => !queued.served.includes(text))
        .map((to) => refused.find((each) => each.to.text === to.text) ?? { to, why });
      const request = { ...(await this.#requestOf(envelope, queued)), recipients: failed.map(({ to }) => to) };
      const because = { check: 'spool', because: refused[0]?.why ?? why, measure: null, incident: null };
      const held = await this.#parts.quarantine.keep({ session: item.session, request, subject: envelope.subject, messageId: envelope.messageId, because });
      if (held.kind !== 'kept') throw new Error(`the quarantine is ${held.kind}: ${held.why}`);
      this.#done(queued, 'held');
      const isTold = await this.#parts.tellAuthor(envelope, failed).catch(() => false); // the postmaster has it in the quarantine
      const author = isTold ? 'told' : 'not-told';
      this.#parts.record({ type: 'spool-held', ...aboutItem(item), why: because.because, recipients: failed.map(({ to }) => to.text), author });
    } catch (error) {
      this.#say([`${item.id} cannot be kept for the operator and goes on waiting: ${reasonOf(error)}`]);
      queue.putOff(queued, this.#parts.now());
    }
  }
}

const allServed: HandedOn = { served: [], deferred: [], refused: [], said: 'all recipients had it', queueId: null, away: false };

const aboutItem = ({ session, ip, id, from, to, wireBytes }: SpoolItem) => ({ session, ip, ref: id, from, recipients: to, bytes: wireBytes });
