// Held mail: whole messages kept until a person releases them, as doors and keeper know them.
import type { DeliveryRequest, Handover } from './delivery.ts';
import type { Mailbox, Sender } from './mailbox.ts';
import type { MailParameters } from './stage-input.ts';

/** Why a message is kept: the finding that decided. */
export interface HeldBecause {
  readonly check: string;
  /** In the check's words, with the measure's own reason where one decided. */
  readonly because: string;
  readonly measure: string | null;
  readonly incident: string | null;
}

/** A message to be kept, with all that a delivery would have had. */
export interface HoldRequest {
  readonly session: string;
  readonly request: DeliveryRequest;
  readonly subject: string | null;
  readonly messageId: string | null;
  readonly because: HeldBecause;
  /** It is refused: only a copy is kept, and its sender hears 5xx whatever becomes of that. */
  readonly refused?: true;
  /** A scan found a virus in it, whatever it is held for. */
  readonly virus?: true;
}

/** `kept`: it is on the disk and survives a crash; only then may the client hear 250. `expiresAt` in milliseconds since the epoch. */
export type HoldOutcome =
  | { readonly kind: 'kept'; readonly id: string; readonly expiresAt: number }
  /** A limit of the quarantine is reached. */
  | { readonly kind: 'full'; readonly why: string }
  /** The disk failed; nothing is left of the message. */
  | { readonly kind: 'failed'; readonly why: string };

/** Where a door puts a message that is held. Never rejects. */
export interface HoldingPlace {
  keep(hold: HoldRequest): Promise<HoldOutcome>;
}

/** The envelope of a kept message, as it stands on the disk beside the content. Times in milliseconds since the epoch. */
export interface QuarantineItem {
  readonly format: 1;
  readonly id: string;
  readonly reference: string;
  readonly session: string;
  readonly queuedAt: number;
  readonly expiresAt: number;
  readonly from: Sender;
  readonly recipients: readonly Mailbox[];
  readonly parameters: MailParameters;
  readonly handover: Handover;
  /** Key of the route at arrival; a release asks the configuration of its day. */
  readonly route: string;
  /** What stands in front of the message at release, as it would have at arrival: our trace line first. */
  readonly prependedHeaders: string;
  /** Of the content in wire form. */
  readonly wireBytes: number;
  readonly sha256: string;
  readonly subject: string | null;
  readonly messageId: string | null;
  readonly because: HeldBecause;
  /** A copy of mail that its sender was told is refused. */
  readonly refused?: true;
  /** A scan found a virus in it, whatever it is held for. */
  readonly virus?: true;
}

/** How the last attempt to release it went. `interrupted`: we died in it, and it may have been delivered. */
export interface ReleaseNote {
  readonly at: number;
  readonly by: string;
  readonly outcome: 'under-way' | 'interrupted' | 'failed' | 'partly';
  /** In the next hop's words. */
  readonly why: string;
}

/** What happened to a kept message since; stands beside the envelope. */
export interface QuarantineNotes {
  readonly release?: ReleaseNote;
  /** Recipients, as they were written, who have it already. */
  readonly delivered?: readonly string[];
  readonly discarded?: { readonly at: number; readonly by: string };
  /** Instead of the envelope's, where it was prolonged. */
  readonly expiresAt?: number;
}

/** held: waits for a person. trash: discarded, can be had back for a while. */
export type HeldState = 'held' | 'trash';

/** A kept message as the index has it. Times in milliseconds since the epoch. */
export interface HeldRecord extends HeldBecause {
  readonly id: string;
  readonly reference: string;
  readonly state: HeldState;
  readonly queuedAt: number;
  readonly expiresAt: number;
  /** '' is the null sender. */
  readonly from: string;
  readonly to: readonly string[];
  /** Bytes of the content in wire form. */
  readonly size: number;
  readonly user: string | null;
  readonly ip: string;
  readonly subject: string | null;
  readonly messageId: string | null;
  readonly release: ReleaseNote | null;
  readonly discarded: { readonly at: number; readonly by: string } | null;
  /** A copy of mail that its sender was told is refused: nobody waits for it. */
  readonly refused: boolean;
  /** A scan found a virus in it, whatever it is held for. */
  readonly virus: boolean;
  /** Why it cannot be opened, and nothing is known of it but its times and size; null where it can. */
  readonly unreadable: string | null;
}
