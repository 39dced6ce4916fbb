// A mail log's events as sightings: what a site sees that changes nothing in its mail path. One message passes a log several times (accepted,
// handed to a content filter, taken back, delivered; deferred again and again): it is seen once a recipient.
import { RecentMap, RecentSet } from '../../lib/recent-map.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Caller, MessageSighting, Sighting } from '../../model/sighting.ts';
import { answerOf, departureOf, hubOutcomeOf, nextQueueIdIn, offenceOf, triesIn, virusIn } from './log-words.ts';
import { domainOf, networkOfClient, originOf, type SiteView } from './origin.ts';
import { Retries } from './retries.ts';

/** `knowsDomains`: `isOurDomain` can be believed. Where a log is read without a configuration, our domains are learned from it. */
export interface LogSiteView extends SiteView {
  readonly knowsDomains: boolean;
}

/** Queue and message ids remembered at most, and how long in ms: content filters answer within minutes. */
const mostIds = 100_000;
const idsMs = 3_600_000;
/** Domains of ours that are learned at most, and how long one is believed in ms after mail for it was last seen. */
const mostDomains = 10_000;
const domainsMs = 30 * 86_400_000;
/** A message that is passed on to the same recipient by another program does so within this time in ms. */
const passedOnMs = 600_000;

const nothing: readonly Sighting[] = [];

interface Taken {
  readonly queueId: string;
  readonly at: number;
}

export class SightingsFromLog {
  readonly #site: LogSiteView;
  readonly #retries = new Retries();
  /** Recipients counted of each queue id. */
  readonly #queues = new RecentMap<number>({ capacity: mostIds, keepMs: idsMs });
  /** Who brought a message, before a content filter on the host brought it again. */
  readonly #broughtBy = new RecentMap<Caller>({ capacity: mostIds, keepMs: idsMs });
  /** Under which queue id a recipient had a message. */
  readonly #taken = new RecentMap<Taken>({ capacity: mostIds, keepMs: idsMs });
  readonly #ours = new RecentSet({ capacity: mostDomains, keepMs: domainsMs });
  #lastAt: number | null = null;
  /** The queue id of the line before: mostly that of the next. */
  #lastQueue = '';

  constructor(site: LogSiteView) {
    this.#site = site;
  }

  /** Everything remembered: below a bound whatever stands in the log. */
  get size(): number {
    return this.#retries.size + this.#queues.size + this.#broughtBy.size + this.#taken.size + this.#ours.size;
  }

  /** What a log event shows. An event without a time happened with the one before it. */
  note(event: LogEvent): readonly Sighting[] {
    const at = event.at ?? this.#lastAt;
    if (at === null) return nothing;
    this.#lastAt = at;
    const caller = this.#callerOf(event);
    if (event.queueId !== null) this.#noteQueue(event.queueId, at);
    const virus = event.hostile || event.type === 'notice' || event.type === 'reject' ? virusIn(event) : null;
    if (virus !== null) return this.#message(event, at, caller, virus);
    if (event.type === 'delivery') return this.#delivered(event, at, caller);
    if (event.type === 'accept') this.#remember(event, at, caller);
    return caller.ip === '' ? nothing : this.#ofClient(event, at, caller);
  }

  /** What only a client that is named can do. */
  #ofClient(event: LogEvent, at: number, caller: Caller): readonly Sighting[] {
    const seen = { at, source: sourceOf(event), caller };
    switch (event.type) {
      case 'connect':
        return [{ kind: 'connection', ...seen, session: sessionOf(event), refused: event.outcome === 'refused' }];
      case 'disconnect':
        return [{ kind: 'departure', ...seen, session: sessionOf(event), how: departureOf(event) }];
      case 'auth':
        return this.#auth(event, at, caller);
      case 'reject':
        if (event.to !== null) return this.#recipient(event, at, caller, event.to);
        break;
      default:
    }
    return event.hostile ? [{ kind: 'offence', ...seen, what: offenceOf(event) }] : nothing;
  }

  #auth(event: LogEvent, at: number, caller: Caller): readonly Sighting[] {
    const isOk = event.outcome === 'accepted';
    // A server that could not look the password up says nothing about the client.
    if (!isOk && !event.hostile) return nothing;
    // A program that refuses to look at the password any more has seen enough of them.
    if (!isOk && offenceOf(event) === 'limited') return [{ kind: 'offence', at, source: sourceOf(event), caller, what: 'limited' }];
    const one = { kind: 'auth', at, source: sourceOf(event), caller, user: (event.user ?? '').toLowerCase(), ok: isOk, secret: null } as const;
    return isOk ? [one] : Array.from({ length: triesIn(event) }, () => one);
  }

  #recipient(event: LogEvent, at: number, caller: Caller, recipient: string): readonly Sighting[] {
    const from = (event.from ?? '').toLowerCase();
    const to = recipient.toLowerCase();
    const answer = answerOf(event);
    if (this.#retries.note(`rcpt ${networkOfClient(caller.ip)} ${from} ${to}`, answer === 'deferred', at) === 'repeat') return nothing;
    return [{ kind: 'recipient', at, source: sourceOf(event), caller, origin: originOf(caller, from, null, this.#site), from, to, answer }];
  }

  #delivered(event: LogEvent, at: number, caller: Caller): readonly Sighting[] {
    if (event.to === null || event.outcome === null) return nothing;
    // What was handed to a program whose log is this one too is seen when that program has delivered it.
    const next = event.outcome === 'delivered' ? nextQueueIdIn(event) : null;
    if (next !== null && next !== event.queueId && this.#queues.get(next, at) !== undefined) return nothing;
    return this.#message(event, at, caller, null);
  }

  #message(event: LogEvent, at: number, client: Caller, virus: string | null): readonly Sighting[] {
    const to = (event.to ?? '').toLowerCase();
    const from = (event.from ?? '').toLowerCase();
    const caller = this.#whoBrought(event, at, client);
    if (this.#isPassedOn(event, at, client, to)) return nothing;
    const outcome = virus === null || event.type === 'delivery' ? outcomeOf(event) : 'refused';
    const isDeferred = outcome === 'deferred';
    const tried =
      !isDeferred && this.#retries.isIdle
        ? 'first'
        : this.#retries.note(`message ${event.queueId ?? `${from} ${event.messageId ?? ''}`} ${to}`, isDeferred, at);
    if (tried === 'repeat') return nothing;
    const direction = this.#directionOf(caller, event, to, at);
    const index = event.queueId === null ? 0 : (this.#queues.get(event.queueId, at) ?? 0);
    if (event.queueId !== null) this.#queues.set(event.queueId, index + 1, at);
    const source = sourceOf(event);
    const message: MessageSighting = {
      kind: 'message',
      at,
      source,
      caller,
      origin: originOf(caller, from, null, this.#site),
      direction,
      from,
      to,
      index,
      recipients: index + 1,
      outcome,
      ...(tried === 'end' ? { retry: true } : {}),
      messageId: event.messageId,
      subject: null,
      bytes: 0,
      traits: virus === null ? null : { virus },
    };
    const hub = direction === 'out' || event.type !== 'delivery' ? null : hubOutcomeOf(event);
    return hub === null ? [message] : [{ kind: 'hub', at, source, route: 'hub', outcome: hub, ms: null }, message];
  }

  /** The same message came to the same recipient before, under the id of the program that passed it on. */
  #isPassedOn(event: LogEvent, at: number, client: Caller, to: string): boolean {
    const { messageId, queueId } = event;
    if (messageId === null || queueId === null || event.outcome !== 'delivered') return false;
    const key = `${messageId} ${to}`;
    const before = this.#taken.get(key, at);
    if (before === undefined) {
      this.#taken.set(key, { queueId, at }, at);
      return false;
    }
    return before.queueId !== queueId && isLocal(client) && at - before.at <= passedOnMs;
  }

  #remember(event: LogEvent, at: number, caller: Caller): void {
    if (event.messageId !== null && !isLocal(caller) && this.#broughtBy.get(event.messageId, at) === undefined)
      this.#broughtBy.set(event.messageId, caller, at);
  }

  /** Behind a content filter the client is the filter: who brought the message to it is known by its Message-ID. */
  #whoBrought(event: LogEvent, at: number, caller: Caller): Caller {
    if (event.messageId === null || caller.user !== null) return caller;
    if (!isLocal(caller)) {
      this.#remember(event, at, caller);
      return caller;
    }
    return this.#broughtBy.get(event.messageId, at) ?? caller;
  }

  /** Where our domains are not known: what a stranger brings and is not refused is for us, and thereby its domain is one of ours. */
  #directionOf(caller: Caller, { program, outcome }: LogEvent, to: string, at: number): MessageSighting['direction'] {
    const isOwn = caller.inside || caller.user !== null;
    const domain = domainOf(to);
    const isHere = outcome === 'delivered' && deliversHere.test(program);
    if (!this.#site.knowsDomains && domain !== '' && (isHere || (!isOwn && outcome === 'delivered'))) this.#ours.isNew(domain, at);
    const isOurs = domain === '' || isHere || (this.#site.knowsDomains ? this.#site.isOurDomain(domain) : !isOwn || this.#ours.has(domain, at));
    return isOurs ? (isOwn ? 'within' : 'in') : 'out';
  }

  #callerOf({ client, user }: LogEvent): Caller {
    const ip = client?.ip ?? '';
    const isLoopback = ip === '' || ip === '::1' || ip.startsWith('127.');
    return { ip, name: client?.name?.toLowerCase() ?? null, user, inside: isLoopback || this.#site.isInside(ip) };
  }

  #noteQueue(queueId: string, at: number): void {
    if (queueId === this.#lastQueue) return;
    this.#lastQueue = queueId;
    if (this.#queues.get(queueId, at) === undefined) this.#queues.set(queueId, 0, at);
  }
}

/** Programs that put mail into mailboxes of the host. */
const deliversHere = /(?:^|[/.-])(?:local|virtual|lda|deliver|mailbox|procmail|dovecot)(?:$|[[/.-])/i;

const sourceOf = ({ file, line }: LogEvent): string => `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;

/** One connection at a time has an address and a port; logs without ports do not tell which is meant. */
const sessionOf = ({ client }: LogEvent): string => (client?.port === null || client === null ? '' : `${client.ip} ${client.port}`);

const isLocal = ({ ip, user }: Caller): boolean => user === null && (ip === '' || ip === '::1' || ip.startsWith('127.'));

function outcomeOf({ outcome }: LogEvent): MessageSighting['outcome'] {
  switch (outcome) {
    case 'delivered':
    case 'deferred':
    case 'refused':
      return outcome;
    case 'accepted':
      return 'delivered';
    default:
      return 'bounced';
  }
}
