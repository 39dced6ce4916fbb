// The closed union of everything that happens. One constructor each in events/catalogue.ts; detectors, explain, the log and the
// dashboard are folds over these. Events are flat, small and JSON-clean; `at` is milliseconds since the epoch.
import type { Alarm, AlarmKey, AlarmLevel } from './alarm.ts';
import type { Role } from './client.ts';
import type { IncidentState, IncidentStep } from './incident.ts';
import type { MessageTraits } from './message-traits.ts';
import type { MeasureAction, MeasureEnd } from './measure.ts';
import type { HeldBecause, HeldState } from './quarantine.ts';
import type { QuotaUse } from './quota.ts';
import type { ReleaseWay } from './release.ts';
import type { ReportJudgement } from './report-judgement.ts';
import type { AuthorTold } from './spool.ts';
import type { Evidence, Finding, Stage, Verdict } from './verdict.ts';

/** On every event. `seq` counts up within one door (or the keeper) of one process run; `door` is 'keeper' or 'smtp-1'... */
export interface Stamp {
  readonly at: number;
  readonly door: string;
  readonly seq: number;
}

/** On every event of a session. `session` is unique for ever; `ref` is the reference told to the client, where one was. */
export interface OfSession {
  readonly session: string;
  readonly ip: string;
}

/** What events of a spooled message have in common. `from` '' is the null sender. */
interface OfSpooled extends OfSession {
  readonly ref: string;
  readonly from: string;
  readonly recipients: readonly string[];
  readonly bytes: number;
}

/** The envelope as known at a stage; absent before MAIL. `from` '' is the null sender. */
export interface StageRecord {
  readonly helo?: string;
  readonly user?: string;
  readonly from?: string;
  readonly to?: string;
  readonly recipients?: readonly string[];
  readonly size?: number;
  readonly messageId?: string | null;
  readonly subject?: string | null;
  /** At the message stage: what its content says, where that was looked at. */
  readonly traits?: MessageTraits;
}

/** A fact as it was used: its value where small, or that it was unknown and why. */
export type FactRecord = Readonly<Record<string, { readonly value: unknown } | { readonly unknown: string }>>;

export type Event = Stamp &
  (
    | (OfSession & {
        readonly type: 'session-opened';
        readonly port: number;
        readonly listener: string;
        readonly role: Role;
        readonly inside: boolean;
        readonly nextHop?: true;
        readonly localIp: string;
        readonly localPort: number;
        readonly proxied?: string;
      })
    /** Refused before a session existed: a cap, a list, a measure. The client heard `reply`. */
    | (OfSession & {
        readonly type: 'connection-refused';
        readonly port: number;
        readonly listener: string;
        readonly ref: string;
        readonly reply: string;
        readonly reason: string;
        readonly findings: readonly Finding[];
      })
    /** The client went while it waited for its banner: its place is free. */
    | (OfSession & { readonly type: 'connection-left'; readonly port: number; readonly listener: string; readonly waitedMs: number })
    /** A peer whose PROXY header is believed sent something else; nobody knows for whom. `ip` is the peer's. */
    | { readonly type: 'proxy-refused'; readonly ip: string; readonly listener: string; readonly why: string }
    /** Policy was asked. `reply` is what the client heard when the stage did not pass, `ref` the reference in it. */
    | (OfSession & {
        readonly type: 'stage-judged';
        readonly stage: Stage;
        readonly input: StageRecord;
        readonly facts: FactRecord;
        readonly action: Verdict['action'];
        readonly findings: readonly Finding[];
        readonly ref?: string;
        readonly reply?: string;
      })
    /** The door refused by itself: syntax, order of commands, a limit or deadline of L6. */
    | (OfSession & {
        readonly type: 'command-refused';
        readonly command: string;
        readonly reason: string;
        readonly ref: string;
        readonly reply: string;
        readonly evidence: Evidence;
      })
    /** `secret` is a keyed hash of the user's name and the password that was tried (PLAIN and LOGIN): the same wrong one again is no guessing. */
    | (OfSession & {
        readonly type: 'auth-tried';
        readonly mechanism: string;
        readonly user: string;
        readonly ok: boolean;
        readonly why: string;
        readonly secret?: string;
      })
    | (OfSession & { readonly type: 'tls-started'; readonly protocol: string; readonly cipher: string; readonly certificate?: string })
    | (OfSession & { readonly type: 'tls-failed'; readonly why: string })
    /** The end of a transaction whose content had been collected: accepted, refused or deferred, with the next hop's words. */
    | (OfSession & {
        readonly type: 'message-finished';
        readonly ref: string;
        /** spooled: waits for its next hop. held: kept in the quarantine. discarded: thrown away. The client heard 250 to all of them. */
        readonly outcome: 'delivered' | 'spooled' | 'held' | 'discarded' | 'refused' | 'deferred';
        readonly reply: string;
        /** One a recipient, where they differed and the client heard them (PRDR). */
        readonly answers?: readonly string[];
        readonly reason: string;
        readonly from: string;
        readonly recipients: readonly string[];
        readonly route: string;
        readonly bytes: number;
        readonly messageId: string | null;
        readonly subject: string | null;
        /** The client's confirmed reverse name, where it was known by then. */
        readonly clientName?: string;
        readonly sha256: string;
        readonly hubReply: string | null;
        readonly hubQueueId: string | null;
        readonly hubMs: number;
        readonly tags: readonly string[];
      })
    /** A report that could be about mail of ours came whole: whether it is, by what proof, and what it says of what it returns. */
    | (OfSession &
        ReportJudgement & {
          readonly type: 'report-judged';
          readonly ref: string;
          readonly from: string;
          readonly recipients: readonly string[];
        })
    /** The whole message is kept and on the disk; the client hears 250. `expiresAt` in milliseconds since the epoch. */
    | (OfSession &
        HeldBecause & {
          readonly type: 'message-quarantined';
          readonly ref: string;
          readonly from: string;
          readonly recipients: readonly string[];
          readonly bytes: number;
          readonly sha256: string;
          readonly expiresAt: number;
          /** A scan found a virus in it, whatever it is held for. */
          readonly virus?: true;
        })
    /** Of a message that was refused (5xx) a copy should be kept; the client heard the refusal whatever came of it. `expiresAt` in milliseconds since the epoch. */
    | (OfSession &
        HeldBecause & {
          readonly type: 'refused-copy';
          readonly ref: string;
          readonly from: string;
          readonly recipients: readonly string[];
          readonly bytes: number;
          readonly sha256: string;
          readonly outcome: 'kept' | 'full' | 'failed';
          /** Why it was not kept; '' where it was. */
          readonly why: string;
          readonly expiresAt: number | null;
        })
    /** The message was taken and thrown away, as a person has ordered; this is all that is left of it. */
    | (OfSession &
        HeldBecause & {
          readonly type: 'message-discarded';
          readonly ref: string;
          readonly from: string;
          readonly recipients: readonly string[];
          readonly bytes: number;
          readonly sha256: string;
        })
    /** Somebody let a kept message go on its way. failed, partly: it is still kept for those who have not got it. */
    | (OfSession & {
        readonly type: 'quarantine-released';
        readonly ref: string;
        readonly by: string;
        /** To this recipient alone; absent: to all of them. */
        readonly to?: string;
        readonly outcome: 'delivered' | 'partly' | 'failed';
        readonly why: string;
      })
    | (OfSession & { readonly type: 'quarantine-discarded'; readonly ref: string; readonly by: string })
    /** A discarded message is back. */
    | (OfSession & { readonly type: 'quarantine-restored'; readonly ref: string; readonly by: string })
    /** Nobody released it in time, or its time in the trash is over: it is gone. */
    | (OfSession & {
        readonly type: 'quarantine-expired';
        readonly ref: string;
        readonly state: HeldState;
        readonly from: string;
        readonly recipients: readonly string[];
        readonly bytes: number;
      })
    /** A limit of the quarantine is reached: what should be kept is put off with 452. Said once a minute. */
    | { readonly type: 'quarantine-full'; readonly why: string; readonly messages: number; readonly bytes: number }
    | { readonly type: 'quarantine-broken'; readonly why: string }
    /** A letter told a recipient of `lines` held messages; `more` are held for him that it does not name. `letter` is its name in the release book. */
    | { readonly type: 'digest-sent'; readonly to: string; readonly lines: number; readonly more: number; readonly letter: string }
    /**
     * It could not be handed over, and nothing can be released by it. `uncertain`: it may have arrived all the same (the answer was lost, or we were
     * killed); its links hold, and what it names is listed again in the next round.
     */
    | { readonly type: 'digest-failed'; readonly to: string; readonly why: string; readonly uncertain: boolean }
    /** A recipient asked for a held message, from the address `asker`: the order stands and outlives a crash. */
    | (OfSession & { readonly type: 'release-asked'; readonly ref: string; readonly to: string; readonly way: ReleaseWay; readonly asker: string })
    /** Somebody came with a token that releases nothing, or not any more. */
    | { readonly type: 'release-refused'; readonly way: ReleaseWay; readonly why: string; readonly asker: string }
    /** The next hop was away or the load asked for it: the message is on the disk and waits. `expiresAt` in milliseconds since the epoch. */
    | (OfSpooled & { readonly type: 'message-spooled'; readonly route: string; readonly why: string; readonly expiresAt: number })
    | (OfSpooled & {
        readonly type: 'spool-delivered';
        readonly tries: number;
        readonly waitedMs: number;
        readonly hubReply: string;
        readonly hubQueueId: string | null;
      })
    /** It cannot be delivered and is in the quarantine. `author`: whether its proven author was told; `report`: by what proven, or why not. Nobody else is told. */
    | (OfSpooled & { readonly type: 'spool-held'; readonly why: string; readonly author: 'told' | 'not-told'; readonly report: AuthorTold })
    /** A person stopped a waiting message, let it go again, threw it away, or had it back. */
    | (OfSpooled & { readonly type: 'spool-changed'; readonly what: 'stopped' | 'released' | 'discarded' | 'restored'; readonly by: string })
    /** A limit of the spool is reached: what should wait is put off. Said once a minute. */
    | { readonly type: 'spool-full'; readonly why: string; readonly messages: number; readonly bytes: number }
    | { readonly type: 'spool-broken'; readonly why: string }
    /** `found` is the scanner's name of the virus; null where it could not be asked, as `why` says. */
    | (OfSession & { readonly type: 'virus-scanned'; readonly ref: string; readonly found: string | null; readonly why: string })
    /** The virus scanner does not answer any more, or does again; `unseen` messages were not looked at meanwhile. */
    | { readonly type: 'scanner-state'; readonly clamd: string; readonly state: 'away' | 'back'; readonly why: string; readonly unseen: number }
    /** The abuse contact of a network was told of `found` messages with a virus, or nobody (`to` is empty) as `why` says. */
    | {
        readonly type: 'network-told';
        readonly ref: string;
        readonly network: string;
        readonly to: readonly string[];
        readonly found: number;
        readonly source: 'table' | 'rdap' | null;
        readonly why: string;
      }
    /** Its content could not be looked at, by a fault of ours; the mail went on with nothing known of it. */
    | (OfSession & { readonly type: 'content-unread'; readonly why: string })
    /** The client went away in the middle of content, or before it could hear our 250. */
    | (OfSession & {
        readonly type: 'transaction-aborted';
        readonly ref: string;
        readonly why: string;
        readonly from: string;
        readonly recipients: readonly string[];
        readonly bytes: number;
      })
    | (OfSession & {
        readonly type: 'session-closed';
        readonly why: string;
        readonly ms: number;
        readonly bytesIn: number;
        readonly bytesOut: number;
        readonly messages: number;
        readonly errors: number;
      })
    /** Our own fault: an exception at the session's edge, with what was said before it. */
    | (OfSession & { readonly type: 'session-failed'; readonly error: string; readonly transcript: readonly string[] })
    | { readonly type: 'hub-failed'; readonly route: string; readonly why: string }
    | { readonly type: 'hub-circuit'; readonly route: string; readonly state: 'open' | 'half-open' | 'closed'; readonly why: string }
    | { readonly type: 'door-started'; readonly listeners: readonly string[] }
    | { readonly type: 'door-died'; readonly died: string; readonly why: string }
    | { readonly type: 'config-loaded'; readonly file: string; readonly sha256: string; readonly warnings: readonly string[] }
    | { readonly type: 'config-refused'; readonly file: string; readonly errors: readonly string[] }
    | { readonly type: 'list-changed'; readonly list: string; readonly entries: number; readonly by: string; readonly what: string }
    | { readonly type: 'list-broken'; readonly list: string; readonly why: string }
    /** An operator held or discarded mail in the queue of another server, by the API; `action` undoes it. */
    | {
        readonly type: 'queue-handled';
        readonly verb: 'hold' | 'discard';
        readonly action: string;
        readonly by: string;
        readonly about: string;
        readonly messages: number;
        readonly failed: number;
      }
    /** A file that the configuration names at `option` has gone bad while we run; who uses it keeps what was good. */
    | { readonly type: 'file-broken'; readonly option: string; readonly why: string }
    | { readonly type: 'file-mended'; readonly option: string }
    /** `by` is `person NAME` or `auto DETECTOR`; `scope` in words; `expiresAt` in milliseconds since the epoch. */
    | {
        readonly type: 'measure-added';
        readonly id: string;
        readonly by: string;
        readonly action: MeasureAction;
        readonly scope: string;
        readonly reason: string;
        readonly expiresAt: number;
        readonly maxHits: number | null;
        readonly probeShare: number;
        readonly incident: string | null;
        readonly dryRun: boolean;
      }
    | {
        readonly type: 'measure-ended';
        readonly id: string;
        readonly how: MeasureEnd;
        readonly by: string;
        readonly scope: string;
        readonly hits: number;
        readonly probes: number;
      }
    /** Most of an outgoing quota is used, or nothing is left of it; told once an hour and quota by each door. */
    | (QuotaUse & { readonly type: 'quota-reached'; readonly state: 'nearly' | 'used-up' })
    /** An operator gave a user more for a while, or that is over. `times` null: no limit. `until` in milliseconds since the epoch. */
    | {
        readonly type: 'quota-changed';
        readonly account: string;
        readonly what: 'raised' | 'raise-ended';
        readonly times: number | null;
        readonly until: number;
        readonly by: string;
      }
    /** A letter to the owner of an account, or to the postmaster about one, was sent. `to` is the role, never the address. */
    | { readonly type: 'owner-told'; readonly user: string; readonly to: 'owner' | 'postmaster'; readonly about: string }
    /** All automatic measures were turned off, or on again. */
    | { readonly type: 'measures-switched'; readonly automatic: 'on' | 'off'; readonly by: string; readonly reason: string | null }
    | { readonly type: 'token-changed'; readonly name: string; readonly role: 'reader' | 'operator'; readonly what: 'added' | 'removed'; readonly by: string }
    /** Somebody came to the API with a token that is not ours; `tries` counts those of this address within a minute. */
    | { readonly type: 'token-refused'; readonly address: string; readonly tries: number }
    | { readonly type: 'telemetry-failed'; readonly module: string; readonly why: string }
    | { readonly type: 'measures-broken'; readonly why: string }
    /** The kernel's sets may not be as the measures are: what is dropped there is refused at the banner instead. */
    | { readonly type: 'kernel-helper-lost'; readonly socket: string; readonly why: string }
    /** They are again; so many networks were sent. */
    | { readonly type: 'kernel-helper-found'; readonly socket: string; readonly networks: number }
    /** A detector has seen enough: the whole alarm, so that its numbers can be computed again from this journal. */
    | { readonly type: 'alarm-raised'; readonly incident: string; readonly alarm: Alarm }
    /** Something happened to an incident. `by` is `floodgate`, or who did it. */
    | {
        readonly type: 'incident-changed';
        readonly incident: string;
        readonly reference: string;
        readonly detector: string;
        readonly key: AlarmKey;
        readonly step: IncidentStep;
        readonly level: AlarmLevel;
        readonly state: IncidentState;
        readonly count: number;
        readonly because: string;
        readonly by: string;
      }
    | { readonly type: 'incidents-broken'; readonly why: string }
    /** A promise of the keeper was rejected and nobody waited for it: a fault of ours; the keeper goes on. Recorded within bounds. */
    | { readonly type: 'keeper-fault'; readonly error: string }
    /** A log of `logs` cannot be read, or is not there; it is tried again. */
    | { readonly type: 'log-trouble'; readonly why: string }
    /** A detector threw; it goes on with the next sighting. Recorded a few times only. */
    | { readonly type: 'detector-failed'; readonly detector: string; readonly why: string }
    /** An alert could not be sent by this way; it is tried again. `waiting`: incidents that wait for it. */
    | { readonly type: 'alert-failed'; readonly way: string; readonly why: string; readonly waiting: number }
    /** The world stands behind an inside address, which is not trusted until then (ms since the epoch): mission R13. */
    | {
        readonly type: 'client-address-lost';
        readonly ip: string;
        readonly heloNames: number;
        readonly senderDomains: number;
        readonly samples: readonly string[];
        readonly until: number;
      }
    /** How much work is taken on has changed: 0 all of it, 3 emergency. `signals` holds every signal, `causes` those that asked for the level. */
    | {
        readonly type: 'load-level';
        readonly level: number;
        readonly before: number;
        readonly causes: readonly string[];
        readonly signals: Readonly<Record<string, number>>;
      }
    /** Pushed down to the lowest class until then, in milliseconds since the epoch. */
    | { readonly type: 'client-penalised'; readonly ip: string; readonly untilMs: number; readonly why: string }
    /** Room on the disk of the state directory has become short, or less so: 0 enough, 4 new content hears 452. Bytes; `share` of the whole. */
    | { readonly type: 'disk-space'; readonly level: number; readonly before: number; readonly free: number; readonly share: number; readonly doing: string }
    /** Whose events are logged in full now, because an incident is about them; `keys` are the first of `total`. */
    | { readonly type: 'log-focus'; readonly keys: readonly string[]; readonly total: number }
    /** The debug_peer_list of the Postfix beside us could not be changed; it is tried again. */
    | { readonly type: 'debug-peers-failed'; readonly why: string }
    /** The journal's queue was full or the disk was: so many events of these types are missing. */
    | { readonly type: 'journal-dropped'; readonly dropped: Readonly<Record<string, number>>; readonly why: string }
    | { readonly type: 'started'; readonly version: string; readonly listeners: readonly string[] }
    | { readonly type: 'stopped'; readonly why: string }
  );

export type EventType = Event['type'];
/** An event without its stamp: what a caller says; the recorder stamps it. */
export type EventBody = Event extends infer E ? (E extends Event ? Omit<E, keyof Stamp> : never) : never;
/** Where events are said. Never throws, never waits. */
export type Recorder = (body: EventBody) => void;
