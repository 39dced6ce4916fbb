// Whose events are logged in full: the keys of open incidents. A session that has once concerned one of them stays in view until it is closed,
// because its later events name the address alone.
import { networkOf } from '../lib/ip.ts';
import type { AlarmKey } from '../model/alarm.ts';
import type { EventBody } from '../model/events.ts';

/** How much is logged beyond the configured level, as the keeper tells the doors. */
export interface LogDetail {
  /** Keys of open incidents: at most `mostFocusKeys`. */
  readonly keys: readonly AlarmKey[];
  /** False while the disk is short. */
  readonly mayDebug: boolean;
}

/** Incidents looked at: during a flood of incidents everything would be in view, and the log would drown what is looked for. */
export const mostFocusKeys = 100;
/** Sessions in view at once; of more the one seen first is forgotten. */
const mostSessions = 1000;
/** Addresses of which the answer is kept: a session asks five times, and a flood of sessions is at most so many at once. Of more all are forgotten. */
const mostAddresses = 2000;

export const noDetail: LogDetail = { keys: [], mayDebug: true };

export class LogFocus {
  readonly #words: ReadonlySet<string>;
  readonly #prefixes: readonly number[];
  /** Kinds of words there are: of the others nothing need be looked up. */
  readonly #kinds: ReadonlySet<string>;
  readonly #addresses = new Map<string, boolean>();
  readonly #sessions = new Set<string>();

  constructor(keys: readonly AlarmKey[]) {
    const words = keys.slice(0, mostFocusKeys).flatMap(wordsOf);
    this.#words = new Set(words);
    this.#kinds = new Set(words.map((word) => word.slice(0, word.indexOf(' '))));
    this.#prefixes = [...new Set(words.filter((word) => word.startsWith('network ')).map((word) => Number(word.slice(word.indexOf('/') + 1))))];
  }

  /** Sessions in view. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Addresses of which the answer is kept. */
  get known(): number {
    return this.#addresses.size;
  }

  /** Whether the event concerns one of the keys. */
  concerns(body: EventBody): boolean {
    if (this.#words.size === 0) return false;
    const session = 'session' in body ? body.session : null;
    if (session !== null && this.#sessions.has(session)) {
      if (body.type === 'session-closed') this.#sessions.delete(session);
      return true;
    }
    if (!this.#names(body)) return false;
    if (session !== null && body.type !== 'session-closed' && body.type !== 'connection-refused') this.#keep(session);
    return true;
  }

  #names(body: EventBody): boolean {
    if ('ip' in body && typeof body.ip === 'string' && this.#isAddress(body.ip)) return true;
    if (body.type === 'stage-judged') {
      const { user, from, to, recipients = [] } = body.input;
      return this.#has('user', user) || this.#isSender(from) || this.#has('recipient', to) || recipients.some((each) => this.#has('recipient', each));
    }
    if (body.type === 'auth-tried') return this.#has('user', body.user);
    if (body.type === 'message-finished') return this.#isSender(body.from) || body.recipients.some((each) => this.#has('recipient', each));
    return false;
  }

  #isAddress(ip: string): boolean {
    const known = this.#addresses.get(ip);
    if (known !== undefined) return known;
    if (this.#addresses.size >= mostAddresses) this.#addresses.clear();
    const isIt = this.#isMeant(ip);
    this.#addresses.set(ip, isIt);
    return isIt;
  }

  #isMeant(ip: string): boolean {
    return this.#words.has(`ip ${ip}`) || this.#prefixes.some((bits) => this.#words.has(`network ${networkOf(ip, bits, bits)}`));
  }

  #isSender(from: string | undefined): boolean {
    return from !== undefined && this.#kinds.has('sender') && (this.#has('sender', from) || this.#has('sender', from.slice(from.lastIndexOf('@') + 1)));
  }

  #has(kind: string, word: string | undefined): boolean {
    return word !== undefined && this.#kinds.has(kind) && this.#words.has(`${kind} ${word.toLowerCase()}`);
  }

  #keep(session: string): void {
    if (this.#sessions.size >= mostSessions) this.#sessions.delete(this.#sessions.keys().next().value ?? '');
    this.#sessions.add(session);
  }
}

/** A key in the words it is looked up by; a key that names nobody (the site, a route) has none. */
export function wordsOf({ ip, network, recipient, sender, user }: AlarmKey): readonly string[] {
  // Of a pair (a sender's mail to one recipient) the narrower is looked for.
  if (recipient !== undefined) return [`recipient ${recipient.toLowerCase()}`];
  if (user !== undefined) return [`user ${user.toLowerCase()}`];
  if (ip !== undefined) return [ip.includes('/') ? `network ${ip}` : `ip ${ip}`];
  if (network !== undefined) return [`network ${network}`];
  return sender === undefined ? [] : [`sender ${sender.toLowerCase()}`];
}
