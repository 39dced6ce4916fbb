// One connection to a next hop: commands out, replies in, each reply with its deadline. It knows no transaction; see burst.ts.
import type net from 'node:net';
import tls from 'node:tls';
import type { Reply } from '../../model/reply.ts';
import { parseEhlo, type EhloCapabilities } from '../../wire/smtp/ehlo.ts';
import { ReplyReader } from '../../wire/smtp/reply-reader.ts';
import type { Pooled } from './pool.ts';

/** The connection is of no use any more. */
export interface Lost {
  readonly lost: string;
  /** The hub was silent for too long: a second try would cost the client as much time again. */
  readonly timedOut: boolean;
}

export const isLost = (answer: Reply | Lost): answer is Lost => 'lost' in answer;

/** Postfix slows a session down after 10 errors (smtpd_soft_error_limit) and ends it after 20; we leave before. */
const refusalsPerConnection = 10;

/** How long a hub may take over our QUIT before the socket is closed anyway, in milliseconds. */
const quitMs = 2000;

export class HubClient implements Pooled {
  /** Of the latest EHLO or LHLO. */
  capabilities: EhloCapabilities = parseEhlo({ code: 250, enhanced: null, lines: [] });
  /** Milliseconds by the pool's clock. */
  readonly openedAt: number;
  transactions = 0;
  idleSince = 0;
  /** XCLIENT was said: the hub takes this connection for one of that client. */
  impersonating = false;
  before: Promise<void> | null = null;
  /** TLS with a certificate that had to be good. */
  verified = false;
  onIdleTrouble: (() => void) | null = null;
  onClosed: (() => void) | null = null;
  #socket: net.Socket;
  #reader = new ReplyReader();
  /** Negative replies so far. */
  #refusals = 0;
  /** Replies the hub owes us. */
  #owed = 0;
  #lost: Lost | null = null;
  #closed = false;
  #parked: (() => void) | null = null;
  #deadline: NodeJS.Timeout | undefined;

  constructor(socket: net.Socket, openedAt: number) {
    this.openedAt = openedAt;
    this.#socket = socket;
    this.#attach(socket);
  }

  /** Nothing is owed and nothing came unasked: only then may another transaction follow on this connection. */
  get quiet(): boolean {
    return this.#lost === null && this.#owed === 0 && this.#reader.buffered === 0;
  }

  get refusalsLeft(): number {
    return Math.max(1, refusalsPerConnection - this.#refusals);
  }

  /**
   * Not to be kept for another message. Postfix grants XCLIENT by the address of the client, so once it has been said it is offered no
   * more, and the connection can stand for nobody else.
   */
  get worn(): boolean {
    return this.#refusals >= refusalsPerConnection || (this.impersonating && this.capabilities.xclient.size === 0);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get secure(): boolean {
    return this.#socket instanceof tls.TLSSocket;
  }

  /** Sends command lines (without CRLF), all in one write; the hub owes a reply for each. */
  send(...lines: readonly string[]): void {
    // A line break or NUL in a value would be a second command; every parser before us refuses them, this is the last guard.
    for (const line of lines) if (/[\r\n\0]/.test(line)) throw new Error(`a command with a line break in it: ${JSON.stringify(line)}`);
    this.#owed += lines.length;
    if (this.#lost === null) this.#socket.write(`${lines.join('\r\n')}\r\n`, 'utf8'); // never latin1: U+010A would become LF
  }

  /** What is sent before the event loop turns leaves together. */
  cork(): void {
    const socket = this.#socket;
    socket.cork();
    process.nextTick(() => socket.uncork());
  }

  /** The hub will owe so many replies for content that is about to be sent. */
  expect(replies: number): void {
    this.#owed += replies;
  }

  /** Sends bytes. False: the hub does not keep up, wait with `drained`. */
  write(bytes: Buffer): boolean {
    return this.#lost !== null || this.#socket.write(bytes);
  }

  /** Waits until what was written is on its way, a reply is there, or the connection is lost. */
  async drained(deadlineMs: number): Promise<void> {
    if (this.#lost !== null || !this.#socket.writableNeedDrain) return;
    this.#arm(deadlineMs, 'takes no content');
    await this.#park();
    this.#disarm();
  }

  /** The next reply if it is there already. */
  readNow(): Reply | Lost | null {
    const next = this.#reader.next();
    if (next === null) return this.#lost;
    if ('kind' in next) {
      this.#lose({ lost: `a reply was not understood: ${next.why}`, timedOut: false });
      return this.#lost;
    }
    this.#owed -= 1;
    if (next.code >= 400) this.#refusals += 1;
    return next;
  }

  /** The next reply, waiting for it. */
  async read(deadlineMs: number): Promise<Reply | Lost> {
    let next = this.readNow();
    if (next !== null) return next;
    this.#arm(deadlineMs, 'did not answer');
    do {
      await this.#park();
      next = this.readNow();
    } while (next === null);
    this.#disarm();
    return next;
  }

  /** Turns the connection into TLS; null or why not. The caller has said STARTTLS and read the 220. */
  async startTls(options: tls.ConnectionOptions, deadlineMs: number): Promise<Lost | null> {
    // CVE-2011-0411: bytes behind the 220 were sent in clear by who knows whom and would be taken as said under TLS. RFC 3207 5
    if (!this.quiet) this.#lose({ lost: 'bytes behind the reply to STARTTLS', timedOut: false });
    if (this.#lost !== null) return this.#lost;
    const plain = this.#socket;
    this.#detach();
    plain.on('error', () => {}); // the TLS socket tells it
    const socket = tls.connect({ ...options, socket: plain });
    this.#reader = new ReplyReader();
    this.#attach(socket);
    let done = false;
    socket.once('secureConnect', () => {
      done = true;
      this.#unpark();
    });
    this.#arm(deadlineMs, 'did not finish the TLS handshake');
    while (!done && this.#lost === null) await this.#park();
    this.#disarm();
    this.verified = this.#lost === null && options.rejectUnauthorized === true;
    return this.#lost;
  }

  /** Says RSET and reads the reply; false when the connection is of no use any more. */
  async reset(deadlineMs: number): Promise<boolean> {
    this.send('RSET');
    const answer = await this.read(deadlineMs);
    return !isLost(answer) && answer.code === 250 && this.quiet;
  }

  /** Ends it in good manners, without waiting for them. */
  quit(): void {
    if (this.#lost !== null) return;
    this.#lost = { lost: 'closed by us', timedOut: false };
    this.#socket.end('QUIT\r\n');
    const socket = this.#socket;
    setTimeout(() => socket.destroy(), quitMs).unref();
  }

  /**
   * Cuts it and forgets what is not sent yet: inside content the hub sees its connection end without the dot, and keeps nothing.
   * Not `resetAndDestroy`: that waits until a hub that has stopped reading takes what is left, and fails after our QUIT.
   */
  destroy(): void {
    this.#lost ??= { lost: 'closed by us', timedOut: false };
    this.#disarm();
    this.#socket.destroy();
    this.#unpark();
  }

  #attach(socket: net.Socket): void {
    this.#socket = socket;
    for (const [event, listener] of Object.entries(this.#listeners)) socket.on(event, listener);
  }

  #detach(): void {
    for (const [event, listener] of Object.entries(this.#listeners)) this.#socket.off(event, listener);
  }

  readonly #listeners = {
    data: (chunk: Buffer): void => {
      this.#reader.push(chunk);
      if (this.#owed <= 0) this.#lose({ lost: 'the next hop spoke without being asked', timedOut: false });
      else this.#unpark();
    },
    drain: (): void => this.#unpark(),
    error: (error: Error): void => this.#lose({ lost: error.message, timedOut: false }),
    end: (): void => this.#lose({ lost: 'the next hop closed the connection', timedOut: false }),
    close: (): void => {
      this.#lose({ lost: 'the connection was closed', timedOut: false });
      this.#closed = true;
      this.onClosed?.();
    },
  };

  #lose(lost: Lost): void {
    if (this.#lost !== null) return;
    this.#lost = lost;
    this.#socket.destroy();
    this.#unpark();
    this.onIdleTrouble?.();
  }

  #park(): Promise<void> {
    return new Promise((resolve) => (this.#parked = resolve));
  }

  #unpark(): void {
    const parked = this.#parked;
    this.#parked = null;
    parked?.();
  }

  #arm(ms: number, what: string): void {
    this.#deadline = setTimeout(() => this.#lose({ lost: `the next hop ${what} within ${ms / 1000} s`, timedOut: true }), ms);
  }

  #disarm(): void {
    clearTimeout(this.#deadline);
  }
}
