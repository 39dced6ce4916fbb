// Is this report about mail of ours? Looked at when the whole report is there, never at RCPT: servers that verify senders ask with the null
// sender and send nothing (RFC 5321 4.5.5). One proof is enough, from wherever in the report it comes.
import { addressOf, type Sender } from '../model/mailbox.ts';
import type { ReportInHand, ReportJudgement, ReportProof, ReturnedOriginal, ReturnedVerdict, UntoldWhy } from '../model/report-judgement.ts';
import type { MessageUnderstanding } from '../model/understanding.ts';
import { outsideHopOf } from '../wire/message/outside-hop.ts';
import { traceHeaderName, traceMarksIn } from '../wire/message/trace-header.ts';
import type { OutgoingMemory } from './outgoing-memory.ts';

export interface SiteSenders {
  /** Mail of our addresses leaves by other ways as well: what is not proven may be ours. */
  readonly othersSendForUs: boolean;
  /** Reports on one of those to whom it comes are being forged just now. */
  isUnderAttack(): boolean;
}

/** The part of the memory that proves. */
export type Proofs = Pick<OutgoingMemory, 'silenceOf' | 'isOurMark' | 'hasSent' | 'hasMessageId' | 'hasEnvelopeId'>;

/** Of each sort so many names are looked up at most: a report may hold as many as its maker likes. */
const mostNames = 20;

/** Null where the message is no report that could be about mail of ours. */
export function judgeReport(report: ReportInHand, proofs: Proofs, site: SiteSenders): ReportJudgement | null {
  const { kind, language, failedRecipients } = report.understanding;
  // What tells of success, and complaints, are about mail that arrived; somebody forging those gains nothing.
  if (kind === 'not-a-report' || kind === 'feedback' || kind === 'delivered') return null;
  const verdict = verdictOf(report, proofs, site);
  return { ...verdict, kind, language, failed: failedRecipients.slice(0, 5), original: originalOf(report.understanding) };
}

function verdictOf(report: ReportInHand, proofs: Proofs, { othersSendForUs, isUnderAttack }: SiteSenders): ReturnedVerdict {
  const proof = proofOf(report, proofs);
  if (proof !== null) return { returned: 'ours', proof };
  if (othersSendForUs) return { returned: 'unproven', why: 'others-send-for-us' };
  const untold = untoldOf(report, proofs);
  if (untold !== null) return { returned: 'unproven', why: untold };
  if (answersNothing(report) && (report.from !== null || !isUnderAttack())) return { returned: 'unproven', why: 'names-no-message' };
  return { returned: 'forged' };
}

/** Why what is not remembered may have been sent all the same; null: it was not, by any of those to whom the report comes. */
function untoldOf({ recipients }: ReportInHand, proofs: Proofs): UntoldWhy | null {
  for (const to of recipients.slice(0, mostNames)) {
    const silence = proofs.silenceOf(to);
    if (silence.means === 'nothing') return silence.why;
  }
  return null;
}

function proofOf({ understanding, text, from, recipients }: ReportInHand, proofs: Proofs): ReportProof | null {
  const ours = recipients.slice(0, mostNames).map(addressOf);
  // A part may be encoded: its header was read elsewhere.
  const inReturned = understanding.returned?.headers.get(traceHeaderName)?.slice(0, mostNames) ?? [];
  const marks = [...traceMarksIn(text), ...inReturned.flatMap((value) => traceMarksIn(`${traceHeaderName}: ${value}`))];
  if (marks.some((mark) => ours.some((address) => proofs.isOurMark(mark, address)))) return 'trace';
  if (messageIdsOf(understanding).some((id) => proofs.hasMessageId(id))) return 'message-id';
  const isKnown = (to: string): boolean => ours.some((address) => proofs.hasSent(address, to));
  const { failedRecipients, originalTo } = understanding;
  const writtenTo = originalTo === null || originalTo === failedRecipients[0] ? [] : [originalTo]; // the first that failed is one of several
  if ([...writtenTo, ...answerersOf(understanding, from)].some(isKnown) || mostAreKnown(failedRecipients, isKnown)) return 'recipient';
  const envelopeId = /^original-envelope-id:[ \t]*(\S{1,100})/im.exec(text)?.[1];
  if (envelopeId !== undefined && proofs.hasEnvelopeId(envelopeId)) return 'envelope-id';
  return recipients.some(({ tagged }) => tagged === true) ? 'tag' : null;
}

/** Names of those that failed which are looked at. */
const mostFailed = 5;

/** Half of them at least: among many popular names one would be somebody to whom she has written. */
function mostAreKnown(failed: readonly string[], isKnown: (to: string) => boolean): boolean {
  const looked = failed.slice(0, mostFailed);
  const known = looked.filter(isKnown).length;
  return known > 0 && known * 2 >= looked.length;
}

function messageIdsOf({ originalMessageId, returned, kind, headers }: MessageUnderstanding): readonly string[] {
  const named = [...(originalMessageId === null ? [] : [originalMessageId]), ...(returned?.headers.get('message-id') ?? [])];
  return [...named, ...(isAnswer(kind) ? repliedTo({ headers }) : [])].slice(0, mostNames);
}

/** What an answer says it answers (RFC 3834 3.1.5). */
const repliedTo = ({ headers }: Pick<MessageUnderstanding, 'headers'>): readonly string[] =>
  ['in-reply-to', 'references'].flatMap((name) => (headers.get(name) ?? []).flatMap((value) => value.slice(0, 4000).match(/<[^<>\s]{3,250}>/g) ?? []));

/** Whoever answers by a program was written to. */
function answerersOf({ kind, headers }: MessageUnderstanding, from: Sender): readonly string[] {
  if (!isAnswer(kind)) return [];
  // The first of each: a list of popular names is nobody's name.
  const written = ['from', 'reply-to', 'sender'].flatMap((name) => addressPattern.exec(headers.get(name)?.[0]?.slice(0, 1000) ?? '') ?? []);
  return from === null ? written : [addressOf(from), ...written];
}

const addressPattern = /[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}/;

const isAnswer = (kind: MessageUnderstanding['kind']): boolean => kind === 'autoreply' || kind === 'challenge';

/**
 * A shop that thanks for an order answers no letter: it names no message that we would have sent. Ticket systems and list programs write such answers
 * to web forms, with the null sender too.
 */
const answersNothing = ({ understanding }: ReportInHand): boolean =>
  isAnswer(understanding.kind) && repliedTo(understanding).length === 0 && understanding.returned === null;

function originalOf({ returned, originalMessageId }: MessageUnderstanding): ReturnedOriginal {
  const hop = outsideHopOf(returned?.headers.get('received') ?? []);
  return {
    subject: returned?.headers.get('subject')?.[0]?.slice(0, 200) ?? null,
    messageId: originalMessageId?.slice(0, 250) ?? null,
    originIp: hop?.ip ?? null,
    originName: hop?.name ?? null,
  };
}
