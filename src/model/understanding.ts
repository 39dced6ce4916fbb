// What a message turned out to be: a report about another message (bounce, delay, auto-reply, notice, feedback) or none. Words of the
// domain only: how they are found is in src/wire/message.

/** Kinds of message; everything that is no report about another message is `not-a-report`. */
export const messageKinds = ['bounce', 'delayed', 'delivered', 'autoreply', 'challenge', 'virus-notice', 'spam-notice', 'feedback', 'not-a-report'] as const;
/** One of `messageKinds`. */
export type MessageKind = (typeof messageKinds)[number];

/** Why a message was not delivered: a closed set, mildest to read first. `unknown`: the report gives no reason that we know. */
export const bounceReasons = [
  'user-unknown',
  'user-moved',
  'mailbox-full',
  'mailbox-disabled',
  'host-unknown',
  'network-error',
  'not-accepting',
  'message-too-big',
  'spam-refused',
  'virus',
  'content-refused',
  'authentication-failed',
  'security',
  'policy',
  'blocked',
  'rate-limited',
  'sender-refused',
  'relay-denied',
  'expired',
  'syntax',
  'loop',
  'system-error',
  'system-full',
  'unknown',
] as const;
/** One of `bounceReasons`. */
export type BounceReason = (typeof bounceReasons)[number];

/** Header fields by name in lower case, values unfolded and decoded, in the order in which they stand. */
export type HeaderFields = ReadonlyMap<string, readonly string[]>;

/** The message that a report sends back, or as much of it as the report holds. */
export interface ReturnedMessage {
  readonly headers: HeaderFields;
  /** Where it stood: as a part of its own type, or below a line of the text. */
  readonly from: 'part' | 'text';
}

/** What was understood of one message. */
export interface MessageUnderstanding {
  readonly kind: MessageKind;
  /** Of bounces, delays and refusing notices; null for the other kinds. */
  readonly reason: BounceReason | null;
  /** True: it will never succeed; false: it may later; null: the report does not say, or is of another kind. */
  readonly hard: boolean | null;
  /** RFC 3463 code such as `5.1.1`, only where the message gives it. */
  readonly status: string | null;
  /** SMTP reply code such as `550`, only where the message gives it. */
  readonly replyCode: string | null;
  /** Whom the report is about, lower-cased domain, each once; at most 100. */
  readonly failedRecipients: readonly string[];
  /** Message-ID of the message reported about, with its angle brackets. */
  readonly originalMessageId: string | null;
  /** The recipient as the reported message was addressed: Original-Recipient, else To of the returned header. */
  readonly originalTo: string | null;
  /** Feedback-Type (RFC 5965 7.3), lower case: `abuse`, `fraud`, `opt-out`... */
  readonly feedbackType: string | null;
  /** Language of the report's words, BCP 47 primary tag; null where it cannot be told. */
  readonly language: string | null;
  /** What the answer rests on, in words, most weighty first. */
  readonly evidence: readonly string[];
  readonly returned: ReturnedMessage | null;
  /** Header of the message itself. */
  readonly headers: HeaderFields;
  /** Sent by a program, not a person (RFC 3834 or its signs). */
  readonly automated: boolean;
  /** Passed on by a mailing list. */
  readonly list: boolean;
  /** Sent to many: a list, or marked as bulk. */
  readonly bulk: boolean;
  /** The message went past a limit of the reader: what is said rests on its beginning. */
  readonly truncated: boolean;
}

/** Bounds of the reader. All in octets or counts; what lies beyond is not looked at. */
export interface MessageLimits {
  /** Octets of the message looked at. */
  readonly bytes: number;
  /** Octets of one header. */
  readonly headerBytes: number;
  /** Fields of one header. */
  readonly headerFields: number;
  /** MIME parts in all. */
  readonly parts: number;
  /** Parts within parts. */
  readonly depth: number;
  /** Octets of decoded text of one part. */
  readonly textBytes: number;
}

/** What a message asks its reader to do: forms that strangers can make a site send to a victim (subscription bombs). */
export type ConfirmationClass = 'confirm' | 'welcome' | 'verify-address' | 'password-reset' | 'order' | 'ticket' | 'contact-form' | 'registration';

/** What a subscription bomb is meant to hide. */
export type TransactionClass = 'bank-notice' | 'password-changed' | 'order' | 'sign-in-alert';

/** Cheap signs of a message, from its header and first text alone. */
export interface MessageTraits {
  readonly automated: boolean;
  readonly list: boolean;
  /** List-Id without its angle brackets; null when there is none. */
  readonly listId: string | null;
  readonly bulk: boolean;
  /** Value of Form-Sub, which marks mail that a web form sent (draft-levine-mailbomb-header); null when there is none. */
  readonly formSub: string | null;
  /** Value of Auto-Submitted in lower case, without parameters; null when there is none. */
  readonly autoSubmitted: string | null;
  readonly confirmation: ConfirmationClass | null;
  readonly transaction: TransactionClass | null;
  /** The sending program, from X-Mailer and its kin. */
  readonly mailer: string | null;
  /** A script on a web server sent it (X-PHP-Originating-Script, PHPMailer, WordPress...). */
  readonly fromScript: boolean;
  readonly fromDomain: string | null;
  readonly fromLocal: string | null;
  /** Decoded; empty when there is none. */
  readonly subject: string;
}
