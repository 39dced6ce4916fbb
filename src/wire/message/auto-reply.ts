// Automatic answers (RFC 3834) and challenges: by their fields, by the beginning of the subject, and, in short letters, by their words.
import type { HeaderFields } from '../../model/understanding.ts';
import { firstAddress } from './address-text.ts';
import { startOfField } from './header.ts';
import { fold } from './phrases.ts';
import { programReplyTexts, replyFields, replyTexts } from './rules/auto-reply.ts';
import { challengePhrases, challengeServices, requestPhrases } from './rules/notices.ts';
import { bareSubjects, replyMarks, replySubjects } from './rules/reply-subjects.ts';
import type { SenderSigns } from './sender-signs.ts';
import { bareSubject, isSentOn } from './subject-prefix.ts';

/** A letter longer than this is written by a person, whatever words it has; characters of folded text. */
const longestReply = 700;
/** A challenge explains itself at its beginning; characters of folded text. */
const challengeStart = 3000;

/** Mailboxes that programs answer from. */
const replyLocal = /^(?:auto-?_?\.?(?:reply|respond|responder|response|answer)|vacation|out-?of-?office|autorespuesta|abwesenheit)@/i;

/** Why it is an automatic answer; null when it is none. */
export function autoReplyEvidence(headers: HeaderFields, words: string, signs: SenderSigns): string | null {
  for (const [name, value, why] of replyFields) {
    const hit = headers.get(name)?.find((text) => value === null || text.toLowerCase().trimStart().startsWith(value));
    if (hit !== undefined) return `field ${name}: ${hit.slice(0, 60)} (${why})`;
  }
  // People tell lists that they are away, and lists quote their subjects. A colleague's answer sent on says that he is away, not that its sender is.
  if (signs.list || isSentOn(startOfField(headers, 'subject'))) return null;
  const from = firstAddress(startOfField(headers, 'from')) ?? '';
  if (replyLocal.test(from)) return `sent by ${from}`;
  return subjectEvidence(headers) ?? textEvidence(words, signs);
}

function subjectEvidence(headers: HeaderFields): string | null {
  if (isQuestionOf(headers)) return null;
  const raw = startOfField(headers, 'subject');
  const subject = bareSubject(raw);
  // "Auto:" in front of nothing: the answer to a message without a subject. In front of a subject people write it of cars.
  if (bareSubjects.has(subject)) return `subject "${subject}" and nothing else`;
  const tag = /^(?:re: ?)?\[([^\]]{3,60})\]/.exec(fold(raw))?.[1] ?? '';
  const start = replySubjects.startOf(subject) ?? replySubjects.startOf(tag);
  if (start !== null) return `subject begins "${start.phrase}" (${start.why})`;
  const mark = replyMarks.firstIn(subject);
  return mark === null ? null : `subject "${mark.phrase}" (${mark.why})`;
}

function textEvidence(words: string, { automated, bulk }: SenderSigns): string | null {
  const folded = fold(withoutQuotes(words).slice(0, 4000));
  if (folded === '' || folded.length > (automated ? 3 : 1) * longestReply) return null;
  const table = automated || bulk ? programReplyTexts : replyTexts;
  const hit = table.firstIn(folded.slice(0, longestReply));
  return hit === null ? null : `text "${hit.phrase}" (${hit.why})`;
}

/** Why the sender is a service that asks for proof, whatever the text says; null when it is none. */
export function challengeServiceEvidence(headers: HeaderFields): string | null {
  const hit = challengeServices.firstIn(fold(`${startOfField(headers, 'return-path')} ${startOfField(headers, 'from')}`));
  return hit === null ? null : `sent by a challenge service: "${hit.phrase}" (${hit.why})`;
}

/** Why it asks the sender to prove who he is; null when it does not. */
export function challengeEvidence(headers: HeaderFields, words: string): string | null {
  const sender = fold(`${startOfField(headers, 'return-path')} ${startOfField(headers, 'from')} ${startOfField(headers, 'subject')}`);
  const text = fold(words.slice(0, challengeStart));
  // One word of a product's name is not enough: the text must ask for something too.
  const asks = requestPhrases.firstIn(text) !== null;
  const hit = challengeServices.firstIn(sender) ?? challengePhrases.firstIn(`${sender} ${text}`);
  return hit !== null && asks ? `asks the sender to confirm: "${hit.phrase}" (${hit.why})` : null;
}

/** A person who writes about an automatic answer has a conversation behind him, and a program has not. */
const isQuestionOf = (headers: HeaderFields): boolean => /^(?:re|aw|fwd?|wg): /i.test(startOfField(headers, 'subject')) && headers.has('references');

const withoutQuotes = (text: string): string => text.replace(/^>.*$/gm, '');
