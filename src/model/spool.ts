// Mail that was taken while its next hop was away, and waits on the disk for it: as doors and keeper know it.
import type { DeliveryRequest, Handover } from './delivery.ts';
import type { Mailbox, Sender } from './mailbox.ts';
import type { MailParameters } from './stage-input.ts';

/** Who goes first when a next hop is back after days: people, then machines that write to one, then what went to many. */
export const spoolClasses = ['person', 'automatic', 'bulk'] as const;
export type SpoolClass = (typeof spoolClasses)[number];

/**
 * How the envelope sender was proven when the message came: SPF permits the client to use that domain, or DMARC holds for an author (From) who is that
 * very address. Null: anybody may have written it.
 */
export type SenderProven = 'spf' | 'dmarc' | null;

/** A message to be spooled, with all that a delivery would have had. */
export interface SpoolRequest {
  readonly session: string;
  readonly request: DeliveryRequest;
  /** The envelope sender as its client wrote it; absent where that is `request.from`, which may bear a tag of ours (BATV). */
  readonly sender?: Sender;
  readonly proven: SenderProven;
  readonly subject: string | null;
  readonly messageId: string | null;
  readonly class: SpoolClass;
  /** Why it is not delivered now. */
  readonly why: string;
}

/** `spooled`: it is on the disk and survives a crash; only then may the client hear 250. `expiresAt` in milliseconds since the epoch. */
export type SpoolOutcome =
  | { readonly kind: 'spooled'; readonly expiresAt: number }
  /** A limit is reached, or the disk has too little free. */
  | { readonly kind: 'full'; readonly why: string }
  /** The disk failed: nothing may be acknowledged. */
  | { readonly kind: 'failed'; readonly why: string };

/** Where a door puts mail whose next hop is away. Never rejects. */
export interface SpoolPlace {
  keep(message: SpoolRequest): Promise<SpoolOutcome>;
}

/** The envelope of a spooled message, as it stands on the disk in front of the content. Times in milliseconds since the epoch. */
export interface SpoolEnvelope {
  readonly format: 1;
  readonly id: string;
  readonly session: string;
  readonly queuedAt: number;
  readonly expiresAt: number;
  readonly class: SpoolClass;
  readonly why: string;
  readonly from: Sender;
  /** As its client wrote it, where `from` bears a tag of ours (BATV): who is meant, and told. */
  readonly sender?: Sender;
  readonly recipients: readonly Mailbox[];
  readonly parameters: MailParameters;
  readonly handover: Handover;
  /** Key of the route; where that leads to is asked of the configuration at delivery. */
  readonly route: string;
  readonly prependedHeaders: string;
  /** Of the content in wire form. */
  readonly wireBytes: number;
  readonly sha256: string;
  readonly subject: string | null;
  readonly messageId: string | null;
  /** Absent in what was spooled before it was kept: then nobody is proven. */
  readonly proven?: SenderProven;
}

/**
 * Whether the author of a message that could not be delivered was told: by what the author is known (`user`: authenticated; `inside`: a host of ours with an
 * address of ours), or why not. `never`: spool.reports says so. `not-asked`: NOTIFY of RFC 3461. `too-many`: of this author, or of this domain.
 */
export const toldBy = ['user', 'inside', 'spf', 'dmarc'] as const;
export const notToldBecause = ['never', 'null-sender', 'unproven', 'automatic', 'not-asked', 'too-many', 'failed'] as const;
export type AuthorTold = (typeof toldBy)[number] | (typeof notToldBecause)[number];

/** Where a record stands: the segment's file name, and bytes from its beginning. */
export interface SpoolSpot {
  readonly segment: string;
  readonly at: number;
  readonly headBytes: number;
}

/** A spooled message as the keeper has it in memory; the whole envelope is read from the disk when it is needed. */
export interface SpoolItem extends SpoolSpot, Pick<SpoolEnvelope, 'id' | 'session' | 'queuedAt' | 'expiresAt' | 'class' | 'why' | 'route' | 'wireBytes'> {
  readonly ip: string;
  /** '' is the null sender. */
  readonly from: string;
  readonly to: readonly string[];
}
