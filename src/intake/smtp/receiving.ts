// The content of a session's transaction as it comes: by DATA up to the dot (RFC 5321 4.1.1.4), or by BDAT in counted chunks (RFC 3030).
// The shell owns everything else; it is told when content is complete, and tells when the transaction is forgotten.
import { addressOf } from '../../model/mailbox.ts';
import { withoutTokens } from '../../model/release.ts';
import { reply, type Reply } from '../../model/reply.ts';
import { contentLimitsFor, type ContentLimits } from '../../policy/content-room.ts';
import { replies } from '../../policy/replies.ts';
import type { Channel } from './channel.ts';
import { Collecting, floorDeadline, isHopeless } from './collecting.ts';
import type { Conversation, OpenTransaction } from './conversation.ts';
import type { SmtpSite } from './site.ts';
import type { Effect } from './step.ts';

/** What receiving needs of the session it is part of. */
export interface ReceivingSession {
  readonly conversation: Conversation;
  readonly channel: Channel;
  /** In force now: a reload changes it. */
  site(): SmtpSite;
  say(answer: Reply): void;
  /** A chunk of so many octets is kept; more are to come. */
  took(answer: Reply, bytes: number): void;
  /** A command is refused; the session goes on. */
  refuse(command: string, answer: Reply, reason: string): void;
  /** A limit is reached: the last word and the end of the session. */
  giveUp(reason: string, command: string, answer: Reply): void;
  /** All content is there; who gets it finishes it. */
  complete(transaction: OpenTransaction, collecting: Collecting): void;
}

type ReadChunk = Extract<Effect, { do: 'read-chunk' }>;

/** A chunk of which octets are still to come. */
interface Chunk {
  left: number;
  /** Octets that were read and thrown away, since when. */
  thrownAway: number;
  readonly startedAt: number;
  readonly bytes: number;
  readonly last: boolean;
  readonly refusal: ReadChunk['refusal'];
}

export class Receiving {
  readonly #session: ReceivingSession;
  #open: { readonly collecting: Collecting; readonly transaction: OpenTransaction } | null = null;
  #chunk: Chunk | null = null;

  constructor(session: ReceivingSession) {
    this.#session = session;
  }

  /** The command that brings the content, for the record. */
  get command(): 'DATA' | 'BDAT' {
    return this.#chunk === null ? 'DATA' : 'BDAT';
  }

  /** Content has begun and is not complete. */
  get underWay(): boolean {
    return this.#open !== null;
  }

  /** Those of this client: our own servers have room for what they write above a message. */
  get #limits(): ContentLimits {
    const { conversation, site } = this.#session;
    return contentLimitsFor(site().config.limits, conversation);
  }

  /** By when the client must go on, as far as content under way says so; Infinity where it says nothing. */
  get deadline(): number {
    const chunk = this.#chunk;
    if (chunk !== null && chunk.refusal !== null) return floorDeadline(this.#session.site().config, chunk.startedAt, chunk.thrownAway);
    return this.#open?.collecting.deadline ?? Infinity;
  }

  beginData(): void {
    const { channel, conversation } = this.#session;
    if (conversation.state.at !== 'rcpt') throw new Error('content without recipients');
    if (!this.#begin(conversation.state, conversation.state.parameters.size, 'dot')) return this.#session.refuse('DATA', replies.storageFull, 'storage-full');
    this.#session.say(replies.startData);
    channel.mode = 'content';
    channel.flush();
    // RFC 2920 3.1: content sent before our 354 is the client's sin, but it is content.
    if (channel.reader.buffered > 0) channel.feed(channel.reader.takeRest());
  }

  beginChunk({ bytes, last, refusal }: ReadChunk): void {
    const { channel, conversation } = this.#session;
    const { state } = conversation;
    let why = refusal;
    if (why === null && this.#open === null) {
      if (state.at !== 'chunks') throw new Error('a chunk without recipients');
      if (!this.#begin(state, state.parameters.size ?? bytes, 'counted')) why = { reply: replies.storageFull, reason: 'storage-full' };
    }
    this.#chunk = { left: bytes, thrownAway: 0, startedAt: this.#session.site().services.now(), bytes, last, refusal: why };
    if (bytes === 0) return this.#endChunk(null);
    channel.mode = 'content';
    channel.deadline = this.deadline;
    // RFC 3030 4.2: chunks may be pipelined; the rest of what has come is this one's.
    if (channel.reader.buffered > 0) channel.feed(channel.reader.takeRest());
  }

  take(bytes: Buffer): void {
    if (this.#chunk !== null) return this.#takeCounted(this.#chunk, bytes);
    if (this.#open === null) return;
    const { collecting, transaction } = this.#open;
    const { channel } = this.#session;
    const { done, rest, wait } = collecting.push(bytes);
    if (rest !== null) channel.reader.push(rest);
    if (done) return this.#complete(transaction, collecting);
    this.#goOn(collecting.hopeless, wait);
  }

  /** The transaction is over before its content was complete. */
  drop(why: string): void {
    const open = this.#open;
    this.#open = null;
    this.#chunk = null;
    if (open === null) return;
    const { collecting, transaction } = open;
    const { conversation, site } = this.#session;
    collecting.abort();
    site().services.record({
      type: 'transaction-aborted',
      session: conversation.id,
      ip: conversation.client.ip,
      ref: collecting.reference,
      why,
      from: addressOf(transaction.from),
      recipients: transaction.to.map((to) => withoutTokens(addressOf(to))), // an order to release held mail is aborted like any other
      bytes: collecting.bytes,
    });
  }

  /** False where there is no room for content. */
  #begin(transaction: OpenTransaction, expectedBytes: number | null, by: 'dot' | 'counted'): boolean {
    const { conversation, site } = this.#session;
    const { config, services } = site();
    const sink = services.content.begin(expectedBytes);
    if (sink === null) return false;
    const reference = conversation.nextReference();
    this.#open = { transaction, collecting: new Collecting({ reference, sink, config, limits: this.#limits, startedAt: services.now(), by }) };
    return true;
  }

  #takeCounted(chunk: Chunk, bytes: Buffer): void {
    const { channel } = this.#session;
    const own = bytes.length > chunk.left ? bytes.subarray(0, chunk.left) : bytes;
    chunk.left -= own.length;
    const collecting = chunk.refusal === null ? (this.#open?.collecting ?? null) : null;
    if (collecting === null) chunk.thrownAway += own.length;
    const wait = collecting?.push(own).wait ?? null;
    if (own.length < bytes.length) channel.reader.push(bytes.subarray(own.length));
    if (chunk.left === 0) return this.#endChunk(wait);
    this.#goOn(collecting?.hopeless ?? isHopeless(this.#limits, chunk.thrownAway), wait);
  }

  #goOn(hopeless: boolean, wait: Promise<void> | null): void {
    const { channel } = this.#session;
    if (hopeless) return this.#session.giveUp('message-too-big', this.command, replies.contentEndless);
    channel.deadline = this.deadline;
    if (wait !== null) channel.pauseUntil(wait);
  }

  /** All octets of the chunk are read, whatever is said to it now (RFC 3030 2). */
  #endChunk(wait: Promise<void> | null): void {
    const { channel } = this.#session;
    const { bytes, last, refusal } = this.#chunk ?? { bytes: 0, last: false, refusal: null };
    const open = this.#open;
    this.#chunk = null;
    channel.mode = 'lines';
    if (refusal !== null || open === null) return this.#fail(refusal ?? { reply: replies.chunkFailed, reason: 'bad-sequence' });
    if (last) return this.#complete(open.transaction, open.collecting);
    if (open.collecting.tooBig) {
      this.drop('message-too-big');
      return this.#fail({ reply: replies.tooBig, reason: 'message-too-big' });
    }
    // The disk sets the pace: the next chunk is read when this one has found its place.
    channel.whenKnown(wait, () => this.#session.took(reply(250, '2.0.0', `${bytes} octets taken`), bytes));
  }

  /** RFC 3030 2: with one chunk the transaction has failed. */
  #fail({ reply: answer, reason }: { readonly reply: Reply; readonly reason: string }): void {
    const { conversation } = this.#session;
    if (conversation.state.at === 'chunks') conversation.state = { ...conversation.state, failed: true };
    this.#session.refuse('BDAT', answer, reason);
  }

  #complete(transaction: OpenTransaction, collecting: Collecting): void {
    this.#open = null;
    this.#session.channel.mode = 'lines';
    this.#session.complete(transaction, collecting);
  }
}
