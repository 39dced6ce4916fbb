// The particulars of a report whose kind is known: who was not reached, why, for good or for now, with which codes.
import type { BounceReason, MessageKind } from '../../model/understanding.ts';
import { addressesIn, firstAddress, tidyAddress } from './address-text.ts';
import type { RecipientStatus } from './delivery-status.ts';
import { fieldOf, startOfField } from './header.ts';
import { fold } from './phrases.ts';
import type { ReportReading } from './report-reading.ts';
import { type NamedInWords, recipientsIn } from './report-words.ts';
import { lastReasons, exactStatus, plainReasons, reasonByReply, reasonByStatus, reasonPhrases, reasonsInWords } from './rules/reasons.ts';
import { bounceAddress, type SenderSigns } from './sender-signs.ts';
import { codesIn, type SmtpCodes } from './status-codes.ts';
import { bareSubject } from './subject-prefix.ts';

/** Recipients named in an answer, at most. */
const mostRecipients = 100;

/** The statuses that the report is about: failed ones of a bounce, delayed ones of a delay notice. */
export function tellingStatuses({ statuses }: ReportReading, kind: MessageKind): readonly RecipientStatus[] {
  const action = kind === 'delayed' ? 'delayed' : 'failed';
  const telling = statuses.filter((one) => one.action === action);
  return telling.length > 0 ? telling : kind === 'delivered' ? [] : statuses.filter((one) => one.action === null);
}

/** Whom the report is about. Machine-readable fields first; then the words; then, for want of both, the only recipient of the returned message. */
export function failedRecipients(reading: ReportReading, telling: readonly RecipientStatus[], { named, mentioned }: NamedInWords): readonly string[] {
  const fromStatus = telling.flatMap(recipientsOfStatus);
  if (fromStatus.length > 0) return unique(fromStatus);
  const listed = (reading.headers.get('x-failed-recipients') ?? []).flatMap((value) =>
    addressesIn(value, mostRecipients).map(({ address }) => tidyAddress(address)),
  );
  if (listed.length > 0) return unique(listed);
  if (named.length > 0) return unique(named);
  const only = onlyRecipient(reading);
  if (only !== null && (mentioned.length === 0 || mentioned.some((one) => one.toLowerCase() === only.toLowerCase()))) return [only];
  return mentioned.length === 1 ? mentioned : bareName(reading);
}

/** Both names of one mailbox: the one the sender knows (Original-Recipient) and the one that failed. A made-up domain is of use inside its site only. */
function recipientsOfStatus({ finalRecipient, originalRecipient }: RecipientStatus): readonly string[] {
  const final = finalRecipient?.slice(finalRecipient.lastIndexOf('@') + 1) ?? '';
  const isInside = originalRecipient !== null && (!final.includes('.') || /\.(?:local|internal|lan|localdomain)$/.test(final));
  return [originalRecipient, isInside ? null : finalRecipient].filter((one) => one !== null);
}

function unique(addresses: readonly string[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const address of addresses) if (seen.size < mostRecipients) seen.set(address.toLowerCase(), seen.get(address.toLowerCase()) ?? address);
  return [...seen.values()];
}

/** The returned message's one recipient. To says nothing of who got a list's mail, so lists are left out. */
function onlyRecipient({ returned, headers }: ReportReading): string | null {
  if (returned === null) return null;
  const inner = returned.headers;
  const isList = ['list-id', 'list-post', 'precedence', 'x-beenthere', 'errors-to', 'mailing-list', 'list-unsubscribe'].some((name) => inner.has(name));
  const sentTo = (firstAddress(startOfField(headers, 'to')) ?? '').toLowerCase();
  if (isList || bounceAddress.test(sentTo)) return null;
  const people = addressesIn(`${fieldOf(inner, 'to')} ${fieldOf(inner, 'cc')}`, 3);
  const [first] = people;
  return first === undefined || people.length > 1 || first.address.toLowerCase() === sentTo ? null : tidyAddress(first.address);
}

/** AOL and phquery name a mailbox without its domain, on an indented line, alone or with the reason behind it: the domain is the one that writes. */
function bareName({ words, headers }: ReportReading): readonly string[] {
  const domain = firstAddress(startOfField(headers, 'from'))?.split('@')[1];
  const name = /\n[\t ]{1,8}([A-Za-z0-9][A-Za-z0-9._-]{1,30})(?:[ \t]{0,5}(?:\n|$)|[ \t]{2,20}(?:no such|unknown|unrecogni|not |invalid))/i.exec(
    words.slice(0, 4000),
  )?.[1];
  return domain === undefined || name === undefined || !/following(?: recipient| address|:)/i.test(words) ? [] : [`${name}@${domain}`];
}

/** To whom the returned message was addressed. */
export function originalTo({ statuses, returned }: ReportReading): string | null {
  const original = statuses.find((one) => one.originalRecipient !== null)?.originalRecipient ?? null;
  return original ?? firstAddress(fieldOf(returned?.headers ?? new Map(), 'to'));
}

/** With its angle brackets (RFC 5322 3.6.4), from the returned header, else where the words name it. */
export function originalMessageId({ returned, words, feedback }: ReportReading): string | null {
  const inner = fieldOf(returned?.headers ?? new Map(), 'message-id') || fieldOf(feedback ?? new Map(), 'original-message-id');
  const bracketed = /<[^<>\s]{1,990}>/.exec(inner)?.[0] ?? /(?:^|\n)[ \t>]{0,20}message-id[ \t]{0,5}:[ \t\n]{0,20}(<[^<>\s]{1,990}>)/i.exec(words)?.[1];
  if (bracketed !== undefined) return bracketed;
  const bare = inner.trim();
  return bare === '' || /\s/.test(bare) ? null : `<${bare.slice(0, 990)}>`;
}

export interface Diagnosis extends SmtpCodes {
  readonly reason: BounceReason;
  readonly hard: boolean | null;
}

/** Why, for good or not, and the codes, from the status fields where there are any, else from the words. */
export function diagnose(reading: ReportReading, kind: MessageKind, telling: readonly RecipientStatus[], quoted: string): Diagnosis {
  const diagnostics = telling.map(({ diagnostic }) => diagnostic).join('\n');
  // Sendmail gives the answer that counts as the reason; its transcript tells of every host that was tried.
  const given = /\(reason: ([^\n]{3,300})/.exec(reading.words)?.[1] ?? '';
  const [reasonGiven, elsewhere] = [codesIn(given), codesIn(quoted || reading.words)];
  const inWords =
    reasonGiven.replyCode === null && reasonGiven.status === null
      ? elsewhere
      : { ...reasonGiven, status: reasonGiven.status ?? sameClass(elsewhere, reasonGiven) };
  const status = telling.find((one) => one.status !== null)?.status ?? inWords.status;
  const replyCode = telling.find((one) => one.replyCode !== null)?.replyCode ?? inWords.replyCode;
  const said = { diagnostics, quoted, words: reading.words, subject: startOfField(reading.headers, 'subject') };
  const reason = reasonOf(said, { status, replyCode });
  return { reason, status, replyCode, hard: kind !== 'delayed' && isHard(said, telling, { status, replyCode }, reason) };
}

/** The status beside another reply, where both are for now or both for good. */
const sameClass = ({ status }: SmtpCodes, { replyCode }: SmtpCodes): string | null => (status !== null && status[0] === replyCode?.[0] ? status : null);

/** What the report says in words, by who says it. */
interface SaidInWords {
  /** Diagnostic-Code of the telling recipients. */
  readonly diagnostics: string;
  /** Servers' answers that the text quotes. */
  readonly quoted: string;
  readonly words: string;
  readonly subject: string;
}

/** Characters of a text in which a reason is looked for. */
const reasonStart = 8000;

/** The first text that says a reason, servers before letters; then the codes. */
function reasonOf({ diagnostics, quoted, words, subject }: SaidInWords, { status, replyCode }: SmtpCodes): BounceReason {
  const said = fold(diagnostics.slice(0, reasonStart));
  const exact = exactReason(status);
  if (exact !== null) return plainReasons.firstIn(said)?.meaning ?? exact;
  const byAnswer = reasonPhrases.firstIn(said)?.meaning;
  if (byAnswer !== undefined) return byAnswer;
  const coded = byCodes({ status, replyCode });
  // A server's own answer without a known wording: its codes say more than the sentences around it.
  if (diagnostics !== '' && coded !== null) return coded;
  const letter = fold(words.slice(0, reasonStart));
  const titled = bareSubject(subject);
  return (
    reasonPhrases.firstIn(fold(quoted.slice(0, reasonStart)))?.meaning ??
    (reasonsInWords.firstIn(letter) ?? reasonsInWords.firstIn(titled))?.meaning ??
    coded ??
    (lastReasons.firstIn(letter) ?? lastReasons.firstIn(titled))?.meaning ??
    'unknown'
  );
}

const exactReason = (status: string | null): BounceReason | null =>
  status !== null && exactStatus.has(status.slice(2)) ? (reasonByStatus[status.slice(2)] ?? 'unknown') : null;

function byCodes({ status, replyCode }: SmtpCodes): BounceReason | null {
  const detail = status === null ? undefined : reasonByStatus[status.slice(2)];
  return detail ?? (replyCode === null ? null : (reasonByReply[replyCode] ?? null));
}

/** Details of a status that say nothing of their own: what servers answer to everything (RFC 3463 3.1, X.0.0 and its like). */
const generalDetails = new Set(['0.0', '1.0', '2.0', '3.0', '5.0', '7.0', '7.1']);

/** RFC 3463 2: 4 is for now, 5 for good; but whoever says that a mailbox is full speaks of now (3.3: X.2.2 is a persistent transient failure). */
function isForNow(status: string, plain: BounceReason | undefined): boolean {
  // The class is the operator's slip where the server says in plain words that nobody is there, or that the mailbox is full.
  if (plain === 'user-unknown') return false;
  return status.startsWith('4') || status === '5.2.2' || (plain === 'mailbox-full' && generalDetails.has(status.slice(2)));
}

/** By what the codes say. Without a code: what ran out of time, or met a broken network, may go through another day. */
function isHard({ quoted, words }: SaidInWords, telling: readonly RecipientStatus[], { status, replyCode }: SmtpCodes, reason: BounceReason): boolean {
  const stated = telling.filter((one) => one.status !== null);
  if (stated.length > 0) return !stated.every((one) => isForNow(one.status ?? '', plainReasons.firstIn(fold(one.diagnostic.slice(0, reasonStart)))?.meaning));
  if (status !== null) return !isForNow(status, plainReasons.firstIn(fold(quoted.slice(0, reasonStart)))?.meaning);
  if (replyCode !== null) return replyCode.startsWith('5');
  // Exim calls it a permanent error when its patience has an end: the mailbox may be fine tomorrow.
  return reason !== 'expired' && (reason !== 'network-error' || /\bpermanent/i.test(words));
}

/** What a notice of success gives: its status, and the answer with which the next server took the message. */
export function successCodes({ statuses }: ReportReading): SmtpCodes {
  const success = statuses.find(({ status }) => status?.startsWith('2'));
  return { status: success?.status ?? null, replyCode: /(?:^|[\s:])(2\d\d)(?=[ -])/.exec(success?.diagnostic.slice(0, 500) ?? '')?.[1] ?? null };
}

/** Fields that name the report's own sender and recipient: those its sender wrote, and those of servers on its way. */
const writtenFields = ['to', 'from', 'sender', 'reply-to', 'cc'];
const reportFields = [...writtenFields, 'delivered-to', 'x-original-to'];

/** Addresses that cannot be the failed ones: whom the report was sent to, and who sent it. Lower case. */
export function addressesOfReport({ headers }: ReportReading, { daemon }: SenderSigns, fields: readonly string[] = reportFields): ReadonlySet<string> {
  const values = fields.flatMap((name) => headers.get(name) ?? []);
  const others = new Set(values.flatMap((value) => addressesIn(value, 10).map(({ address }) => address.toLowerCase())));
  if (daemon !== null) others.add(daemon.toLowerCase());
  return others;
}

/**
 * Whom the words of a bounce name. Some gateways write it under the header of the message that failed: where nobody is named otherwise, the
 * address to which the report is said to have been delivered may be the one that failed.
 */
export function failedInWords(reading: ReportReading, signs: SenderSigns, found: NamedInWords): NamedInWords {
  if (found.named.length > 0 || found.mentioned.length > 0) return found;
  return recipientsIn(reading.words, addressesOfReport(reading, signs, writtenFields));
}
