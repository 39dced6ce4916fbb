// A listener for SMTP: asks the gate and counts the client in before a byte is read (L1, L4, L5), believes the PROXY protocol of named peers only, and keeps
// the list of its sessions.
import { createServer, type Server, type Socket } from 'node:net';
import { canonicalIp } from '../../lib/ip.ts';
import { referenceOf } from '../../lib/reference.ts';
import type { Client } from '../../model/client.ts';
import { oneLine, reply, type Reply } from '../../model/reply.ts';
import type { SessionConduct } from '../../model/stage-input.ts';
import { isRefusal, type Finding } from '../../model/verdict.ts';
import { answerTo } from '../../policy/answer.ts';
import { withReference } from '../../policy/replies.ts';
import { formatReply } from '../../wire/smtp/reply-text.ts';
import { isStranger, type ClientClass } from './client-class.ts';
import { watchInLine } from './in-line.ts';
import { LiveSession } from './live-session.ts';
import { readProxied, type ProxiedAddresses } from './proxied.ts';
import type { Entry } from './gate.ts';
import type { Judgement } from './services.ts';
import type { SmtpSite } from './site.ts';

/** A refused client that does not go is cut off after this. */
const TURNED_AWAY_MS = 1000;
/** What a client has done that was only just let in. */
const nothingYet: SessionConduct = Object.freeze({
  talkedBeforeBanner: false,
  pipelinedTooEarly: false,
  errors: 0,
  junkCommands: 0,
  messages: 0,
  recipients: 0,
  authFailures: 0,
});

/** Why a client is turned away; `answer` has no reference yet. */
interface NoEntry {
  readonly reason: string;
  readonly findings: readonly Finding[];
  answer(reference: string): Reply;
}

/** Where a door listens: its own socket, or one inherited from the service manager. */
export type ListenOn = { readonly host: string; readonly port: number } | { readonly fd: number };

/** A connection that asks to come in. */
interface Arrival {
  readonly socket: Socket;
  readonly client: Client;
  readonly id: string;
  readonly standing: ClientClass;
  /** Bytes that came with the PROXY header. */
  readonly early: Buffer | null;
}

export interface DoorParts {
  readonly site: SmtpSite;
  /** The same for those for whom nothing speaks: under load they are answered more slowly. */
  readonly strangersSite: SmtpSite;
  readonly sweep: { add(item: LiveSession): void; remove(item: LiveSession): void };
  /** Peers whose PROXY header is believed; null where the listener has none. */
  readonly isProxy: ((ip: string) => boolean) | null;
}

export class SmtpDoor {
  #parts: DoorParts;
  readonly #server: Server;
  readonly #sessions = new Map<LiveSession, ClientClass>();
  #draining = false;
  #whenEmpty: (() => void) | null = null;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    // A client may close its half after its last command and still wants the answer.
    // Whoever has to wait is hardly read: what he sends stays in the kernel's buffers.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => this.#onConnection(socket));
    // Out of descriptors, or a client gone before it was accepted: the next one may fare better, and the door must not die of it.
    this.#server.on('error', () => {});
  }

  /** Resolves to the address listened on; rejects when it cannot be had. */
  listen(on: ListenOn): Promise<{ readonly host: string; readonly port: number }> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen('fd' in on ? { fd: on.fd } : { host: on.host, port: on.port, reusePort: true, backlog: 4096 }, () => {
        this.#server.removeListener('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? { host: address.address, port: address.port } : { host: '', port: 0 });
      });
    });
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** A reload: sessions under way see the new site at once where it matters, new sessions wholly. */
  update(parts: DoorParts): void {
    this.#parts = parts;
    for (const [session, standing] of this.#sessions) session.update(this.#siteFor(standing));
  }

  /** Takes no new connections and tells idle clients to come again; resolves when the last message under way has ended, or after `patienceMs`. */
  async drain(patienceMs: number): Promise<void> {
    this.#draining = true;
    this.#server.close();
    for (const session of this.#sessions.keys()) session.drain();
    if (this.#sessions.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#whenEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    for (const session of this.#sessions.keys()) session.cut();
  }

  /** Stops listening; sessions under way go on. */
  close(): void {
    this.#server.close();
  }

  #onConnection(socket: Socket): void {
    const { isProxy } = this.#parts;
    const ip = canonicalIp(socket.remoteAddress ?? '');
    if (ip === '') return void socket.destroy(); // gone before it was looked at
    if (isProxy === null || !isProxy(ip)) return this.#admit(socket, null, null);
    socket.resume();
    readProxied(socket, this.#parts.site.config.timeouts.proxyHeader, (outcome) => {
      if (outcome.kind === 'ok') return this.#admit(socket, outcome.addresses, outcome.rest);
      socket.destroy(); // a balancer that talks nonsense gets no answer it could mistake for one
      const { listener, services } = this.#parts.site;
      if (outcome.kind === 'bad') services.record({ type: 'proxy-refused', ip, listener: listener.name, why: outcome.why });
    });
  }

  /** Asks the gate: come in, wait for the banner, or hear 421. */
  #admit(socket: Socket, proxied: ProxiedAddresses | null, early: Buffer | null): void {
    const { gate, newSessionId } = this.#parts.site.services;
    const client = this.#clientOf(socket, proxied);
    const id = newSessionId();
    if (this.#draining) return this.#turnAway(socket, client, id, noPlace('draining'));
    const standing = gate.meet(client);
    const arrival: Arrival = { socket, client, id, standing, early };
    const entry = gate.admit(client, standing);
    if (entry.kind === 'enter') return this.#enter(arrival);
    // Whoever is refused for good need not wait to hear it.
    if (this.#isRefused(arrival, this.#judge(arrival))) return;
    this.#wait(arrival, entry);
  }

  #wait(arrival: Arrival, entry: Exclude<Entry, { kind: 'enter' }>): void {
    const { socket, client, id, early } = arrival;
    const { gate, now, record } = this.#parts.site.services;
    const since = now();
    const refuse = (reason: string): void => {
      leave();
      this.#turnAway(socket, client, id, noPlace(reason));
    };
    socket.on('error', ignore);
    const leave = watchInLine(socket, {
      gone: () => {
        leave();
        giveUp?.();
        socket.destroy();
        record({ type: 'connection-left', session: id, ip: client.ip, port: client.port, listener: client.listener, waitedMs: now() - since });
      },
      talksTooMuch: () => {
        giveUp?.();
        refuse('talks-too-soon');
      },
    });
    const enterNow = (): void => {
      const said = leave();
      this.#enter(said === null ? arrival : { ...arrival, early: early === null ? said : Buffer.concat([early, said]) });
    };
    const giveUp = gate.wait(client.ip, entry, { enter: enterNow, refuse });
  }

  #enter(arrival: Arrival): void {
    const { socket, client, id, standing, early } = arrival;
    if (socket.destroyed) return;
    const { sweep, site } = this.#parts;
    const { admission } = site.services;
    const full = this.#draining ? 'draining' : admission.enter(client, standing);
    if (full !== null) return this.#turnAway(socket, client, id, noPlace(full));
    const judgement = this.#judge(arrival);
    // A flood from refused networks must cost as little as a flood beyond the caps: no session is made for it.
    if (this.#isRefused(arrival, judgement)) return admission.leave(client, standing);
    const session = new LiveSession(socket, { id, client }, this.#siteFor(standing), {
      watch: sweep.add,
      ended: (gone) => {
        this.#sessions.delete(gone);
        sweep.remove(gone);
        admission.leave(client, standing);
        if (this.#sessions.size === 0) this.#whenEmpty?.();
      },
    });
    this.#sessions.set(session, standing);
    session.begin(early, site.listener.tls === 'implicit', judgement);
  }

  #siteFor(standing: ClientClass): SmtpSite {
    return isStranger(standing) ? this.#parts.strangersSite : this.#parts.site;
  }

  #judge({ id, client }: Arrival): Judgement | Promise<Judgement> {
    return this.#parts.site.services.judge('connect', { session: id, client, conduct: nothingYet });
  }

  /** Turns away whom policy refuses at once. */
  #isRefused({ socket, client, id }: Arrival, judgement: Judgement | Promise<Judgement>): boolean {
    if (judgement instanceof Promise || !isRefusal(judgement.verdict)) return false;
    const { verdict } = judgement;
    this.#turnAway(socket, client, id, {
      reason: verdict.decisive?.check ?? '',
      findings: verdict.findings,
      answer: (reference) => answerTo(verdict, { stage: 'connect', reference }),
    });
    return true;
  }

  #clientOf(socket: Socket, proxied: ProxiedAddresses | null): Client {
    const { listener, services } = this.#parts.site;
    const ip = proxied?.source.ip ?? canonicalIp(socket.remoteAddress ?? '');
    const localIp = proxied?.destination.ip ?? canonicalIp(socket.localAddress ?? '');
    return {
      ip,
      port: proxied?.source.port ?? socket.remotePort ?? 0,
      localIp,
      localPort: proxied?.destination.port ?? socket.localPort ?? 0,
      listener: listener.name,
      role: listener.role,
      inside: services.isInside(ip),
      ...((ip === localIp || services.isNextHop(ip)) && { nextHop: true }),
    };
  }

  /** An answer before a session exists: costs a legitimate client one retry and us one packet. */
  #turnAway(socket: Socket, client: Client, session: string, { reason, findings, answer }: NoEntry): void {
    const { services } = this.#parts.site;
    const ref = referenceOf(session, 1);
    const said = answer(ref);
    services.record({
      type: 'connection-refused',
      session,
      ip: client.ip,
      port: client.port,
      listener: client.listener,
      ref,
      reply: oneLine(said),
      reason,
      findings,
    });
    const cutOff = setTimeout(() => socket.destroy(), TURNED_AWAY_MS).unref();
    socket.on('error', ignore);
    socket.once('close', () => clearTimeout(cutOff));
    socket.end(formatReply(said), () => socket.destroySoon());
    socket.resume();
  }
}

/** Reasons that lie with the client; all others are ours. */
const ofTheClient: ReadonlySet<string> = new Set(['sessionsPerAddress', 'sessionsPerNetwork', 'connection-rate']);

/** 421: the caps of L5, rates, overload, and a gateway that is going down. */
function noPlace(reason: string): NoEntry {
  const text = ofTheClient.has(reason) ? 'Too many connections from your side; try later' : 'Too busy for the moment; try later';
  return { reason, findings: [], answer: (reference) => withReference(reply(421, '4.3.2', text), reference) };
}

function ignore(): void {
  // The end of a connection shows as its close.
}
