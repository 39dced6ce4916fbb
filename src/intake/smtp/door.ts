// A listener for SMTP: counts the client in before a byte is read (L5), believes the PROXY protocol of named peers only, and keeps
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
import { LiveSession } from './live-session.ts';
import { readProxied, type ProxiedAddresses } from './proxied.ts';
import type { SmtpSite } from './site.ts';

/** A refused client that does not go is cut off after this. */
const TURNED_AWAY_MS = 1000;
/** What a client has done that was only just let in. */
const nothingYet: SessionConduct = Object.freeze({ talkedBeforeBanner: false, pipelinedTooEarly: false, errors: 0, junkCommands: 0, messages: 0, recipients: 0, authFailures: 0 });

/** Why a client is turned away; `answer` has no reference yet. */
interface NoEntry {
  readonly reason: string;
  readonly findings: readonly Finding[];
  answer(reference: string): Reply;
}

/** Where a door listens: its own socket, or one inherited from the service manager. */
export type ListenOn = { readonly host: string; readonly port: number } | { readonly fd: number };

export interface DoorParts {
  readonly site: SmtpSite;
  readonly sweep: { add(item: LiveSession): void; remove(item: LiveSession): void };
  /** Peers whose PROXY header is believed; null where the listener has none. */
  readonly isProxy: ((ip: string) => boolean) | null;
}

export class SmtpDoor {
  #parts: DoorParts;
  readonly #server: Server;
  readonly #sessions = new Set<LiveSession>();
  #draining = false;
  #whenEmpty: (() => void) | null = null;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    // A client may close its half after its last command and still wants the answer.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#onConnection(socket));
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
    for (const session of this.#sessions) session.update(parts.site);
  }

  /** Takes no new connections and tells idle clients to come again; resolves when the last message under way has ended, or after `patienceMs`. */
  async drain(patienceMs: number): Promise<void> {
    this.#draining = true;
    this.#server.close();
    for (const session of this.#sessions) session.drain();
    if (this.#sessions.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#whenEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    for (const session of this.#sessions) session.cut();
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
    readProxied(socket, this.#parts.site.config.timeouts.proxyHeader, (outcome) => {
      if (outcome.kind === 'ok') this.#admit(socket, outcome.addresses, outcome.rest);
      else socket.destroy(); // a balancer that talks nonsense gets no answer it could mistake for one
    });
  }

  #admit(socket: Socket, proxied: ProxiedAddresses | null, early: Buffer | null): void {
    const { site, sweep } = this.#parts;
    const client = this.#clientOf(socket, proxied);
    const { admission } = site.services;
    const id = site.services.newSessionId();
    const full = this.#draining ? 'draining' : admission.enter(client.ip, client.inside);
    if (full !== null) return this.#turnAway(socket, client, id, noPlace(full));
    const judgement = site.services.judge('connect', { session: id, client, conduct: nothingYet });
    // A flood from refused networks must cost as little as a flood beyond the caps: no session is made for it.
    if (!(judgement instanceof Promise) && isRefusal(judgement.verdict)) {
      admission.leave(client.ip, client.inside);
      const { verdict } = judgement;
      return this.#turnAway(socket, client, id, { reason: verdict.decisive?.check ?? '', findings: verdict.findings, answer: (reference) => answerTo(verdict, { stage: 'connect', reference }) });
    }
    const session = new LiveSession(socket, { id, client }, site, {
      watch: sweep.add,
      ended: (gone) => {
        this.#sessions.delete(gone);
        sweep.remove(gone);
        admission.leave(client.ip, client.inside);
        if (this.#sessions.size === 0) this.#whenEmpty?.();
      },
    });
    this.#sessions.add(session);
    session.begin(early, site.listener.tls === 'implicit', judgement);
  }

  #clientOf(socket: Socket, proxied: ProxiedAddresses | null): Client {
    const { listener, services } = this.#parts.site;
    const ip = proxied?.source.ip ?? canonicalIp(socket.remoteAddress ?? '');
    return {
      ip,
      port: proxied?.source.port ?? socket.remotePort ?? 0,
      localIp: proxied?.destination.ip ?? canonicalIp(socket.localAddress ?? ''),
      localPort: proxied?.destination.port ?? socket.localPort ?? 0,
      listener: listener.name,
      role: listener.role,
      inside: services.isInside(ip),
    };
  }

  /** An answer before a session exists: costs a legitimate client one retry and us one packet. */
  #turnAway(socket: Socket, client: Client, session: string, { reason, findings, answer }: NoEntry): void {
    const { services } = this.#parts.site;
    const ref = referenceOf(session, 1);
    const said = answer(ref);
    services.record({ type: 'connection-refused', session, ip: client.ip, port: client.port, listener: client.listener, ref, reply: oneLine(said), reason, findings });
    const cutOff = setTimeout(() => socket.destroy(), TURNED_AWAY_MS).unref();
    socket.on('error', () => {});
    socket.once('close', () => clearTimeout(cutOff));
    socket.end(formatReply(said), () => socket.destroySoon());
    socket.resume();
  }
}

/** 421: the caps of L5, and a gateway that is going down. */
function noPlace(cap: string): NoEntry {
  const text = cap === 'sessions' || cap === 'draining' ? 'Too busy for the moment; try later' : 'Too many connections from your side; try later';
  return { reason: cap, findings: [], answer: (reference) => withReference(reply(421, '4.3.2', text), reference) };
}
