// The connections to one next hop: never more than the limit, handed out in the order of asking, reused while they are fresh.
// Probes have a share of their own, so that a harvest of addresses cannot take the connections that deliveries need.

/** What the pool needs to know of a connection. */
export interface Pooled {
  readonly openedAt: number;
  /** Times it was handed out. */
  transactions: number;
  /** Since when it has been waiting for its next use; the pool's clock. */
  idleSince: number;
  /** The hub has refused so much on it that it will become slow. */
  readonly worn: boolean;
  /** The socket is closed for good. */
  readonly closed: boolean;
  /** Nothing is owed and nothing came unasked. */
  readonly quiet: boolean;
  /** Resolves when the one before has read the answer that is still owed to him; null where none is. */
  before: Promise<void> | null;
  /** Called when an idle connection turned out to be dead. */
  onIdleTrouble: (() => void) | null;
  /** Called once, when the socket is closed for good. */
  onClosed: (() => void) | null;
  reset(deadlineMs: number): Promise<boolean>;
  quit(): void;
  destroy(): void;
}

export type Purpose = 'delivery' | 'probe';

export interface LeaseFailure {
  readonly failed: string;
}

export interface LeaseRequest<C> {
  readonly purpose: Purpose;
  readonly waitMs: number;
  /** A connection made for this request: the one before it was stale. */
  readonly fresh?: boolean;
  /** Whether an idle connection will do. */
  accepts?(connection: C): boolean;
}

export interface PoolLimits {
  readonly connections: number;
  /** An idle connection is closed after so long. */
  readonly idleMs: number;
  /** Postfix keeps a reused connection 300 s at most. */
  readonly ageMs: number;
  /** Many hubs close after 100 messages; we go first. */
  readonly transactions: number;
  readonly waiters: number;
  readonly resetMs: number;
}

export interface PoolOptions<C> {
  readonly limits: PoolLimits;
  readonly open: (signal: AbortSignal) => Promise<C | LeaseFailure>;
  /** Milliseconds, any origin. */
  readonly now: () => number;
}

/** `keep`: as it is. `reset`: RSET first, a command was refused. `destroy`: whatever the hub thinks of it, we do not know. */
export type ReleaseState = 'keep' | 'reset' | 'destroy';

interface Waiter<C> extends LeaseRequest<C> {
  readonly since: number;
  readonly order: number;
  readonly resolve: (lease: C | LeaseFailure) => void;
  timer: NodeJS.Timeout | undefined;
}

export class HubPool<C extends Pooled> {
  readonly #options: PoolOptions<C>;
  /** Every connection whose socket is not closed yet. */
  readonly #members = new Set<C>();
  /** The last one used is used next: the others may go idle and close. */
  readonly #idle: C[] = [];
  readonly #leased = new Map<C, Purpose>();
  /** Handed on while an answer is still owed: what tells the next one that it was read. */
  readonly #handedOn = new Map<C, () => void>();
  /** In the order of asking. */
  readonly #waiting: Readonly<Record<Purpose, Set<Waiter<C>>>> = { delivery: new Set(), probe: new Set() };
  #opening = 0;
  #probesOut = 0;
  #asked = 0;
  #sweeper: NodeJS.Timeout | undefined;
  #retired = false;
  readonly #going = new AbortController();

  constructor(options: PoolOptions<C>) {
    this.#options = options;
  }

  snapshot(): { readonly open: number; readonly idle: number; readonly waiting: number } {
    return { open: this.#members.size, idle: this.#idle.length, waiting: this.#waiterCount };
  }

  /** A connection for one transaction; give it back with `release`, whatever happened. */
  lease(request: LeaseRequest<C>): C | LeaseFailure | Promise<C | LeaseFailure> {
    if (this.#waiterCount === 0 && request.fresh !== true && this.#mayHave(request.purpose)) {
      const connection = this.#takeIdle(request.accepts);
      if (connection !== null) return this.#hand(connection, request.purpose);
    }
    if (this.#waiterCount >= this.#options.limits.waiters) return { failed: 'too many wait for a connection to the next hop' };
    return new Promise((resolve) => {
      const waiter: Waiter<C> = { ...request, since: this.#options.now(), order: this.#asked++, resolve, timer: undefined };
      waiter.timer = setTimeout(
        () => this.#answer(waiter, { failed: `no connection to the next hop was free within ${request.waitMs / 1000} s` }),
        request.waitMs,
      );
      this.#waiting[request.purpose].add(waiter);
      this.#pump();
    });
  }

  /**
   * Gives the connection of a delivery to the next who waits for one, while an answer on it is still owed: he may send, and reads and gives back behind
   * `before`. False where nobody waits whom it would serve, or a probe, which would wait for ever.
   */
  handOn(connection: C): boolean {
    const [next] = this.#waiting.delivery;
    if (next === undefined || next.fresh === true || next.accepts?.(connection) === false) return false;
    if (this.#waiting.probe.size > 0 || this.#retired || this.#isOld(connection)) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    connection.before = promise;
    this.#handedOn.set(connection, resolve);
    this.#answer(next, this.#hand(connection, 'delivery'));
    return true;
  }

  release(connection: C, state: ReleaseState): void {
    const answered = this.#handedOn.get(connection);
    if (answered !== undefined) {
      this.#handedOn.delete(connection);
      connection.before = null;
      // `reset` is not needed: with the dot all of that transaction is forgotten (RFC 5321 4.1.1.4).
      if (state === 'destroy') connection.destroy();
      return answered();
    }
    if (this.#leased.get(connection) === 'probe') this.#probesOut -= 1;
    this.#leased.delete(connection);
    if (state === 'destroy') connection.destroy();
    else if (state === 'reset') void this.#reset(connection);
    else this.#comeBack(connection);
    this.#pump();
  }

  /** No connection is kept for later any more; what is under way comes to its end. */
  retire(): void {
    this.#retired = true;
    for (const connection of this.#idle.splice(0)) connection.quit();
  }

  /** Cuts everything; resolves when the last socket is closed. */
  async close(): Promise<void> {
    this.retire();
    this.#going.abort();
    for (const purpose of ['delivery', 'probe'] as const) for (const waiter of this.#waiting[purpose]) this.#answer(waiter, { failed: 'going down' });
    const closed = [...this.#members].map((connection) => {
      const before = connection.onClosed;
      return new Promise<void>((resolve) => {
        connection.onClosed = () => {
          before?.();
          resolve();
        };
        connection.destroy();
      });
    });
    clearInterval(this.#sweeper);
    await Promise.all(closed);
  }

  get #waiterCount(): number {
    return this.#waiting.delivery.size + this.#waiting.probe.size;
  }

  /** A quarter for probes, one at least. */
  get probeShare(): number {
    return Math.max(1, Math.floor(this.#options.limits.connections / 4));
  }

  #mayHave(purpose: Purpose): boolean {
    return purpose === 'delivery' || this.#probesOut < this.probeShare;
  }

  #hand(connection: C, purpose: Purpose): C {
    connection.transactions += 1;
    this.#leased.set(connection, purpose);
    if (purpose === 'probe') this.#probesOut += 1;
    return connection;
  }

  #takeIdle(accepts: ((connection: C) => boolean) | undefined): C | null {
    const at = accepts === undefined ? this.#idle.length - 1 : this.#idle.findLastIndex(accepts);
    return at < 0 ? null : (this.#idle.splice(at, 1)[0] ?? null);
  }

  #answer(waiter: Waiter<C>, lease: C | LeaseFailure): void {
    clearTimeout(waiter.timer);
    this.#waiting[waiter.purpose].delete(waiter);
    waiter.resolve(lease);
  }

  /** Serves who waits with what is idle, and opens what is missing. */
  #pump(): void {
    while (this.#idle.length > 0 && this.#serveOne());
    // Neither idle nor in use: about to close, or waiting for the reply to RSET.
    const unsettled = this.#members.size - this.#idle.length - this.#leased.size;
    while (this.#opening < this.#wanted()) {
      if (this.#members.size + this.#opening < this.#options.limits.connections) void this.#openOne();
      // All places are taken, but by idle connections that would not do: one makes room, and its close calls us again.
      else if (unsettled <= 0 && this.#idle.length > 0) return this.#idle.shift()?.destroy();
      else return;
    }
  }

  /** How many connections those at the head of the queues could use now. */
  #wanted(): number {
    return this.#waiting.delivery.size + Math.min(this.#waiting.probe.size, Math.max(0, this.probeShare - this.#probesOut));
  }

  #serveOne(): boolean {
    for (const waiter of this.#heads()) {
      const connection = this.#takeIdle(
        (idle) => (waiter.fresh !== true || (idle.transactions === 0 && idle.openedAt >= waiter.since)) && (waiter.accepts?.(idle) ?? true),
      );
      if (connection === null) continue;
      this.#answer(waiter, this.#hand(connection, waiter.purpose));
      return true;
    }
    return false;
  }

  /** The first of each queue that may have a connection now, the one that waits longer in front. */
  #heads(): Waiter<C>[] {
    const heads: Waiter<C>[] = [];
    for (const purpose of ['delivery', 'probe'] as const) {
      const [head] = this.#waiting[purpose];
      if (head !== undefined && this.#mayHave(purpose)) heads.push(head);
    }
    return heads.sort((a, b) => a.order - b.order);
  }

  async #openOne(): Promise<void> {
    this.#opening += 1;
    const connection = await this.#options.open(this.#going.signal);
    this.#opening -= 1;
    if ('failed' in connection) this.#failOne(connection);
    else if (connection.closed) this.#failOne({ failed: 'the next hop closed the connection at once' });
    else this.#join(connection);
    this.#pump();
  }

  #failOne(failure: LeaseFailure): void {
    const [head] = this.#heads();
    if (head !== undefined) this.#answer(head, failure);
  }

  #join(connection: C): void {
    this.#members.add(connection);
    connection.onClosed = () => this.#forget(connection);
    connection.onIdleTrouble = () => this.#forgetIdle(connection);
    if (this.#going.signal.aborted) connection.destroy();
    else this.#comeBack(connection);
  }

  #forget(connection: C): void {
    this.#members.delete(connection);
    this.#forgetIdle(connection);
    this.#pump();
  }

  #forgetIdle(connection: C): void {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  async #reset(connection: C): Promise<void> {
    if (await connection.reset(this.#options.limits.resetMs)) this.#comeBack(connection);
    else connection.destroy();
    this.#pump();
  }

  #comeBack(connection: C): void {
    if (!connection.quiet) return connection.destroy();
    if (this.#isOld(connection) || (this.#retired && this.#waiterCount === 0)) {
      // With somebody waiting for its place there is no time for a farewell.
      return this.#waiterCount > 0 ? connection.destroy() : connection.quit();
    }
    this.#idle.push(connection);
    connection.idleSince = this.#options.now();
    this.#sweeper ??= setInterval(() => this.#sweep(), Math.max(10, Math.min(1000, this.#options.limits.idleMs / 2))).unref();
  }

  #isOld(connection: C): boolean {
    const { ageMs, transactions } = this.#options.limits;
    return connection.worn || connection.transactions >= transactions || this.#options.now() - connection.openedAt >= ageMs;
  }

  #sweep(): void {
    const oldest = this.#options.now() - this.#options.limits.idleMs;
    const outlived = this.#idle.filter((connection) => this.#isOld(connection) || connection.idleSince <= oldest);
    for (const connection of outlived) {
      this.#forgetIdle(connection);
      connection.quit();
    }
    if (this.#idle.length > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
