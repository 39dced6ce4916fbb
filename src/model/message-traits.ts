// What is known of a message's content by reading its header and the beginning of its text: enough to tell kinds of mail apart, small
// enough to stand in the journal. A key is absent where it says nothing (false, none, zero).

/** What a message reports, if anything (interfaces, `parse`). */
export type ReportKind = 'bounce' | 'delayed' | 'delivered' | 'autoreply' | 'challenge' | 'virus-notice' | 'spam-notice' | 'feedback';

export interface SignatureTrait {
  /** `d=` of a DKIM signature, lower case. */
  readonly domain: string;
  /** RFC 8601 2.7.1 result; absent where it was not verified. */
  readonly result?: string;
  /** The first characters of `b=`: the same for every copy of one signed message. */
  readonly mark: string;
}

export interface MessageTraits {
  /** Made by a program: Auto-Submitted other than no, a null sender, mailer daemons, X-Auto-Response-Suppress and the like. */
  readonly automated?: true;
  /** Sent by a list or to a subscriber: List-Id, List-Unsubscribe, Precedence, Feedback-ID. */
  readonly bulk?: true;
  /** List-Id without its brackets, lower case. */
  readonly listId?: string;
  readonly report?: ReportKind;
  /** The sort of confirmation it asks for or brings: `confirm`, `welcome`, `verify-address`, `password-reset`, `order`, `ticket`, `contact-form`, `registration`. */
  readonly confirmation?: string;
  /** The sort of notice a person must not miss: `bank`, `sign-in`, `password-changed`, `payment`, `order`, `account`. */
  readonly transaction?: string;
  /** Sum of the weights of engineering 1.1; 0 and absent: looks like a person's mail. */
  readonly subscription?: number;
  /** Domain and whole address of the author (From), lower case. */
  readonly fromDomain?: string;
  readonly author?: string;
  /** ISO 639 code of the language that form mail, or what a program has sent, is most likely written in; nobody asks of other mail. */
  readonly language?: string;
  /** Received lines in it. */
  readonly hops?: number;
  /** Hash of what the conversation is: root of References, else the bare subject; with the list. */
  readonly thread?: string;
  /** It answers another message: In-Reply-To, References. */
  readonly reply?: true;
  /** Script that made it (X-PHP-Originating-Script). */
  readonly injector?: string;
  /** Recipients of the envelope that To and Cc do not name. */
  readonly unnamed?: readonly string[];
  /** Bands of a one-permutation MinHash over the words of the text; absent for texts too short to compare. */
  readonly bands?: readonly number[];
  /** Hash of the normalised text. */
  readonly text?: string;
  readonly signatures?: readonly SignatureTrait[];
  /** RFC 8601 results of the sender's authentication; absent where not looked at. */
  readonly spf?: string;
  readonly dmarc?: string;
  /** The one author for whom DMARC passed, lower case. Only this may be trusted: `author` is read tolerantly, and a display name can mislead it. */
  readonly provenAuthor?: string;
  /** A report of mail of ours: `ours` proven, `forged` not ours, absent: no report, or cannot tell. */
  readonly returned?: 'ours' | 'forged';
  readonly virus?: string;
}
