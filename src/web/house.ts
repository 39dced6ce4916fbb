// What the web door may ask of the house and tell it to do: queries and commands, given by the composition root.
import type { SpoolControl } from '../delivery/spool/desk.ts';
import type { QuarantineDesk } from '../delivery/quarantine/desk.ts';
import type { Explained } from '../events/explain.ts';
import type { Explanation, Redecision } from '../events/explanation.ts';
import type { QuotaCommands } from '../facts/quota-keeper.ts';
import type { LiveWatcher } from '../events/live.ts';
import type { Sums } from '../events/tally.ts';
import type { Event } from '../model/events.ts';
import type { BouncesTold } from '../model/forged-refusal.ts';
import type { IncidentDesk } from '../incidents/desk.ts';
import type { ForgedSenderCase } from '../incidents/forged-sender-case.ts';
import type { DigestControl } from '../respond/digest/control.ts';
import type { QueueControl } from '../respond/queues/control.ts';
import type { ReleaseDoor } from '../respond/digest/release-view.ts';
import type { TokenDesk } from './token-desk.ts';

/** The gateway at a glance: GET /api/v1/status and `floodgate status`. Times are ISO 8601 UTC. */
export interface Status {
  readonly version: string;
  readonly mode: 'enforce' | 'observe';
  readonly hostname: string;
  readonly startedAt: string;
  readonly ready: boolean;
  /** Why it is not ready, or what is wrong though it works. */
  readonly trouble: readonly string[];
  readonly listeners: readonly { readonly name: string; readonly address: string }[];
  /** 0 normal; higher when work is shed. */
  readonly loadLevel: number;
  readonly sessions: { readonly inside: number; readonly outside: number; readonly most: number };
  readonly total: Sums;
  readonly lastMinute: Sums;
  readonly hubs: readonly HubStatus[];
  readonly journal: JournalStatus;
  readonly doors: readonly DoorStatus[];
  /** The kernel's sets; null where no helper is configured. */
  readonly kernel: KernelStatus | null;
  /** Of which of our domains forged bounces can be told from our own. */
  readonly bounces: BouncesTold;
  /** Mode observe holds: what is found is only recorded, until that moment where it has an end. */
  readonly observing: { readonly until: string | null } | null;
  /** Open ones, and how many of them are of that level. */
  readonly incidents: { readonly open: number; readonly alert: number; readonly severe: number };
  /** In force, by who put them there. */
  readonly measures: { readonly person: number; readonly auto: number };
}

export interface KernelStatus {
  /** kept: the kernel drops what the measures say. lost: the gateway refuses it at the banner. */
  readonly state: 'kept' | 'lost';
  readonly why: string | null;
  readonly networks: number;
  /** Networks that the helper's own guard left out, and the first reason. */
  readonly leftOut: number;
  readonly leftOutWhy: string | null;
  /** Packets and bytes dropped since the helper began. */
  readonly packets: number;
  readonly bytes: number;
}

/** Why an address hears nothing: the measures that drop it, and how it stands with the kernel. Times are ISO 8601 UTC. */
export interface KernelDrop {
  readonly address: string;
  /** The entry of the kernel's set that holds it. */
  readonly network: string;
  /** kernel: its connection attempts never reach the gateway. banner: the kernel does not have it (`why`), it hears 554. */
  readonly where: 'kernel' | 'banner';
  readonly why: string | null;
  readonly measures: readonly {
    readonly id: string;
    readonly client: string;
    readonly by: string;
    readonly reason: string;
    readonly since: string;
    readonly expiresAt: string;
    readonly incident: string | null;
  }[];
  /** Connection attempts of that network since its entry was last renewed, at most a minute ago; null where nobody counts. */
  readonly count: { readonly packets: number; readonly bytes: number; readonly since: string } | null;
}

export interface HubStatus {
  readonly route: string;
  readonly address: string;
  /** closed: it is well, open: it is away, as far as the last who asked it knows; half-open: it was away and is tried again; unknown: not asked yet. */
  readonly state: 'closed' | 'half-open' | 'open' | 'unknown';
  readonly busy: number;
  readonly idle: number;
}

export interface JournalStatus {
  readonly dir: string;
  readonly bytes: number;
  readonly segments: number;
  readonly queuedBytes: number;
  readonly oldest: string | null;
  readonly dropped: number;
  readonly trouble: string | null;
}

export interface DoorStatus {
  readonly name: string;
  readonly state: string;
  readonly sessions: number;
  /** Longest delay of its event loop in the last interval, milliseconds. */
  readonly lagMs: number;
}

/** A command's answer; `error` is one sentence for the operator. */
export type CommandAnswer = ({ readonly ok: true } & object) | { readonly ok: false; readonly error: string };

/** Measures in the words of a packet filter, a router or a name server. */
export type MeasureExport =
  | {
      readonly ok: true;
      readonly format: string;
      readonly text: string;
      /** How many networks are in it. */
      readonly networks: number;
      /** What is not in it, and why. */
      readonly leftOut: readonly { readonly measure: string; readonly why: string }[];
    }
  | { readonly ok: false; readonly error: string };

export interface WebHouse {
  status(): Promise<Status> | Status;
  /** Whether mail can be taken now, and why not. */
  ready(): { readonly ready: boolean; readonly reasons: readonly string[] };
  metricsText(): Promise<string>;
  explain(id: string, options: { readonly limit: number }): Promise<Explained>;
  /** What would be decided today about what was explained; null where it cannot be told. */
  today?(explanation: Explanation): Promise<Redecision | null>;
  /** Newest events, oldest first. */
  events(options: { readonly sinceMs: number; readonly limit: number; readonly decisionsOnly: boolean }): Promise<readonly Event[]>;
  /** Events from now on; null when as many watch as may. */
  live(options: { readonly all: boolean }): LiveWatcher | null;
  /** Writes to the journal what doors and keeper still hold. */
  flushJournal(): Promise<void>;
  readonly lists: {
    show(): Promise<object>;
    /** `by` names who asked. */
    add(raw: unknown, by: string): Promise<CommandAnswer>;
    remove(raw: unknown, by: string): Promise<CommandAnswer>;
  };
  readonly tokens: Pick<TokenDesk, 'show' | 'add' | 'remove'>;
  readonly quarantine: Pick<QuarantineDesk, 'list' | 'find' | 'preview' | 'act'>;
  readonly digest: Pick<DigestControl, 'status' | 'runNow' | 'preview'>;
  /** What a release link opens; null: recipients do not release. */
  releases(): ReleaseDoor | null;
  readonly quotas: QuotaCommands;
  readonly spool: SpoolControl;
  /** Of mail servers on this machine. */
  readonly queues: QueueControl;
  readonly incidents: Pick<IncidentDesk, 'show' | 'find' | 'acknowledge' | 'note' | 'close'> & {
    /** What the reports on forged mail say; null where the incident is unknown or of another sort. */
    forgedSender(name: string): Promise<ForgedSenderCase | null>;
  };
  readonly measures: {
    show(options: { readonly ended: boolean }): Promise<object>;
    find(id: string): Promise<object | null>;
    add(raw: unknown, by: string): Promise<CommandAnswer>;
    undo(id: string, by: string): Promise<CommandAnswer>;
    suspend(raw: unknown, by: string): Promise<CommandAnswer>;
    resume(by: string): Promise<CommandAnswer>;
    /** What drops this address in the kernel; null where nothing does. */
    dropOf(ip: string): Promise<KernelDrop | null>;
    /** `ports` like `25,465,587`, which are the ones meant without it. */
    export(asked: { readonly format: string; readonly ports?: string }): Promise<MeasureExport>;
  };
}
