// Why a message was refused, by what servers say. Order counts: the narrower wording stands above the wider, because a refusal of spam often
// names the mailbox too. Below the wordings: what enhanced status codes (RFC 3463, IANA registry) and reply codes say when no wording does.
import type { BounceReason } from '../../../model/understanding.ts';
import { PhraseTable } from '../phrases.ts';
import { messageReasons } from './message-reasons.ts';
import { generalReasons, recipientReasons } from './recipient-reasons.ts';
import { transportReasons } from './transport-reasons.ts';

const rows = [...messageReasons, ...recipientReasons, ...transportReasons, ...generalReasons];

/** Words so common that they give a reason only in a server's answer: the letter around it warns of attachments, praises its spam filter, names its policy. */
const answersOnly = new Set(
  `attachment | spam | virus | policy | restricted | not allowed | not permitted | permission | prohibit | relaying | reputation | banned | infected | malware | dkim |
  dmarc | barracuda | cloudmark | antispam | anti-spam | spam filter | no spam | is spam | as spam | - spam | bulk mail | junk mail | spam message | spam content |
  spamassassin | spf record | openspf | deferred | starttls | access denied | blacklist | your ip | service unavailable | temporarily unavailable | message header |
  could not be found | no longer available | no longer valid | does not exist | doesn't exist | doesn't have a | has moved | not accepting mail | too many messages |
  bad header | no mailbox | service not available | dns server | message size is | maximum message size | size of this message`
    .split('|')
    .map((phrase) => phrase.trim()),
);

/** Wordings of refusals, in what servers answer. */
export const reasonPhrases = new PhraseTable(rows);
/** Wordings of refusals that mean it in a report's own words too. */
export const reasonsInWords = new PhraseTable(rows.filter(([phrase]) => !answersOnly.has(phrase.trim())));
/** The same for want of anything better: what is common is told last; attachments are in the banner of every second gateway. */
export const lastReasons = new PhraseTable(rows.filter(([phrase]) => answersOnly.has(phrase.trim()) && phrase !== 'attachment'));

/** RFC 3463 3 and the IANA registry, subject and detail of a status; narrower than the class `x.n.0`, which says too little alone. */
export const reasonByStatus: Readonly<Record<string, BounceReason>> = {
  '1.1': 'user-unknown',
  '1.2': 'host-unknown',
  '1.3': 'user-unknown',
  '1.4': 'user-unknown',
  '1.6': 'user-moved',
  '1.7': 'sender-refused',
  '1.8': 'sender-refused',
  '1.9': 'system-error',
  '1.10': 'not-accepting', // RFC 7505
  '2.1': 'mailbox-disabled',
  '2.2': 'mailbox-full',
  '2.3': 'message-too-big',
  '3.1': 'system-full',
  '3.2': 'not-accepting',
  '3.4': 'message-too-big',
  '3.5': 'system-error',
  '4.1': 'network-error',
  '4.2': 'network-error',
  '4.3': 'network-error',
  '4.4': 'host-unknown',
  '4.6': 'loop',
  '4.7': 'expired',
  '5.1': 'syntax',
  '5.2': 'syntax',
  '5.3': 'rate-limited',
  '5.4': 'syntax',
  '6.0': 'content-refused',
  '6.1': 'content-refused',
  '6.3': 'content-refused',
  '7.1': 'policy',
  '7.9': 'policy',
  '7.13': 'mailbox-disabled',
  '7.20': 'authentication-failed', // RFC 7372
  '7.21': 'authentication-failed',
  '7.22': 'authentication-failed',
  '7.23': 'authentication-failed',
  '7.24': 'authentication-failed',
  '7.25': 'blocked',
  '7.26': 'authentication-failed',
  '7.27': 'sender-refused', // RFC 7505
  '7.28': 'rate-limited',
};

/** RFC 5321 4.2.3: where nothing else speaks. 550 and 553 are missing: servers say them of everything. */
export const reasonByReply: Readonly<Record<string, BounceReason>> = {
  '421': 'network-error',
  '450': 'mailbox-disabled',
  '451': 'system-error',
  '452': 'system-full',
  '500': 'syntax',
  '501': 'syntax',
  '502': 'syntax',
  '503': 'syntax',
  '504': 'syntax',
  '530': 'security',
  '535': 'security',
  '551': 'user-moved',
  '552': 'mailbox-full',
  '556': 'not-accepting', // RFC 7504
};

/** Wordings that mean one thing: where a server says this, a status that says another is a slip of its configuration. */
export const plainReasons = new PhraseTable<BounceReason>([
  ['user unknown', 'user-unknown', 'Sendmail, Postfix'],
  ['unknown user', 'user-unknown', 'many'],
  ['no such user', 'user-unknown', 'Gmail, Exim'],
  ['no such recipient', 'user-unknown', 'many'],
  ['no mailbox here by that name', 'user-unknown', 'qmail'],
  ['mailbox full', 'mailbox-full', 'many'],
  ['mailbox is full', 'mailbox-full', 'many'],
  ['over quota', 'mailbox-full', 'many'],
  ['quota exceeded', 'mailbox-full', 'many'],
  ['exceeded storage allocation', 'mailbox-full', 'RFC 5321 4.2.3 text of 552'],
  ['too many hops', 'loop', 'Sendmail, Postfix'],
  ['mail loop', 'loop', 'many'],
  ['relay access denied', 'relay-denied', 'Postfix'],
  ['relaying denied', 'relay-denied', 'Sendmail'],
  ['message too large', 'message-too-big', 'many'],
  ['message size exceeds', 'message-too-big', 'many'],
]);

/** Details of a status that are exact and seldom misused: they go before the wording, unless that is plain. */
export const exactStatus: ReadonlySet<string> = new Set([
  '1.6',
  '2.2',
  '2.3',
  '3.4',
  '4.6',
  '4.7',
  '7.20',
  '7.21',
  '7.22',
  '7.23',
  '7.24',
  '7.25',
  '7.26',
  '7.27',
  '7.28',
]);
