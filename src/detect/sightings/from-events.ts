// The journal's events as sightings: what detectors see of what came through the doors, live or in a journal of the past. A fold: who a
// session is stands in its first events and is needed for its later ones.
import { KeyedStates } from '../../lib/keyed-states.ts';
import type { Event, OfSession, Stamp } from '../../model/events.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { Caller, HubSighting, MessageSighting, OffenceSighting, RecipientSighting, Sighting } from '../../model/sighting.ts';
import type { Finding } from '../../model/verdict.ts';
import { domainOf, networkOfClient, originOf, type SiteView } from './origin.ts';
import { Retries } from './retries.ts';

type Of<T extends Event['type']> = Extract<Event, { readonly type: T }>;

/** How a session ended. */
type Departed = Pick<Of<'session-closed'>, 'why' | 'messages'>;

/** What is remembered of a session until it is closed. */
interface Session {
  name: string | null;
  user: string | null;
  inside: boolean | null;
  /** Of the message that was judged last. */
  traits: MessageTraits | null;
  treatment: 'delivered' | 'diverted' | 'held' | 'discarded';
}

/** Sessions remembered at most: ten times what one machine holds open at once. One that is forgotten is known by its address alone. */
const mostSessions = 20_000;

const nothing: readonly Sighting[] = [];

export class SightingsFromEvents {
  readonly #site: SiteView;
  readonly #sessions = new KeyedStates<Session>(mostSessions, () => ({ name: null, user: null, inside: null, traits: null, treatment: 'delivered' }));
  readonly #retries = new Retries();

  constructor(site: SiteView) {
    this.#site = site;
  }

  /** Sessions and deferred messages remembered: below a bound whatever strangers do. */
  get size(): number {
    return this.#sessions.size + this.#retries.size;
  }

  /** What an event shows; most show one thing or nothing, a message one for each of its recipients. */
  note(event: Event): readonly Sighting[] {
    switch (event.type) {
      case 'session-opened':
        return this.opened(event);
      case 'connection-refused':
        return this.refusedConnection(event);
      case 'stage-judged':
        return this.#judged(event);
      case 'command-refused':
        return this.#refused(event);
      case 'auth-tried':
        return this.#auth(event);
      case 'message-finished':
        return this.#finished(event);
      case 'session-closed':
        return this.closed(event);
      case 'hub-failed':
        return event.route === 'auth' ? nothing : [this.#hub(event, event.route, 'unreachable', null)];
      case 'hub-circuit':
        return event.state === 'open' ? [this.#hub(event, event.route, 'unreachable', null)] : nothing;
      default:
        return nothing;
    }
  }

  /** A session that begins, of which only so much need be known. */
  opened(event: Stamp & OfSession & Pick<Of<'session-opened'>, 'inside'>): readonly Sighting[] {
    this.#sessions.of(event.session).inside = event.inside;
    return [{ kind: 'connection', at: event.at, source: sourceOf(event), caller: this.#caller(event), session: event.session, refused: false }];
  }

  /** A connection that was refused, of which only so much need be known: a flood is mostly these. */
  refusedConnection(event: Stamp & OfSession): readonly Sighting[] {
    return [{ kind: 'connection', at: event.at, source: sourceOf(event), caller: this.#stranger(event.ip), session: event.session, refused: true }];
  }

  #judged(event: Of<'stage-judged'>): readonly Sighting[] {
    const session = this.#sessions.of(event.session);
    if (event.input.user !== undefined) session.user = event.input.user;
    session.name ??= confirmedName(event);
    if (event.stage === 'rcpt') return this.#recipient(event);
    if (event.stage === 'message') {
      session.traits = event.input.traits ?? null;
      session.treatment = treatmentOf(event.action);
      return nothing;
    }
    return isOffence(event) ? [this.#offence(event, 'refused')] : nothing;
  }

  #recipient(event: Of<'stage-judged'>): readonly Sighting[] {
    const caller = this.#caller(event);
    const from = lower(event.input.from ?? '');
    const to = lower(event.input.to ?? '');
    const answer = answerOf(event);
    const seen: RecipientSighting = {
      kind: 'recipient',
      at: event.at,
      source: sourceOf(event),
      caller,
      origin: originOf(caller, from, null, this.#site),
      from,
      to,
      answer,
    };
    // A try of the real door and one of the honeypot are no try and its repetition.
    if (answer === 'honeypot') return [{ ...seen, session: event.session }];
    const tried = this.#tried(answer === 'deferred', event.at, () => `rcpt ${networkOfClient(caller.ip)} ${from} ${to}`);
    return tried === 'repeat' ? nothing : [seen];
  }

  #refused(event: Of<'command-refused'>): readonly Sighting[] {
    if (alienVerbs.has(event.command.toUpperCase())) return [this.#offence(event, 'alien')];
    return offensiveReasons.has(event.reason) ? [this.#offence(event, 'protocol')] : nothing;
  }

  #auth(event: Of<'auth-tried'>): readonly Sighting[] {
    // Our own passwords file or Dovecot was away, or the client spoke the mechanism wrongly: nobody has guessed anything.
    if (!event.ok && event.why !== 'wrong') return nothing;
    const seen = {
      kind: 'auth',
      at: event.at,
      source: sourceOf(event),
      caller: this.#caller(event),
      user: lower(event.user),
      ok: event.ok,
      secret: event.secret ?? null,
    } as const;
    if (event.ok) this.#sessions.of(event.session).user = event.user;
    return [seen];
  }

  #finished(event: Of<'message-finished'>): readonly Sighting[] {
    const session = this.#sessions.of(event.session);
    const { traits, treatment } = session;
    session.name ??= event.clientName?.toLowerCase() ?? null;
    session.traits = null;
    session.treatment = 'delivered';
    const hub = hubOutcomeOf(event);
    const seen: Sighting[] = hub === null ? [] : [this.#hub(event, event.route, hub, event.hubMs > 0 ? event.hubMs : null)];
    // A retry whose answer had been lost: it was seen when it was delivered.
    if (event.reason === 'answered-before' || event.reason === 'still-under-way') return seen;
    const caller = this.#caller(event);
    const from = lower(event.from);
    const origin = originOf(caller, from, traits, this.#site);
    for (const [index, recipient] of event.recipients.entries()) {
      const to = lower(recipient);
      const outcome = outcomeOf(event, index, treatment);
      const tried = this.#tried(outcome === 'deferred', event.at, () => `message ${networkOfClient(caller.ip)} ${from} ${to} ${event.messageId ?? ''}`);
      if (tried === 'repeat') continue;
      seen.push({
        kind: 'message',
        at: event.at,
        source: sourceOf(event),
        caller,
        origin,
        direction: this.#directionOf(caller, to),
        from,
        to,
        index,
        recipients: event.recipients.length,
        outcome,
        ...(tried === 'end' ? { retry: true } : {}),
        messageId: event.messageId,
        subject: event.subject,
        bytes: event.bytes,
        traits,
      });
    }
    return seen;
  }

  /** A session that ends, of which only so much need be known. */
  closed(event: Stamp & OfSession & Departed): readonly Sighting[] {
    const caller = this.#caller(event);
    this.#sessions.delete(event.session);
    return [{ kind: 'departure', at: event.at, source: sourceOf(event), caller, session: event.session, how: departureOf(event) }];
  }

  /** What a try is; nothing is put together for it while nobody waits for another. */
  #tried(isDeferred: boolean, at: number, key: () => string): ReturnType<Retries['note']> {
    return !isDeferred && this.#retries.isIdle ? 'first' : this.#retries.note(key(), isDeferred, at);
  }

  #directionOf(caller: Caller, to: string): MessageSighting['direction'] {
    const domain = domainOf(to);
    if (domain !== '' && !this.#site.isOurDomain(domain)) return 'out';
    return caller.inside || caller.user !== null ? 'within' : 'in';
  }

  #offence(event: Of<'stage-judged' | 'command-refused'>, what: OffenceSighting['what']): OffenceSighting {
    return { kind: 'offence', at: event.at, source: sourceOf(event), caller: this.#caller(event), what };
  }

  #hub(event: Event, route: string, outcome: HubSighting['outcome'], ms: number | null): HubSighting {
    return { kind: 'hub', at: event.at, source: sourceOf(event), route, outcome, ms };
  }

  #caller({ session, ip }: { readonly session: string; readonly ip: string }): Caller {
    const { name, user, inside } = this.#sessions.of(session);
    return { ip, name, user, inside: inside ?? this.#site.isInside(ip) };
  }

  #stranger(ip: string): Caller {
    return { ip, name: null, user: null, inside: this.#site.isInside(ip) };
  }
}

/** Where an event can be looked up. */
const sourceOf = ({ door, seq }: Stamp): string => `${door}#${seq}`;

const lower = (text: string): string => text.toLowerCase();

/** First words of other protocols; an HTTP client that is led to a mail server says nothing else. */
const alienVerbs = new Set(['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT', 'HOST:', 'USER-AGENT:', 'INVITE', 'REGISTER', 'PRI']);
/** What the door refuses by itself and no honest client does twice. Wrong passwords and deadlines are seen as what they are. */
const offensiveReasons = new Set(['too-many-errors', 'too-many-junk-commands', 'starttls-injection', 'too-many-messages']);

/** How the next hop did, by the reason of the message's end; null where it was not asked. */
function hubOutcomeOf({ reason, hubReply }: Of<'message-finished'>): HubSighting['outcome'] | null {
  switch (reason) {
    case 'delivered':
    case 'mixed':
      return 'ok';
    case 'refused':
      return hubReply?.startsWith('4') === true ? 'tempfail' : 'refused';
    case 'unavailable':
    case 'ambiguous':
      return 'unreachable';
    default:
      return null;
  }
}

function confirmedName({ facts }: Of<'stage-judged'>): string | null {
  const fact = facts['reverseName'];
  if (fact === undefined || !('value' in fact)) return null;
  const { value } = fact;
  const isConfirmed = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'confirmed' && 'name' in value;
  return isConfirmed && typeof value.name === 'string' ? value.name.toLowerCase() : null;
}

/** Refused for good for what the client is or says. Our own standing measures do not count: they would prove themselves right. */
const isOffence = ({ action, findings }: Of<'stage-judged'>): boolean =>
  (action === 'reject' || action === 'refuse-at-banner') && findings.some((each) => each.action === action && each.check !== 'standing-measure');

/** By the check that found it, whatever was done about it; permission holds in observe mode too. */
function answerOf({ action, findings }: Of<'stage-judged'>): RecipientSighting['answer'] {
  if (findings.some((each) => relayChecks.has(each.check) && isFinding(each))) return 'relay';
  if (findings.some((each) => each.check === 'unknown-recipient' && isFinding(each) && each.action === 'reject')) return 'unknown';
  const trap = findings.find((each) => each.check === 'trap-recipient' && isFinding(each));
  if (trap?.outcome.kind === 'finding') return trap.outcome.evidence['honeypot'] === undefined ? 'trap' : 'honeypot';
  if (action === 'defer') return 'deferred';
  return action === 'reject' || action === 'refuse-at-banner' ? 'refused' : 'accepted';
}

const relayChecks = new Set(['relay-not-allowed', 'relay-trick']);
const isFinding = ({ outcome }: Finding): boolean => outcome.kind === 'finding';

function treatmentOf(action: Of<'stage-judged'>['action']): Session['treatment'] {
  switch (action) {
    case 'divert':
      return 'diverted';
    case 'quarantine':
      return 'held';
    case 'discard':
      return 'discarded';
    default:
      return 'delivered';
  }
}

/** Recipients may have had answers of their own (PRDR). */
function outcomeOf({ outcome, answers }: Of<'message-finished'>, index: number, treatment: Session['treatment']): MessageSighting['outcome'] {
  const answer = answers?.[index] ?? '';
  if (answer.startsWith('5')) return 'refused';
  if (answer.startsWith('4')) return 'deferred';
  // What waits for its next hop is on its way as far as its sender is concerned.
  return answer.startsWith('2') || outcome === 'delivered' || outcome === 'spooled' ? treatment : outcome;
}

/** A client that has delivered may keep its connection in reserve: that the deadline ends it then is no attack. */
function departureOf({ why, messages }: Departed): 'quit' | 'lost' | 'slow' | 'rude' | 'other' {
  if (why === 'content-too-slow' || (why === 'command-timeout' && messages === 0)) return 'slow';
  if (offensiveReasons.has(why)) return 'rude';
  if (why === 'quit') return 'quit';
  return why === 'client closed' ? 'lost' : 'other';
}
