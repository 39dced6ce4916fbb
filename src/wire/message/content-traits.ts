// What the beginning of a message tells of it, for the journal, the detectors and policy: header, first words, and what it reports. Pure,
// bounded, and cheap: each message pays for it, so what is dear is asked of candidates only.
import { halfSipHash, type HashKey } from '../../lib/half-sip-hash.ts';
import { textPrint } from '../../lib/min-hash.ts';
import type { MessageTraits, ReportKind, SignatureTrait } from '../../model/message-traits.ts';
import type { HeaderFields, MessageTraits as Signs, MessageUnderstanding, TransactionClass } from '../../model/understanding.ts';
import { fieldOf, headerFields, startOfField } from './header.ts';
import { languageOf } from './language.ts';
import { withLineFeeds } from './message-text.ts';
import { readMime, type MimePart } from './mime-tree.ts';
import { firstLeafOfText, firstText, firstTextLimits, textOfPart } from './first-text.ts';
import { firstTextLength, subscriptionScore, traitsOfFields } from './traits.ts';
import { understand } from './understand.ts';

export interface ContentToRead {
  /** The first octets of the message in wire form: line ends CRLF, dots stuffed; at most 64 KiB are looked at. */
  readonly beginning: Buffer;
  /** Envelope sender; '' is the null sender. */
  readonly from: string;
  /** Envelope recipients, lower case. */
  readonly recipients: readonly string[];
  /** Secret of the installation: prints compare within it only, and nobody outside can make two texts look alike. */
  readonly key: HashKey;
}

/** Octets looked at. */
export const beginningBytes = 64 * 1024;
/** Octets in which nearly every message has its header and its first words; only where it has not, and for reports, the rest is looked at. */
const firstLookBytes = 8 * 1024;
/** A journal line stays small: characters of one value, signatures, recipients that To and Cc do not name. */
const longestValue = 200;
const mostSignatures = 5;
export const mostUnnamed = 20;
/** Characters of `b=` that tell one signature from another: 96 bits. */
const markLength = 16;

/** Reads the traits of a message. */
export function readContent({ beginning, from, recipients, key }: ContentToRead): MessageTraits {
  const { root, words } = firstLook(beginning);
  const fields = headerFields(root.fields);
  const signs = traitsOfFields(fields, words);
  const understood = mayBeReport(from, signs, root.contentType.type)
    ? understand(Buffer.from(`${from === '' ? 'Return-Path: <>\n' : ''}${textOf(beginning, beginningBytes)}`, 'latin1'))
    : null;
  const report = reportOf(understood, signs, from);
  const print = textPrint(words, key);
  const traits: Clearable = {
    automated: signs.automated || from === '' ? true : undefined,
    bulk: signs.bulk ? true : undefined,
    listId: signs.listId?.slice(0, longestValue),
    report: report ?? undefined,
    confirmation: signs.confirmation ?? undefined,
    transaction: signs.transaction === null ? undefined : transactionWords[signs.transaction],
    subscription: subscriptionScore(signs) || undefined,
    ...authorOf(signs),
    language: languageWhereAsked(signs, words),
    hops: fields.get('received')?.length,
    ...threadOf(fields, signs, key),
    injector: injectorOf(fields),
    unnamed: unnamedOf(fields, recipients),
    bands: print?.bands ?? undefined,
    text: print?.hash,
    signatures: signaturesOf(fields),
  };
  return withoutAbsent(traits);
}

/** The message's first `bytes` octets as it was before it was sent: line feeds only, no stuffed dots. */
const textOf = (beginning: Buffer, bytes: number): string => unstuffed(withLineFeeds(beginning.toString('latin1', 0, Math.min(beginning.length, bytes))));

function firstLook(beginning: Buffer): { readonly root: MimePart; readonly words: string } {
  const { root } = readMime(textOf(beginning, firstLookBytes), firstTextLimits);
  const part = firstLeafOfText(root);
  const words = textOfPart(part);
  // A page may have its styles before its words.
  const isEnough = beginning.length <= firstLookBytes || (words !== '' && part?.contentType.type !== 'text/html');
  if (isEnough) return { root, words };
  const whole = readMime(textOf(beginning, beginningBytes), firstTextLimits).root;
  return { root: whole, words: firstText(whole) };
}

type Clearable = { readonly [K in keyof MessageTraits]: MessageTraits[K] | undefined };

function withoutAbsent(traits: Clearable): MessageTraits {
  const present: Record<string, unknown> = {};
  for (const key in traits) {
    const value = traits[key as keyof MessageTraits]; // its own keys
    if (value !== undefined) present[key] = value;
  }
  return present;
}

/** RFC 5321 4.5.2: the dot that was put in front of a line that begins with one is taken away. */
const unstuffed = (text: string): string => (text.startsWith('..') ? text.slice(1) : text).replaceAll('\n..', '\n.');

/** Words of the journal for what a flood is meant to hide. */
const transactionWords: Readonly<Record<TransactionClass, string>> = {
  'bank-notice': 'bank',
  'password-changed': 'password-changed',
  order: 'order',
  'sign-in-alert': 'sign-in',
};

/** Reports come from programs; whoever only reads the sender's word for it misses those that say nothing, which look like one by their type. */
const mayBeReport = (from: string, { automated }: Signs, type: string): boolean => from === '' || automated || type === 'multipart/report';

/** An answer that asks to confirm something is what a form was made to send, not the answer of a machine to mail of ours. */
function reportOf(understood: MessageUnderstanding | null, { confirmation }: Signs, from: string): ReportKind | null {
  if (understood === null || understood.kind === 'not-a-report') return null;
  return understood.kind === 'autoreply' && confirmation !== null && from !== '' ? null : understood.kind;
}

/** Guessing costs as much as all other signs; only floods of form mail and of reports are told by their languages. */
function languageWhereAsked({ automated, bulk, confirmation, subject }: Signs, words: string): string | undefined {
  return automated || bulk || confirmation !== null ? (languageOf(`${subject}\n${words.slice(0, firstTextLength)}`) ?? undefined) : undefined;
}

function authorOf({ fromDomain, fromLocal }: Signs): Pick<Clearable, 'fromDomain' | 'author'> {
  if (fromDomain === null) return {};
  const domain = fromDomain.toLowerCase().slice(0, longestValue);
  return { fromDomain: domain, author: `${(fromLocal ?? '').toLowerCase()}@${domain}`.slice(0, 2 * longestValue) };
}

const answerPrefix = /^(?:(?:re|fwd?|aw|wg|sv|vs|antw|rv|tr|ref|odp|ynt)(?:\[\d{1,3}\])?\s?:\s*)+/i;

/** RFC 5322 3.6.4: References begins with the message that began the conversation. */
function threadOf(fields: HeaderFields, { subject, listId }: Signs, key: HashKey): Pick<Clearable, 'thread' | 'reply'> {
  const references = startOfField(fields, 'references');
  const answered = references === '' ? startOfField(fields, 'in-reply-to') : references;
  const root = /<[^<>\s]{1,300}>/.exec(answered)?.[0] ?? '';
  const about = root === '' ? subject.slice(0, longestValue).replace(answerPrefix, '').trim().toLowerCase() : root;
  const thread = about === '' ? undefined : halfSipHash(key, `${(listId ?? '').slice(0, longestValue)} ${about}`).toString(16);
  return { thread, reply: answered.trim() === '' ? undefined : true };
}

function injectorOf(fields: HeaderFields): string | undefined {
  const value = (fieldOf(fields, 'x-php-originating-script') || fieldOf(fields, 'x-php-script')).trim().slice(0, longestValue);
  return value === '' ? undefined : value;
}

function unnamedOf(fields: HeaderFields, recipients: readonly string[]): readonly string[] | undefined {
  const named = [...(fields.get('to') ?? []), ...(fields.get('cc') ?? [])].join(',').toLowerCase();
  const unnamed: string[] = [];
  for (const recipient of recipients) {
    if (unnamed.length >= mostUnnamed) break;
    if (!named.includes(recipient)) unnamed.push(recipient);
  }
  return unnamed.length === 0 ? undefined : unnamed;
}

/** RFC 6376 3.5: `d=` and `b=` of each signature. */
function signaturesOf(fields: HeaderFields): readonly SignatureTrait[] | undefined {
  const found: SignatureTrait[] = [];
  for (const value of fields.get('dkim-signature')?.slice(0, mostSignatures) ?? []) {
    const domain = /(?:^|;)\s{0,20}d\s{0,20}=\s{0,20}([^;\s]{1,253})/.exec(value)?.[1];
    const mark = (/(?:^|;)\s{0,20}b\s{0,20}=([^;]{1,200})/.exec(value)?.[1] ?? '').replace(/\s/g, '').slice(0, markLength);
    if (domain !== undefined && mark !== '') found.push({ domain: domain.toLowerCase(), mark });
  }
  return found.length === 0 ? undefined : found;
}
