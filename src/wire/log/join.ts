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

/** What is joined into a reading. */
export interface Joined {
  readonly client: LogClient | null;
  readonly user: string | null;
  readonly from: string | null;
  readonly messageId: string | null;
}

/**
 * Messages and sessions remembered. A busy server has some thousands at a time; the rest is room for mail that waits in the queue. About
 * 400 bytes each.
 */
const defaultCapacity = 65_536;

/** Remembers by queue id and session, within bounds: what was not named for longest is forgotten first. */
export class Joiner {
  readonly #messages: RecentKeys<Message>;
  readonly #sessions: RecentKeys<Session>;

  constructor(capacity = defaultCapacity) {
    this.#messages = new RecentKeys(capacity);
    this.#sessions = new RecentKeys(Math.ceil(capacity / 4));
  }

  /** Messages and sessions held now. */
  get size(): number {
    return this.#messages.size + this.#sessions.size;
  }

  /** Takes a reading, in the order of the log, and adds what is known. Queue ids and process ids of two hosts are two. */
  join(reading: Reading, host: string): Joined {
    const session = reading.session === null ? null : this.#session(reading, `${host} ${reading.session}`);
    if (reading.queueId === null) {
      const { from, messageId } = reading;
      const joined = { client: reading.client ?? session?.client ?? null, user: reading.user ?? session?.user ?? null, from, messageId };
      if (reading.nextQueueId !== null) this.#inherit(`${host} ${reading.nextQueueId}`, joined);
      return joined;
    }
    return this.#message(reading, session, host);
  }

  #session(reading: Reading, key: string): Session | null {
    const known = reading.type === 'connect' ? undefined : this.#sessions.get(key);
    if (reading.ends && reading.queueId === null) {
      this.#sessions.delete(key);
      return known ?? null;
    }
    if (known === undefined) {
      if (reading.client === null && reading.user === null) return null;
      const session = { client: reading.client, user: reading.user };
      this.#sessions.set(key, session);
      return session;
    }
    // A failed attempt to log in names somebody who was not there.
    if (reading.user !== null && reading.outcome !== 'failed') known.user = reading.user;
    return known;
  }

  #message(reading: Reading, session: Session | null, host: string): Message {
    const key = `${host} ${reading.queueId}`;
    const known = this.#messages.get(key);
    const message = known === undefined || isReused(known, reading) ? { client: null, user: null, from: null, messageId: null } : known;
    message.client = (reading.unsureClient ? (message.client ?? reading.client) : (reading.client ?? message.client)) ?? session?.client ?? null;
    message.user = reading.user ?? message.user ?? session?.user ?? null;
    message.from = reading.from ?? message.from;
    message.messageId = reading.messageId ?? message.messageId;
    if (reading.ends && reading.session === null) this.#messages.delete(key);
    else if (message !== known) this.#messages.set(key, message);
    if (reading.nextQueueId !== null && reading.nextQueueId !== reading.queueId) this.#inherit(`${host} ${reading.nextQueueId}`, message);
    // The caller keeps it beyond the next line.
    return { ...message };
  }

  /** A content filter put the message back under another id: it comes from where it came from before, not from the filter. */
  #inherit(key: string, before: Joined): void {
    const next = this.#messages.get(key);
    if (next === undefined) {
      this.#messages.set(key, { ...before });
      return;
    }
    if (before.client !== null && (next.client === null || isInside(next.client.ip))) next.client = before.client;
    next.user ??= before.user;
    next.messageId ??= before.messageId;
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
