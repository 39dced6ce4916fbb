// What the client has said by each stage: all that a check may look at besides facts.
import type { Client, TlsState } from './client.ts';
import type { Mailbox, Sender } from './mailbox.ts';
import type { MessageTraits } from './message-traits.ts';
import type { LeavingAnswer, ReportJudgement } from './report-judgement.ts';
import type { VirusScan } from './virus-scan.ts';
import type { Treatment } from './verdict.ts';

/** Parameters of MAIL FROM that were understood (RFC 1870, 6152, 6531, 4954, 3461, 8689, PRDR). Sizes in bytes. */
export interface MailParameters {
  readonly size: number | null;
  readonly body: '7BIT' | '8BITMIME' | null;
  readonly smtputf8: boolean;
  /** The AUTH= parameter, decoded from xtext; null when absent. Accepted, never trusted (RFC 4954 5). */
  readonly auth: string | null;
  /** What the sender wants to be told, as it was written (RFC 3461 4.3, 4.4); for the next hop. ENVID is xtext. */
  readonly ret?: 'FULL' | 'HDRS';
  readonly envid?: string;
  /** TLS all the way, or not at all (RFC 8689). */
  readonly requireTls?: true;
  /** An answer a recipient after the content, where there are several (draft-hall-prdr). */
  readonly prdr?: true;
}

/** Protocol sins of the session so far, counted by the door. */
export interface SessionConduct {
  /** Bytes arrived before the banner was sent. */
  readonly talkedBeforeBanner: boolean;
  /** Commands arrived before the reply to EHLO/HELO, or after one that must end a group (RFC 2920 3.1). */
  readonly pipelinedTooEarly: boolean;
  readonly errors: number;
  readonly junkCommands: number;
  readonly messages: number;
  /** Recipients accepted in the session so far, in all its transactions. */
  readonly recipients: number;
}

export interface ConnectInput {
  /** Id of the session. */
  readonly session: string;
  readonly client: Client;
  readonly conduct: SessionConduct;
}

export interface HeloInput extends ConnectInput {
  readonly helo: string;
  readonly esmtp: boolean;
  readonly tls: TlsState | null;
  /** The authenticated user, null before AUTH. */
  readonly user: string | null;
}

export interface MailInput extends HeloInput {
  readonly from: Sender;
  readonly parameters: MailParameters;
}

export interface RcptInput extends MailInput {
  readonly to: Mailbox;
  /** Recipients accepted so far in this transaction. */
  readonly accepted: readonly Mailbox[];
  /** What becomes of the message by what was found before this recipient; absent: it passes. */
  readonly treatmentSoFar?: TreatmentSoFar;
}

/** What becomes of a message whose recipients are still being named. */
export interface TreatmentSoFar {
  /** By what was found before any recipient. */
  readonly before: Treatment;
  /** By that, and by what was found of the recipients accepted so far. */
  readonly accepted: Treatment;
  /** `accepted` rests on who sends, not on a recipient: it holds for whoever comes. */
  readonly wholeMessage: boolean;
  /** The recipients accepted so far are sinks: their mail is thrown away. */
  readonly toSinks?: true;
}

/** What the door learned while it collected the content. Counts are of the content as received. */
export interface ContentSummary {
  readonly bytes: number;
  readonly headerBytes: number;
  readonly headerLines: number;
  readonly receivedLines: number;
  /** Of these our own: how often the message was here before. */
  readonly passes: number;
  readonly messageId: string | null;
  /** It has a Date field. */
  readonly dated?: boolean;
  /** As it stands in the header. */
  readonly subject: string | null;
  /** The subject with its encoded words decoded (RFC 2047); absent where it has none. */
  readonly subjectText?: string | undefined;
  readonly bareLineEnds: number;
  readonly nulBytes: number;
  readonly longestLine: number;
  /** Hexadecimal SHA-256 of the content as received, stuffing removed or not: over the wire form. */
  readonly sha256: string;
}

export interface MessageInput extends MailInput {
  readonly recipients: readonly Mailbox[];
  readonly content: ContentSummary;
  /** What its content tells; absent where that was not looked at. */
  readonly traits?: MessageTraits;
  /** What becomes of it by what was found at the stages before; absent: it passes. */
  readonly treatment?: Treatment;
  /** Of what comes from outside: it is a report that could be about mail of ours. */
  readonly report?: ReportJudgement;
  /** What the virus scanner says; absent where there is none. */
  readonly scan?: VirusScan;
  /** Of what leaves us: a program wrote it in somebody's place. */
  readonly leavingAnswer?: LeavingAnswer;
}

export interface StageInput {
  readonly connect: ConnectInput;
  readonly helo: HeloInput;
  readonly mail: MailInput;
  readonly rcpt: RcptInput;
  readonly message: MessageInput;
}
