// The seam between the doors and what stands behind the gateway. Doors know these types only; delivery/ implements them.
import type { Client, TlsState } from './client.ts';
import type { Mailbox, Sender } from './mailbox.ts';
import type { Reply } from './reply.ts';
import type { MailParameters } from './stage-input.ts';

/** Where mail goes. `key` names the route in events, metrics and caches: `hub`, `outbound`, or a customer's domain. */
export interface Route {
  readonly key: string;
  readonly address: HubAddress;
}

export type HubAddress =
  | { readonly kind: 'smtp' | 'lmtp'; readonly host: string; readonly port: number }
  /** The embedded mailbox store: one Maildir a mailbox below `path`. */
  | { readonly kind: 'maildir'; readonly path: string };

/**
 * A collected message in wire form: CRLF line ends, dots still stuffed (RFC 5321 4.5.2), without the final `.` line; it ends with CRLF.
 * Small ones are in memory, large ones in a temporary file. The owner calls `dispose` once, whatever happened.
 */
export interface Content {
  /** Bytes in wire form. */
  readonly wireBytes: number;
  /** Hexadecimal SHA-256 of the wire form. */
  readonly sha256: string;
  /** May be called more than once (a retry on a fresh connection reads it again). */
  chunks(): Iterable<Buffer> | AsyncIterable<Buffer>;
  dispose(): void;
}

/** Who handed the message to us: goes to the hub by XCLIENT or XFORWARD and into Received. */
export interface Handover {
  readonly client: Client;
  readonly reverseName: string | null;
  readonly helo: string;
  readonly esmtp: boolean;
  readonly tls: TlsState | null;
  readonly user: string | null;
}

export interface DeliveryRequest {
  /** Reference of the transaction: our queue id, in the reply, in Received, in the hub's log by XFORWARD IDENT. */
  readonly reference: string;
  readonly handover: Handover;
  readonly route: Route;
  readonly from: Sender;
  readonly parameters: MailParameters;
  /** At least one. All of one route. */
  readonly recipients: readonly Mailbox[];
  /** The client can be told different things of its recipients (PRDR): a mixed outcome is an answer, those who can be served are. */
  readonly perRecipientAnswers?: true;
  /** Nothing in it tells it from a repetition (no Message-ID, Date or Received): it may be meant anew, and is never taken for a retry. */
  readonly mayBeMeantAnew?: true;
  /** Complete header lines to put in front, each ended by CRLF. */
  readonly prependedHeaders: string;
  readonly content: Content;
}

/** The answer of what stands behind us. `hubReply` is what the hub said, uncleaned. See engineering table "final-dot window". */
export type DeliveryOutcome =
  /** Every recipient has the message, fsynced or acknowledged by 250. `queueId` is the hub's, where its reply names one. */
  | { readonly kind: 'delivered'; readonly hubReply: Reply; readonly queueId: string | null }
  /** The hub answered 4xx or 5xx for all recipients: its answer is ours. `recipient` when one RCPT was refused at the burst. */
  | { readonly kind: 'refused'; readonly hubReply: Reply; readonly at: 'mail' | 'rcpt' | 'data' | 'dot' }
  /**
   * Recipients had different answers. A client that cannot be told so hears 451 for all; the retry is answered a recipient at a time.
   * `at` 'rcpt': refused at the burst, nothing was sent, a positive reply means nothing. 'dot' (LMTP): who has a positive reply has the message.
   */
  | { readonly kind: 'mixed'; readonly at: 'rcpt' | 'dot'; readonly perRecipient: readonly { readonly to: Mailbox; readonly hubReply: Reply }[] }
  /** The hub could not be used and has not got the message. */
  | { readonly kind: 'unavailable'; readonly why: string }
  /** The connection was lost after the final dot: the hub may or may not have the message. */
  | { readonly kind: 'ambiguous'; readonly why: string };

/** The hub's answer to a recipient probe (RCPT without DATA). */
export type ProbeOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly hubReply: Reply }
  | { readonly kind: 'deferred'; readonly hubReply: Reply }
  | { readonly kind: 'unreachable'; readonly why: string };

/** What a route's next hop can do; read from its EHLO, cached. Null fields: not known yet (no contact so far). */
export interface HubAbilities {
  readonly reachable: boolean;
  readonly smtputf8: boolean;
  readonly eightBitMime: boolean;
  /** RFC 3461. */
  readonly dsn: boolean;
  /** RFC 8689: offered to us over TLS that must be there and was verified. */
  readonly requireTls: boolean;
  /** Limit of the next hop in bytes; null when it states none. */
  readonly maxBytes: number | null;
}

export interface Delivery {
  deliver(request: DeliveryRequest): Promise<DeliveryOutcome>;
  probe(route: Route, recipient: Mailbox, smtputf8: boolean): Promise<ProbeOutcome>;
  abilities(route: Route): HubAbilities | null;
}

/** Why content could not be kept: the client hears 452 and keeps its message. */
export interface ContentFailure {
  readonly failed: string;
}

/** Takes one message's wire-form bytes while they arrive. Exactly one of `finish` and `abort` is called, once. */
export interface ContentSink {
  /** A promise means: stop reading until it resolves. Never throws or rejects; trouble with the disk shows at `finish`. */
  write(chunk: Buffer): void | Promise<void>;
  /** Answers at once for content in memory. */
  finish(): Content | ContentFailure | Promise<Content | ContentFailure>;
  abort(): void;
}

/** Where content waits between the client's final dot and the next hop's answer. */
export interface ContentStore {
  /** Null: no room (free-disk floor); the answer to DATA is 452 4.3.1 before any content is read. */
  begin(expectedBytes: number | null): ContentSink | null;
}
