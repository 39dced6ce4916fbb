// One connection to a Dovecot's authentication socket: requests pipelined on it, answers found by their number, opened again when lost.
import { createConnection, type Socket } from 'node:net';
import { authLine, cancelLine, continueLine, DovecotReader, greetingLines, type DovecotMessage } from '../wire/dovecot-auth/messages.ts';
import type { AuthPeer } from '../model/auth.ts';

/** An answer to one request; null: none can be had. */
export type DovecotAnswer = Extract<DovecotMessage, { kind: 'ok' | 'challenge' | 'fail' }> | null;

export interface DovecotLinkOptions {
  /** Path of the socket. */
  readonly socket: string;
  /** Another number for each connection of this host. */
  readonly newConnectionId: () => number;
  /** Wait for one answer, and for the greeting, in milliseconds. Dovecot holds back refusals by 2 s, and 15 s and more for a guesser. */
  readonly answerMs: number;
  /** First wait before it is tried again, in milliseconds; doubled each time, up to `longestWaitMs`. */
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
  /** Told when the connection is lost or refused, once until it works again. */
  readonly onTrouble: (why: string) => void;
}

interface Pending {
  settle(answer: DovecotAnswer): void;
}

export class DovecotLink {
  readonly #options: DovecotLinkOptions;
  readonly #pending = new Map<number, Pending>();
  /** Who waits for the greeting. */
  readonly #waiting = new Set<(ready: boolean) => void>();
  #mechanisms: readonly string[] | null = null;
  #socket: Socket | null = null;
  #ready = false;
  #greetingTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #waitMs: number;
  #told = false;
  #closed = false;
  #lastId = 0;
  #generation = 0;

  constructor(options: DovecotLinkOptions) {
    this.#options = options;
    this.#waitMs = options.firstWaitMs ?? 100;
    this.#open();
  }

  /** Names of the mechanisms of the last greeting; null before the first. */
  get mechanisms(): readonly string[] | null {
    return this.#mechanisms;
  }

  /** Another connection, another number: a request does not outlive its connection. */
  get generation(): number {
    return this.#generation;
  }

  /** Begins a request; never rejects. */
  async begin(mechanism: string, peer: AuthPeer, response: Buffer): Promise<{ readonly id: number; readonly answer: DovecotAnswer }> {
    if (!(await this.#whenReady())) return { id: 0, answer: null };
    const id = this.#nextId();
    return { id, answer: await this.#ask(id, authLine(id, mechanism, peer, response)) };
  }

  /** Goes on with a request that was answered with a challenge. */
  proceed(id: number, response: Buffer): Promise<DovecotAnswer> {
    return this.#ready ? this.#ask(id, continueLine(id, response)) : Promise.resolve(null);
  }

  cancel(id: number): void {
    this.#pending.delete(id);
    if (this.#ready) this.#socket?.write(cancelLine(id));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#lose('closed by us');
  }

  #nextId(): number {
    do this.#lastId = this.#lastId >= 0x7fff_ffff ? 1 : this.#lastId + 1;
    while (this.#pending.has(this.#lastId));
    return this.#lastId;
  }

  #ask(id: number, line: string | null): Promise<DovecotAnswer> {
    const socket = this.#socket;
    if (line === null || socket === null) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#lose(`no answer within ${this.#options.answerMs / 1000} s`), this.#options.answerMs);
      this.#pending.set(id, {
        settle: (answer) => {
          clearTimeout(timer);
          this.#pending.delete(id);
          resolve(answer);
        },
      });
      socket.write(line);
    });
  }

  /** At once while connected; while it is being opened, when that has ended; false while a lost one rests. */
  #whenReady(): Promise<boolean> {
    if (this.#ready || this.#socket === null) return Promise.resolve(this.#ready);
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #open(): void {
    const { socket: path, newConnectionId, answerMs } = this.#options;
    const socket = createConnection(path);
    const reader = new DovecotReader();
    const offered: string[] = [];
    this.#socket = socket;
    this.#generation += 1;
    this.#greetingTimer = setTimeout(() => this.#lose('no greeting'), answerMs);
    socket.unref();
    socket.on('connect', () => socket.write(greetingLines(newConnectionId())));
    socket.on('data', (chunk) => {
      for (const message of reader.push(chunk)) if (this.#socket === socket) this.#take(message, offered);
    });
    const lost = (why: string): void => {
      if (this.#socket === socket) this.#lose(why);
    };
    socket.on('error', (error) => lost(error.message));
    socket.on('close', () => lost('Dovecot closed the connection'));
  }

  #take(message: DovecotMessage, offered: string[]): void {
    switch (message.kind) {
      case 'version':
        if (message.major !== 1) this.#lose(`Dovecot speaks version ${message.major} of its protocol`);
        return;
      case 'mechanism':
        if (!message.flags.includes('private')) offered.push(message.name);
        return;
      case 'done':
        return this.#welcome(offered);
      case 'broken':
        return this.#lose(message.why);
      case 'other':
        return;
      default:
        this.#pending.get(message.id)?.settle(message);
    }
  }

  #welcome(offered: readonly string[]): void {
    clearTimeout(this.#greetingTimer);
    this.#mechanisms = offered;
    this.#ready = true;
    this.#told = false;
    this.#waitMs = this.#options.firstWaitMs ?? 100;
    this.#release();
  }

  /** Nothing that was asked will be answered any more. */
  #lose(why: string): void {
    clearTimeout(this.#greetingTimer);
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = false;
    socket?.destroy();
    for (const { settle } of this.#pending.values()) settle(null);
    this.#release();
    if (this.#closed || socket === null) return;
    if (!this.#told) this.#options.onTrouble(why);
    this.#told = true;
    this.#retryTimer = setTimeout(() => this.#open(), this.#waitMs).unref();
    this.#waitMs = Math.min(this.#waitMs * 2, this.#options.longestWaitMs ?? 5000);
  }

  #release(): void {
    for (const resolve of this.#waiting) resolve(this.#ready);
    this.#waiting.clear();
  }
}
