// What detectors see, from whichever door it came: SMTP, a log file, or a journal of the past. Events and log lines are turned into
// sightings in one place each (detect/sightings/), so that a detector is written once. Time always comes with the sighting.
import type { MessageTraits } from './message-traits.ts';

/**
 * Who is responsible, as well as can be told: the first that holds of authenticated user, aligned DKIM domain, SPF domain, confirmed
 * reverse name's domain, network (engineering 2.1). `spoofable`: anybody could have made it look so.
 */
export interface Origin {
  readonly kind: 'user' | 'domain' | 'host' | 'network';
  /** Lower case; a network as `192.0.2.0/24`. */
  readonly name: string;
  readonly spoofable: boolean;
}

export interface Caller {
  /** Canonical text. */
  readonly ip: string;
  /** Confirmed reverse name, lower case; null where there is none or it is not known. */
  readonly name: string | null;
  /** Authenticated user; null: none, or not known. */
  readonly user: string | null;
  /** In one of the site's networks. */
  readonly inside: boolean;
}

interface Sighted {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Where it can be looked up: `smtp-1#42` (door and sequence number in the journal) or `mail.log:17`. */
  readonly source: string;
}

export interface ConnectionSighting extends Sighted {
  readonly kind: 'connection';
  readonly caller: Caller;
  /** Links it to `departure`; '' where the log does not tell. */
  readonly session: string;
  /** Turned away before a session existed. */
  readonly refused: boolean;
}

export interface DepartureSighting extends Sighted {
  readonly kind: 'departure';
  readonly caller: Caller;
  readonly session: string;
  /** `slow`: a deadline or the floor in bytes per second ended it; `rude`: too many errors or junk commands, talked too early. */
  readonly how: 'quit' | 'lost' | 'slow' | 'rude' | 'other';
}

export interface AuthSighting extends Sighted {
  readonly kind: 'auth';
  readonly caller: Caller;
  /** The name that was tried. */
  readonly user: string;
  readonly ok: boolean;
  /** Keyed hash of the password that was tried: the same wrong one again is no guessing. Null where it is not known. */
  readonly secret: string | null;
}

/** A recipient was named. From a log, those that were accepted are seen as `message` only. */
export interface RecipientSighting extends Sighted {
  readonly kind: 'recipient';
  readonly caller: Caller;
  readonly origin: Origin;
  /** Envelope sender, lower case; '' is the null sender. */
  readonly from: string;
  readonly to: string;
  /** trap: an address that nobody ever had. honeypot: any, at a listener where nothing is taken. */
  readonly answer: 'accepted' | 'unknown' | 'relay' | 'refused' | 'deferred' | 'trap' | 'honeypot';
  /** At a honeypot: the session of its connection. */
  readonly session?: string;
}

/** A message to one recipient came to its end: one sighting a recipient. */
export interface MessageSighting extends Sighted {
  readonly kind: 'message';
  readonly caller: Caller;
  readonly origin: Origin;
  /** in: from the world to us. out: from us to the world. within: from us to us. */
  readonly direction: 'in' | 'out' | 'within';
  readonly from: string;
  readonly to: string;
  /** Its place among the message's recipients, from 0, and how many there are. */
  readonly index: number;
  readonly recipients: number;
  readonly outcome: 'delivered' | 'diverted' | 'held' | 'discarded' | 'refused' | 'deferred' | 'bounced';
  /** Its first try was deferred and has been seen: no new volume. Further tries that are deferred are not seen at all (engineering 2.1). */
  readonly retry?: true;
  readonly messageId: string | null;
  readonly subject: string | null;
  readonly bytes: number;
  /** Null where the door cannot see the content (policy service, logs). */
  readonly traits: MessageTraits | null;
}

/**
 * Something that speaks against a client and is none of the other kinds. `protocol`: broke the rules of SMTP (junk, talked early, too many
 * errors). `alien`: spoke another protocol, as HTTP. `refused`: turned away for its name, its sender or a list. `spam`: brought what was
 * judged spam. `limited`: a program stopped it after many of the above.
 */
export interface OffenceSighting extends Sighted {
  readonly kind: 'offence';
  readonly caller: Caller;
  readonly what: 'protocol' | 'alien' | 'refused' | 'spam' | 'limited';
}

/** How the next hop does: one sighting a delivery or failure. */
export interface HubSighting extends Sighted {
  readonly kind: 'hub';
  readonly route: string;
  readonly outcome: 'ok' | 'tempfail' | 'refused' | 'unreachable';
  /** Milliseconds it took to answer; null where it is not known. */
  readonly ms: number | null;
}

/** A measure of the machine: messages queued at the hub, bytes free, what is given up for them (4: new content hears 452). */
export interface GaugeSighting extends Sighted {
  readonly kind: 'gauge';
  readonly name: 'hub-queue' | 'disk-free' | 'disk-free-share' | 'disk-level';
  readonly value: number;
}

export type Sighting =
  | ConnectionSighting
  | DepartureSighting
  | AuthSighting
  | RecipientSighting
  | MessageSighting
  | OffenceSighting
  | HubSighting
  | GaugeSighting;
export type SightingKind = Sighting['kind'];
