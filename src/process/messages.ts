// What the keeper and its door threads say to one another. All of it survives a structured clone.
import type { Config } from '../config/options.ts';
import type { RouteSnapshot } from '../delivery/delivery.ts';
import type { FinalEntry } from '../delivery/unconfirmed-finals.ts';
import type { LogDetail } from '../events/log-focus.ts';
import type { EventBatch } from '../events/recorder.ts';
import type { ListsSnapshot } from '../facts/lists.ts';
import type { HitCount } from '../facts/measure-hits.ts';
import type { ReputeChange } from '../facts/correspondents.ts';
import type { DistrustedAddress, InsideUse } from '../facts/inside-use.ts';
import type { MeasuresSnapshot } from '../facts/measures.ts';
import type { OutgoingGround } from '../facts/outgoing-memory.ts';
import type { HashKey } from '../lib/half-sip-hash.ts';
import type { KeyRing } from '../lib/key-ring.ts';
import type { QuarantineItem } from '../model/quarantine.ts';
import type { ReleaseOrder } from '../model/release.ts';
import type { SpoolItem } from '../model/spool.ts';
import type { QuotaAccount, QuotaRaise } from '../model/quota.ts';
import type { TlsMaterial } from './tls-material.ts';

/** What changes at a reload. */
export interface DoorSettings {
  readonly config: Config;
  readonly tls: TlsMaterial | null;
  /** With what held mail is encrypted; null: it is kept in clear. */
  readonly heldKeys: KeyRing | null;
}

/** What a door thread is started with. */
export interface DoorStart extends DoorSettings {
  readonly name: string;
  /** From 0; the owner of this region of the shared counters. */
  readonly number: number;
  readonly doors: number;
  readonly counters: SharedArrayBuffer;
  /** The load level; see lib/shared-level.ts. */
  readonly level: SharedArrayBuffer;
  /** Its sign of life; see lib/pulse.ts. */
  readonly pulse: SharedArrayBuffer;
  /** What is remembered of correspondents, as text. */
  readonly correspondents: string;
  /** What left us; see facts/outgoing-memory.ts. */
  readonly outgoing: OutgoingGround;
  /** Who knows whom; see facts/established-pairs.ts. */
  readonly pairs: SharedArrayBuffer;
  /** Secret with which the prints of content are made. */
  readonly contentKey: HashKey;
  /** Who is logged in full. */
  readonly logDetail: LogDetail;
  readonly lists: ListsSnapshot;
  readonly measures: MeasuresSnapshot;
  /** How much is in the quarantine; see lib/shared-stock.ts. */
  readonly quarantined: SharedArrayBuffer;
  /** Signs release tokens; in base64. */
  readonly releaseKey: string;
  /** The part of that which copies of refused mail take. */
  readonly refusedKept: SharedArrayBuffer;
  readonly distrusted: readonly DistrustedAddress[];
  /** How much waits in the spool; see lib/shared-stock.ts. */
  readonly spooled: SharedArrayBuffer;
  /** What has been sent of outgoing quotas; see lib/shared-meters.ts. */
  readonly quotas: SharedArrayBuffer;
  readonly quotaRaises: readonly QuotaRaise[];
  /** Descriptors inherited from the service manager, by listener name. */
  readonly inherited: Readonly<Record<string, number>>;
}

export type ToDoor =
  | ({ readonly kind: 'settings' } & DoorSettings)
  | { readonly kind: 'lists'; readonly lists: ListsSnapshot }
  | { readonly kind: 'measures'; readonly measures: MeasuresSnapshot }
  | { readonly kind: 'quota-raises'; readonly raises: readonly QuotaRaise[] }
  | { readonly kind: 'distrusted'; readonly addresses: readonly DistrustedAddress[] }
  | { readonly kind: 'log-detail'; readonly detail: LogDetail }
  | { readonly kind: 'final'; readonly entry: FinalEntry }
  /** What other doors have learned of correspondents. */
  | { readonly kind: 'correspondents'; readonly changes: readonly ReputeChange[] }
  /** The keeper has taken batches of this cost. */
  | { readonly kind: 'taken'; readonly cost: number }
  /** Ship what is pending and say so. */
  | { readonly kind: 'flush'; readonly ask: number }
  | { readonly kind: 'drain'; readonly patienceMs: number };

/** Figures of one door, about once a second. */
export interface DoorFigures {
  readonly sessions: Readonly<Record<string, number>>;
  /** 99th percentile of the event loop's delay in the last second, milliseconds. */
  readonly lagMs: number;
  /** Share of the last second in which the event loop had something to do. */
  readonly loopShare: number;
  /** Connections that wait for their banner, and for how many intervals their queue has stood. */
  readonly waiting: number;
  readonly standing: number;
  readonly contentBytes: number;
  readonly delivery: readonly RouteSnapshot[];
}

/** A listener that is open: its configured name, and the address it really has. */
export interface OpenListener {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export type FromDoor =
  | { readonly kind: 'ready'; readonly listeners: readonly OpenListener[] }
  /** A listener could not be opened, at the start or at a reload. */
  | { readonly kind: 'listen-failed'; readonly listener: string; readonly why: string; readonly fatal: boolean }
  | { readonly kind: 'batch'; readonly batch: EventBatch }
  | { readonly kind: 'figures'; readonly figures: DoorFigures }
  | { readonly kind: 'inside-use'; readonly use: InsideUse }
  | { readonly kind: 'measure-hits'; readonly counts: readonly HitCount[] }
  | { readonly kind: 'final'; readonly entry: FinalEntry }
  /** An outgoing quota has a new account. */
  | { readonly kind: 'quota-account'; readonly account: QuotaAccount }
  /** This door has kept a message. */
  | { readonly kind: 'quarantined'; readonly item: QuarantineItem }
  /** Recipients have ordered their held mail; the orders are on the disk. */
  | { readonly kind: 'release-ordered'; readonly orders: readonly ReleaseOrder[] }
  /** This door has kept messages for next hops that are away. */
  | { readonly kind: 'spooled'; readonly items: readonly SpoolItem[] }
  /** What this door has learned of correspondents in the last second. */
  | { readonly kind: 'correspondents'; readonly changes: readonly ReputeChange[] }
  | { readonly kind: 'flushed'; readonly ask: number }
  | { readonly kind: 'drained' };
