// Whether a report (bounce, delay, automatic answer, notice) is about mail of ours: what policy, record and the forged-sender case know of it.
import type { Mailbox, Sender } from './mailbox.ts';
import type { ReportKind } from './message-traits.ts';
import type { MessageUnderstanding } from './understanding.ts';

/**
 * How it was proven: the trace header, the Message-ID, sender and recipient together, the envelope id (ENVID), the tag of its address (BATV),
 * or our DKIM signature, over the whole message or over its header alone.
 */
export type ReportProof = 'trace' | 'message-id' | 'recipient' | 'envelope-id' | 'tag' | 'signature' | 'signed-header';

/**
 * Why the silence of the outgoing memory says nothing. memory-too-young: what left us is not remembered for five days yet. not-seen-leaving: next to no
 * mail of the domain, or of this sender, leaves through us.
 */
export type UntoldWhy = 'memory-too-young' | 'not-seen-leaving';

/** What it means that the outgoing memory does not know a message. `fromMs`: since the epoch, from when on it can be told if all goes on like this. */
export type MemorySilence = { readonly means: 'not-sent' } | { readonly means: 'nothing'; readonly why: UntoldWhy; readonly fromMs: number | null };

/** Why it cannot be told. origin-permitted: nothing proves it, but it says that the mail came from where our SPF record permits it. */
export type UnprovenWhy = UntoldWhy | 'others-send-for-us' | 'names-no-message' | 'key-not-answered' | 'origin-permitted';

/** What the SPF record of our domain says of the first outside hop that a report returns: pass, softfail, fail. Weak: a report can be made up. */
export type OriginHint = 'permitted' | 'doubted' | 'forbidden';

/** ours: proven. forged: it would be proven if it were ours. unproven: it cannot be told, and why. */
export type ReturnedVerdict =
  | { readonly returned: 'ours'; readonly proof: ReportProof }
  | { readonly returned: 'forged' }
  | { readonly returned: 'unproven'; readonly why: UnprovenWhy };

/** What tells one campaign from another in what reports return. A key is absent where it says nothing. */
export interface ReturnedTraits {
  /** The sending program, from X-Mailer or User-Agent. */
  readonly mailer?: string;
  /** How the Message-ID is made: kinds and lengths of its pieces, and its domain. */
  readonly idShape?: string;
  /** Registered domains that its text leads to, at most five. */
  readonly urlHosts?: readonly string[];
  /** Bands of a MinHash over the words of its text; absent for texts too short to compare, and where no text came back. */
  readonly bands?: readonly number[];
  /** Hash of the normalised text. */
  readonly text?: string;
  /** Language of its text and subject. */
  readonly language?: string;
}

/** The message that a report says it returns, as far as it tells. */
export interface ReturnedOriginal {
  readonly subject: string | null;
  readonly messageId: string | null;
  /** The first hop outside the site that returns it: where it came from. */
  readonly originIp: string | null;
  readonly originName: string | null;
  /** Not read of mail that is proven ours. */
  readonly traits?: ReturnedTraits;
}

export type ReportJudgement = ReturnedVerdict & {
  readonly kind: ReportKind;
  readonly language: string | null;
  /** Whom it says it could not reach; at most five. */
  readonly failed: readonly string[];
  readonly original: ReturnedOriginal;
  /** Absent where it was not asked, or says nothing. */
  readonly originSpf?: OriginHint;
};

/** A program's answer on its way out: an absence notice, a challenge, a notice that something was found in a mail, or our own servers' report of a failure. */
export interface LeavingAnswer {
  readonly kind: Exclude<ReportKind, 'delivered' | 'feedback'>;
  /** To a list, a mailer daemon, or an address that nobody reads. */
  readonly toNobody: boolean;
  /** Who it goes to wrote to this sender lately, and was proven to have (SPF or DMARC). */
  readonly toProven: boolean;
  /** Somebody forges this sender's address just now, or the gateway sheds load. */
  readonly underAttack: boolean;
}

/** A report as the doors hand it over to be judged. */
export interface ReportInHand {
  readonly understanding: MessageUnderstanding;
  /** As it came, a character an octet; its beginning where it is long. */
  readonly text: string;
  readonly from: Sender;
  /** Without the tags by which they may have been written. */
  readonly recipients: readonly Mailbox[];
}

/** A message of ours that goes out. */
export interface Outgoing {
  /** Our reference. */
  readonly id: string;
  readonly sender: Mailbox;
  readonly recipients: readonly Mailbox[];
  /** With its angle brackets; null where it has none. */
  readonly messageId: string | null;
  /** What its sender calls it (RFC 3461 4.4), as it was written; null where it has none. */
  readonly envelopeId: string | null;
}

/** What left us, and whether what comes back is about it. Never waits, never throws. */
export interface OutgoingDesk {
  /** One of our addresses: only their bounces come to us. */
  isOurs(sender: Sender): sender is Mailbox;
  /** Remembers a message before anybody can have it, and that mail of its sender leaves through us. */
  remember(message: Outgoing): void;
  /** The signed header field for a message that goes out into the world, ended by CRLF. */
  traceLine(message: Pick<Outgoing, 'id' | 'sender'>): string;
  /** The envelope sender with a tag, where that is wanted. */
  tagged(sender: Mailbox): Mailbox;
  /** The address behind a tag of ours that holds; null for any other address. */
  untagged(recipient: Mailbox): Mailbox | null;
  /** Null where the message is no report that could be about mail of ours. A promise where DNS has to be asked; it never rejects. */
  judge(report: ReportInHand): ReportJudgement | null | Promise<ReportJudgement>;
  /** Somebody wrote to us, and it was proven (SPF or DMARC): an answer to him reaches no third party. */
  rememberWriter(from: Mailbox, to: readonly Mailbox[]): void;
  /** What is known of an answer of this sender to these recipients. */
  answering(from: Sender, to: readonly Mailbox[]): Pick<LeavingAnswer, 'toProven' | 'underAttack'>;
}
