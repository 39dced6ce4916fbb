// A measure: something that is done to a part of the traffic for a while. Operators write them by hand, responses to an attack write
// them by themselves; the check `standing-measure` reads them at the next command.
import type { Role } from './client.ts';
import type { Action } from './verdict.ts';

/**
 * Whom a measure is about: all fields that are given must fit. Texts are in the form in which they are looked up.
 * An empty scope is everybody.
 */
export interface MeasureScope {
  /** Network of the client as `address/bits`. */
  readonly client?: string;
  /** Name said in HELO or EHLO, lower case; `.example.org` for all below it. */
  readonly helo?: string;
  /** Reverse name of the client, confirmed or not; `.example.org` for all below it. */
  readonly hostname?: string;
  /** `local@domain`, `domain`, `.domain`, or `<>` for the null sender. */
  readonly sender?: string;
  /** `local@domain`, `domain` or `.domain`. */
  readonly recipient?: string;
  /** Name of the authenticated user. */
  readonly user?: string;
  /** Name of the listener. */
  readonly listener?: string;
  readonly role?: Role;
  /** out: from insiders, users and smarthost listeners; in: from anybody else. */
  readonly direction?: Direction;
  /**
   * What the message turns out to be; known when it is complete. subscription: what sign-up forms, shops and lists send, from an
   * organisation that is no correspondent of the recipient, and no needle. forged-bounce: a report of mail that was not ours.
   */
  readonly content?: 'subscription' | 'forged-bounce';
}

export type Direction = 'in' | 'out';

/** A person by name, or the detector whose alarm led to it. */
export interface MeasureActor {
  readonly kind: 'person' | 'auto';
  readonly name: string;
}

/**
 * What a measure does: what policy can do at a door; or `drop`: packets of the client's network are dropped in the kernel where its helper
 * runs, and who gets through all the same is refused at the banner.
 */
export type MeasureAction = Action | 'drop';

/** What a door makes of it: no door sees a dropped packet. */
export const actionAtDoor = (action: MeasureAction): Action => (action === 'drop' ? 'refuse-at-banner' : action);

/** Bits: no packet filter is told of a shorter prefix, because a mistake there cannot be explained to anybody. A /32 is what an IPv6 provider has. */
export const shortestDropPrefix = { 4: 16, 6: 32 } as const;

export type MeasureEnd = 'expired' | 'undone' | 'hit-cap';

export interface Measure {
  /** `m-` and ten hexadecimal digits. */
  readonly id: string;
  readonly scope: MeasureScope;
  readonly action: MeasureAction;
  readonly actor: MeasureActor;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch; every measure ends. */
  readonly expiresAt: number;
  /** It ends after so many hits; null: it does not count towards an end. */
  readonly maxHits: number | null;
  /** Share of the traffic, 0 to 1, that passes all the same, to see whether the attack goes on. */
  readonly probeShare: number;
  /** The incident it belongs to. */
  readonly incident: string | null;
  /** Recorded only: what it would have done. */
  readonly dryRun: boolean;
}

/** A measure with what became of it. */
export interface MeasureRecord extends Measure {
  readonly state: 'active' | MeasureEnd;
  /** Milliseconds since the epoch; null while active. */
  readonly endedAt: number | null;
  /** How often it was carried out: at a stage it speaks at, probes not counted. */
  readonly hits: number;
  /** How often it let pass as a probe. */
  readonly probes: number;
  /** How often it was only recorded: in a dry run, in observe mode, on those who are never blocked. */
  readonly recorded: number;
}

/** Milliseconds: an automatic measure lives no longer; whoever wants it longer renews it. */
export const maxAutomaticMs = 24 * 3_600_000;
/** Share of the traffic that an automatic measure lets pass as a probe. */
export const automaticProbeShare = 0.01;

/**
 * Says whether an automatic measure may be put in force: how much of the last day's good mail it would have touched. Whoever adds
 * automatic measures brings it; without one none can be added.
 */
export type BlastRadiusGuard = (measure: Measure) => Promise<{ readonly ok: true } | { readonly ok: false; readonly why: string }>;
