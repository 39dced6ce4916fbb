// Joins what several lines say of one message (queue id) and of one connection (session): a delivery also names who sent it.
import type { LogClient } from '../../model/log-event.ts';
import type { Reading } from './line.ts';
import { RecentKeys } from './recent-keys.ts';

/** What the lines until now said of a message. */
interface Message {
  client: LogClient | null;
  user: string | null;
  from: string | null;
  messageId: string | null;
}

interface Session {
  readonly client: LogClient | null;
  user: string | null;
}

/**
 * Messages and sessions remembered. A busy server has some thousands at a time; the rest is room for mail that waits in the queue. About
 * 400 bytes each.
 */
const defaultCapacity = 65_536;

/** What is remembered of one host: queue ids and process ids of two hosts are two. */
interface Host {
  readonly name: string;
  readonly messages: RecentKeys<Message>;
  readonly sessions: RecentKeys<Session>;
}

/** Hosts remembered of one log: a central one has some dozens that send at the same time. */
const mostHosts = 64;

/** Remembers by queue id and session, within bounds: what was not named for longest is forgotten first. */
export class Joiner {
  // Of the reading taken last: what it says, and what was known before.
  client: LogClient | null = null;
  user: string | null = null;
  from: string | null = null;
  messageId: string | null = null;
  readonly #capacity: number;
  readonly #hosts: RecentKeys<Host>;
  #host: Host | null = null;

  constructor(capacity = defaultCapacity) {
    this.#capacity = capacity;
    this.#hosts = new RecentKeys(Math.min(mostHosts, capacity));
  }

  /** Messages and sessions held now of the host that spoke last. */
  get size(): number {
    return this.#host === null ? 0 : this.#host.messages.size + this.#host.sessions.size;
  }

  /** Takes a reading, in the order of the log; afterwards `client`, `user`, `from` and `messageId` are what is known. */
  join(reading: Reading, hostName: string): void {
    const host = this.#host?.name === hostName ? this.#host : this.#hostOf(hostName);
    this.client = reading.client;
    this.user = reading.user;
    this.from = reading.from;
    this.messageId = reading.messageId;
    if (reading.session !== null) this.#joinSession(reading, reading.session, host.sessions);
    if (reading.queueId !== null) this.#joinMessage(reading, reading.queueId, host.messages);
    if (reading.nextQueueId !== null && reading.nextQueueId !== reading.queueId) this.#inherit(reading.nextQueueId, host.messages);
  }

  #hostOf(name: string): Host {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      // The first host has all the room; those of a central log share it as far as they are as busy.
      const room = this.#hosts.size === 0 ? this.#capacity : Math.max(1, Math.floor(this.#capacity / 16));
      host = { name, messages: new RecentKeys(room), sessions: new RecentKeys(Math.ceil(room / 4)) };
      this.#hosts.set(name, host);
    }
    this.#host = host;
    return host;
  }

  #joinSession(reading: Reading, key: string, sessions: RecentKeys<Session>): void {
    const known = reading.type === 'connect' ? undefined : sessions.get(key);
    if (known === undefined) {
      if (!reading.ends && (reading.client !== null || reading.user !== null)) sessions.set(key, { client: reading.client, user: reading.user });
      return;
    }
    // A failed attempt to log in names somebody who was not there.
    if (reading.user !== null && reading.outcome !== 'failed') known.user = reading.user;
    this.client ??= known.client;
    this.user ??= known.user;
    if (reading.ends) sessions.delete(key);
  }

  #joinMessage(reading: Reading, queueId: string, messages: RecentKeys<Message>): void {
    const found = messages.get(queueId);
    const known = found !== undefined && isReused(found, reading) ? undefined : found;
    if (known === undefined) {
      if (!(reading.ends && reading.session === null))
        messages.set(queueId, { client: this.client, user: this.user, from: this.from, messageId: this.messageId });
      return;
    }
    known.client = reading.unsureClient ? (known.client ?? this.client) : (this.client ?? known.client);
    known.user = this.user ?? known.user;
    known.from = this.from ?? known.from;
    known.messageId = this.messageId ?? known.messageId;
    this.client = known.client;
    this.user = known.user;
    this.from = known.from;
    this.messageId = known.messageId;
    if (reading.ends && reading.session === null) messages.delete(queueId);
  }

  /** A content filter put the message back under another id: it comes from where it came from before, not from the filter. */
  #inherit(queueId: string, messages: RecentKeys<Message>): void {
    const next = messages.get(queueId);
    if (next === undefined) {
      messages.set(queueId, { client: this.client, user: this.user, from: this.from, messageId: this.messageId });
      return;
    }
    if (this.client !== null && (next.client === null || isInside(next.client.ip))) next.client = this.client;
    next.user ??= this.user;
    next.messageId ??= this.messageId;
  }
}

/** The same id for another message: ids come again when the queue file's number is free. */
function isReused(known: Message, reading: Reading): boolean {
  if (reading.type === 'accept' && (known.client !== null || known.from !== null)) return true;
  return reading.messageId !== null && known.messageId !== null && known.messageId !== reading.messageId;
}

/** Loopback or a private network: a filter or a relay of the site. */
const isInside = (ip: string): boolean =>
  ip.startsWith('127.') || ip === '::1' || ip.startsWith('10.') || ip.startsWith('192.168.') || /^(?:172\.(?:1[6-9]|2\d|3[01])\.|f[cd])/.test(ip);
