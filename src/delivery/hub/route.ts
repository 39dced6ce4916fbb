// One next hop that speaks SMTP or LMTP: its pool, its circuit breaker, its probes, and the rule when a delivery is tried again.
import type { DeliveryOutcome, DeliveryRequest, HubAbilities, ProbeOutcome } from '../../model/delivery.ts';
import type { Recorder } from '../../model/events.ts';
import type { Mailbox } from '../../model/mailbox.ts';
import { reply, type Reply } from '../../model/reply.ts';
import { sendBurst, type BurstEnd } from './burst.ts';
import { afterFailure, afterSuccess, beforeConnect, closedCircuit, type Circuit } from './circuit.ts';
import type { HubClient } from './client.ts';
import { unsafeEnvelope } from './envelope.ts';
import { LatencyEstimate } from './latency.ts';
import { openHubClient, type HubTarget } from './opening.ts';
import { HubPool, type LeaseFailure, type LeaseRequest, type ReleaseState } from './pool.ts';
import { HubProbes } from './probe.ts';

/** All that may change with the configuration; compared by value to see whether connections can stay. */
export interface HubRouteSettings {
  readonly target: HubTarget;
  readonly hostname: string;
  /** Connections at most. */
  readonly connections: number;
  readonly xclient: boolean;
  readonly xforward: boolean;
  readonly probeSender: string;
  /** Milliseconds. */
  readonly connectMs: number;
  readonly commandMs: number;
  readonly finalDotMs: number;
  readonly idleMs: number;
  readonly probeMs: number;
}

export interface HubRouteOptions {
  readonly key: string;
  readonly settings: HubRouteSettings;
  readonly record: Recorder;
  readonly now: () => number;
  /** Where several messages wait, the next envelope leaves with the final dot of the one before (RFC 2920 3.1); nobody hangs on the line for it. */
  readonly handsOn?: boolean;
}

/** Figures of one next hop for status and metrics. Latencies in milliseconds: from the lease of a connection to the final reply. */
export interface RouteSnapshot {
  readonly route: string;
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  readonly circuit: Circuit['state'];
  /** When it last answered and when it last failed, in ms since the epoch; null: it never did. */
  readonly answeredAt: number | null;
  readonly failedAt: number | null;
  readonly latencyP50Ms: number | null;
  readonly latencyP99Ms: number | null;
}

/** Postfix's limits for reused connections, and a queue that 10,000 stuck sessions fill. */
const poolLimits = { ageMs: 300_000, transactions: 100, waiters: 10_000 } as const;
/** EHLO is asked again when what we know of the hub is older than this (engineering 4.4). */
const abilitiesKeptMs = 300_000;
/** A background contact for the sake of the abilities alone, at most every so many milliseconds. */
const contactEveryMs = 10_000;

export class HubRoute {
  readonly #options: HubRouteOptions;
  readonly #pool: HubPool<HubClient>;
  readonly #probes: HubProbes;
  readonly #latency = new LatencyEstimate();
  #circuit: Circuit = closedCircuit;
  #answeredAt: number | null = null;
  #failedAt: number | null = null;
  #abilities: { readonly known: HubAbilities; readonly at: number } | null = null;
  /** When the hub last offered SMTPUTF8. */
  #smtputf8At = Number.NEGATIVE_INFINITY;
  #contactAt = Number.NEGATIVE_INFINITY;
  #handsOn: boolean;

  constructor(options: HubRouteOptions) {
    this.#options = options;
    const { settings, now } = options;
    this.#handsOn = options.handsOn === true;
    this.#pool = new HubPool({
      limits: { ...poolLimits, connections: settings.connections, idleMs: settings.idleMs, resetMs: settings.commandMs },
      open: (signal) => this.#open(signal),
      now,
    });
    this.#probes = new HubProbes({
      sender: settings.probeSender,
      deadlineMs: settings.probeMs,
      workers: this.#pool.probeShare,
      lease: (request) => this.#pool.lease(request),
      release: (client, state) => this.#pool.release(client, state),
    });
  }

  get key(): string {
    return this.#options.key;
  }

  get settings(): HubRouteSettings {
    return this.#options.settings;
  }

  async deliver(request: DeliveryRequest): Promise<DeliveryOutcome> {
    const unsafe = unsafeEnvelope(request);
    if (unsafe !== null) return { kind: 'refused', ...unsafe };
    const startedAt = this.#options.now();
    let end = await this.#attempt(request, false);
    if (end.kind === 'lost' && mayTryAgain(end)) end = await this.#attempt(request, true);
    // Each failure to connect has its event already, and this one may concern thousands of messages.
    if (end.kind === 'no-connection') return { kind: 'unavailable', why: end.why };
    const outcome: DeliveryOutcome = end.kind === 'lost' ? { kind: 'unavailable', why: end.why } : end.outcome;
    if (outcome.kind === 'unavailable' || outcome.kind === 'ambiguous') this.#recordFailure(`${outcome.kind}: ${outcome.why}`);
    else {
      this.#answeredAt = this.#options.now();
      this.#latency.add(this.#answeredAt - startedAt);
    }
    return outcome;
  }

  probe(to: Mailbox, smtputf8: boolean): Promise<ProbeOutcome> {
    return this.#probes.ask(to, smtputf8);
  }

  /** What the latest EHLO said; null before the first contact. Asks for a contact in the background when it knows nothing fresh. */
  abilities(): HubAbilities | null {
    const now = this.#options.now();
    const fresh = this.#abilities !== null && this.#abilities.known.reachable && now - this.#abilities.at < abilitiesKeptMs;
    if (!fresh && now - this.#contactAt >= contactEveryMs) {
      this.#contactAt = now;
      void this.#contact();
    }
    return this.#abilities?.known ?? null;
  }

  /** As `abilities`, but brings about nothing. */
  get met(): HubAbilities | null {
    return this.#abilities?.known ?? null;
  }

  snapshot(): RouteSnapshot {
    return {
      route: this.#options.key,
      ...this.#pool.snapshot(),
      circuit: this.#circuit.state,
      answeredAt: this.#answeredAt,
      failedAt: this.#failedAt,
      latencyP50Ms: this.#latency.quantile(0.5),
      latencyP99Ms: this.#latency.quantile(0.99),
    };
  }

  /** Its settings count no more: what is under way ends, nothing is kept. */
  retire(): void {
    this.#pool.retire();
  }

  /** Cuts all connections. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async #attempt(request: DeliveryRequest, fresh: boolean): Promise<Attempt> {
    const { commandMs, finalDotMs } = this.settings;
    const client = await this.#pool.lease({ purpose: 'delivery', waitMs: this.#handsOn ? commandMs + finalDotMs : commandMs, fresh });
    if ('failed' in client) return { kind: 'no-connection', why: client.failed };
    const { before } = client;
    let handedOn = false;
    const dotSent = this.#mayHandOn(client) ? (): void => void (handedOn = this.#pool.handOn(client)) : null;
    const reused = client.transactions > 1;
    let after: ReleaseState = 'destroy'; // also when the burst throws
    try {
      const cannot = this.#cannotTake(request, client);
      const end: BurstEnd =
        cannot === null
          ? await sendBurst(client, request, { ...this.settings, protocol: this.settings.target.protocol, before, dotSent })
          : { kind: 'done', outcome: cannot, after: 'keep' };
      if (end.kind === 'done') after = end.after;
      // It may be the words behind the dot that cost us the answer, and with it a second copy: once is enough.
      if (handedOn && end.kind === 'done' && end.outcome.kind === 'ambiguous') this.#handsOn = false;
      // A hub that throws away what stands behind the dot never answers it.
      if (before !== null && end.kind === 'lost' && end.timedOut) this.#handsOn = false;
      return { ...end, reused };
    } finally {
      if (before !== null) await before;
      this.#pool.release(client, after);
    }
  }

  #mayHandOn({ capabilities }: HubClient): boolean {
    const { target, xclient } = this.settings;
    return this.#handsOn && capabilities.pipelining && target.protocol === 'smtp' && !xclient;
  }

  #cannotTake(request: DeliveryRequest, client: HubClient): DeliveryOutcome | null {
    if (!request.parameters.smtputf8 || client.capabilities.smtputf8) return null;
    // The hub shrank after we had promised: another of its machines may still do it. Otherwise RFC 6531 3.5: it is no use to try again.
    const promised = this.#options.now() - this.#smtputf8At < abilitiesKeptMs;
    const hubReply: Reply = promised
      ? reply(451, '4.6.7', 'Internationalized mail is not taken for the moment')
      : reply(553, '5.6.7', 'Internationalized mail is not taken here');
    return { kind: 'refused', hubReply, at: 'mail' };
  }

  async #open(signal: AbortSignal): Promise<HubClient | LeaseFailure> {
    const now = this.#options.now();
    const { allowed, circuit } = beforeConnect(this.#circuit, now);
    this.#turn(circuit, 'trying again');
    if (!allowed) return { failed: 'the next hop could not be reached several times; it is left in peace for a moment' };
    const client = await openHubClient({ ...this.settings, now: this.#options.now }, signal);
    if ('failed' in client) {
      if (signal.aborted) return client;
      this.#recordFailure(client.failed);
      this.#turn(afterFailure(this.#circuit, this.#options.now()), client.failed);
      const before = this.#abilities?.known ?? { smtputf8: false, eightBitMime: false, dsn: false, requireTls: false, maxBytes: null };
      this.#abilities = { known: { ...before, reachable: false }, at: this.#options.now() };
      return client;
    }
    this.#answeredAt = this.#options.now();
    this.#turn(afterSuccess(this.#circuit), 'connected');
    this.#noteAbilities(client);
    return client;
  }

  /** Only of a connection of our own: what a hub offers to an impersonated client may be less. */
  #noteAbilities({ capabilities, verified }: HubClient): void {
    const at = this.#options.now();
    if (capabilities.smtputf8) this.#smtputf8At = at;
    const { smtputf8, eightBitMime, dsn, size } = capabilities;
    this.#abilities = { known: { reachable: true, smtputf8, eightBitMime, dsn, requireTls: verified && capabilities.requireTls, maxBytes: size }, at };
  }

  async #contact(): Promise<void> {
    const request: LeaseRequest<HubClient> = { purpose: 'probe', waitMs: this.settings.commandMs, fresh: true };
    const client = await this.#pool.lease(request);
    if (!('failed' in client)) this.#pool.release(client, 'keep');
  }

  #turn(circuit: Circuit, why: string): void {
    const before = this.#circuit.state;
    this.#circuit = circuit;
    if (circuit.state !== before) this.#options.record({ type: 'hub-circuit', route: this.#options.key, state: circuit.state, why });
  }

  #recordFailure(why: string): void {
    this.#failedAt = this.#options.now();
    this.#options.record({ type: 'hub-failed', route: this.#options.key, why });
  }
}

type Attempt = (BurstEnd & { readonly reused: boolean }) | { readonly kind: 'no-connection'; readonly why: string };

/**
 * Once more, on a fresh connection: when a pooled one was stale (nothing heard yet), or when the hub died before the dot.
 * Not after a time-out, which has cost the client's patience; not when a new connection was told 421: the hub means it.
 */
function mayTryAgain(end: Attempt & { kind: 'lost' }): boolean {
  if (end.timedOut) return false;
  return end.said421 ? end.reused && end.early : true;
}
