// What an SMTP door needs from the rest of the house, as interfaces: the composition root plugs the real parts in.
import type { LoadLevel } from '../../lib/load-level.ts';
import type { Client, ReverseName } from '../../model/client.ts';
import type { AuthService } from '../../model/auth.ts';
import type { ContentReader } from '../../model/content-reading.ts';
import type { DeliveryRequest, ContentStore, Delivery, HubAbilities, Route } from '../../model/delivery.ts';
import type { FactRecord, Recorder } from '../../model/events.ts';
import type { Mailbox, Sender } from '../../model/mailbox.ts';
import type { HoldingPlace } from '../../model/quarantine.ts';
import type { ReleaseDesk } from '../../model/release.ts';
import type { Reply } from '../../model/reply.ts';
import type { OutgoingDesk } from '../../model/report-judgement.ts';
import type { SpoolPlace } from '../../model/spool.ts';
import type { VirusScanner } from '../../model/virus-scan.ts';
import type { StageInput } from '../../model/stage-input.ts';
import type { Stage, Verdict } from '../../model/verdict.ts';
import type { ClientClass } from './client-class.ts';
import type { Gate } from './gate.ts';

/** A stage's verdict with the facts it rests on (for the record). */
export interface Judgement {
  readonly verdict: Verdict;
  readonly facts: FactRecord;
}

/** Asks policy. Answers at once where no network fact is needed. Never rejects. */
export interface Judge {
  <S extends Stage>(stage: S, input: StageInput[S]): Judgement | Promise<Judgement>;
}

/** Where a recipient's mail goes, and under which name for "all recipients of one transaction share a route". */
export interface Router {
  routeOf(input: StageInput['rcpt']): Route;
}

/** Counting at the door; see admission.ts. */
export interface AdmissionDesk {
  /** Null: come in. Otherwise the cap that was hit. Every admitted session is left once. */
  enter(client: Pick<Client, 'ip' | 'inside'>, standing: ClientClass): null | 'sessions' | 'sessionsPerAddress' | 'sessionsPerNetwork';
  leave(client: Pick<Client, 'ip' | 'inside'>, standing: ClientClass): void;
}

/** A 250 (or 4xx after a mixed LMTP answer) whose receipt by the client is not proven: answers of earlier deliveries by content. */
export interface UnconfirmedFinals {
  /** How many are remembered; 0 spares the look-up. */
  readonly size: number;
  /** The stored final answer for the same message from the same origin, or null. */
  find(key: string): Reply | null;
  /** Remembers, so that every door knows it; durable where it says so. */
  remember(key: string, answer: Reply): void;
  /** The client may not have heard which of its recipients were served: those are not served this message again. */
  rememberServed(
    message: { readonly from: Sender; readonly sha256: string },
    perRecipient: readonly { readonly to: Mailbox; readonly hubReply: Reply }[],
  ): void;
  /** The message for those alone who have not got it from an earlier try; the same where nobody has. */
  forUnserved(request: DeliveryRequest): DeliveryRequest;
  /** All its recipients have it now: what is sent to them again is meant anew. */
  forgetServed(request: DeliveryRequest): void;
  /** The client has heard it after all: what it sends from now on is meant anew, at every door. */
  forget(key: string): void;
  /** Its client has gone while the next hop has the message: every door defers a retry until it has answered. */
  leaveUnderWay(key: string): void;
  /** The next hop has answered. */
  endUnderWay(key: string): void;
  isUnderWay(key: string): boolean;
}

/** How much work is taken on just now. */
export interface LoadNow {
  level(): LoadLevel;
  /** Strangers are answered slowly. */
  isSlow(): boolean;
}

/** Where mail waits for a next hop that is away, and which mail may. */
export interface SpoolDesk extends SpoolPlace {
  /** Mail of this route may wait. */
  isFor(route: Route): boolean;
  /** Who comes first is looked at when it is handed on (emergency intake). */
  isSorted(route: Route): boolean;
  /** The route's next hop is known to take the recipient. */
  isVerified(route: Route, to: Mailbox): boolean;
  /** The load level asks that such mail waits without being offered to its next hop. */
  isQueueing(): boolean;
}

export interface DoorServices {
  readonly judge: Judge;
  readonly router: Router;
  readonly delivery: Delivery;
  readonly content: ContentStore;
  /** Where mail is kept that a person must release. */
  readonly quarantine: HoldingPlace;
  /** Null: recipients do not release their held mail. */
  readonly releases: ReleaseDesk | null;
  /** Null: mail whose next hop is away is put off. */
  readonly spool: SpoolDesk | null;
  /** Null: nobody looks for viruses. */
  readonly viruses: VirusScanner | null;
  /** Looks at messages before they are judged; null: nobody wants it. */
  readonly reader: ContentReader | null;
  /** Addresses that a forger made up, and the sample of their mail that is kept to be looked at: false when the day has had enough. */
  readonly sinks: { has(to: Mailbox): boolean; takeSample(): boolean };
  /** What the hub can do, where it has been met; null before. */
  hubAbilities(): HubAbilities | null;
  /** What the next hops that were met so far can do, the hub first; with the way out for a client that may send to anyone. Empty before the hub was met. */
  hopAbilities(mayRelay: boolean): readonly HubAbilities[];
  readonly auth: AuthService | null;
  readonly outgoing: OutgoingDesk;
  readonly admission: AdmissionDesk;
  /** Before a session exists: rates, the banner queue, classes. */
  readonly gate: Pick<Gate, 'meet' | 'admit' | 'wait'>;
  readonly load: LoadNow;
  readonly finals: UnconfirmedFinals;
  readonly record: Recorder;
  /** The client's reverse name for Received; resolves within the DNS deadline, at once when cached. */
  reverseName(ip: string): ReverseName | Promise<ReverseName>;
  /** True when the client is inside the site's networks. */
  isInside(ip: string): boolean;
  /** True for the address of a next hop, or of this machine. */
  isNextHop(ip: string): boolean;
  /** Unique for ever: 13 characters, time first, so that `explain` knows where to look. */
  newSessionId(): string;
  /** Milliseconds since the epoch. */
  now(): number;
}
