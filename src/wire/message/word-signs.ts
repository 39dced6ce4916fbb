// A report without a machine-readable part: each sign has a weight, and what weighs enough is one. Words need the company of a sender or an
// envelope that fits, because anybody can write "could not be delivered".
import type { MessageKind } from '../../model/understanding.ts';
import { firstAddress } from './address-text.ts';
import { startOfField } from './header.ts';
import type { JudgedFacts, Judgement } from './judge.ts';
import { fold } from './phrases.ts';
import type { ReportReading } from './report-reading.ts';
import { deliveryTrouble } from './rules/delivery-trouble.ts';
import { houseSubjects, type Outcome, subjectOutcomes, textOutcomes } from './rules/non-delivery.ts';
import { bounceAddress } from './sender-signs.ts';
import { isSentOn } from './subject-prefix.ts';

/** What signs must weigh together to make a report of words that we know. */
const enough = 6;
/** The same without a wording that we know: sender, envelope and shape must say it all. */
const enoughWithoutWords = 7;

/** What a subject or a text says of delivery, and why we think so. */
export interface SaidOutcome {
  readonly outcome: Outcome;
  readonly evidence: string;
}

/** What the subject says, unless it is a person's who answers a report or sends one on. */
export function subjectOutcome({ headers }: ReportReading): SaidOutcome | null {
  const raw = startOfField(headers, 'subject');
  const subject = fold(raw);
  // A French gateway answers with "Re:" itself, and says what it is behind it.
  if ((isSentOn(raw) || /^(?:re|aw|sv): ?/.test(subject)) && !/\((?:delivery failed|non remis)/.test(subject)) return null;
  const hit = subjectOutcomes.firstIn(subject);
  return hit === null ? null : { outcome: hit.meaning, evidence: `subject "${hit.phrase}" (${hit.why})` };
}

/** What the text says in a wording that we know. */
export function textOutcome({ words }: ReportReading): SaidOutcome | null {
  const hit = textOutcomes.firstIn(fold(words.slice(0, 16_000)));
  return hit === null ? null : { outcome: hit.meaning, evidence: `text "${hit.phrase}" (${hit.why})` };
}

type Sign = readonly [weight: number, evidence: string];
const sign = (weight: number, holds: boolean, evidence: string): readonly Sign[] => (holds ? [[weight, evidence]] : []);

/** Signs that need no wording: sender, envelope, shape. */
function bareSigns({ reading, signs, named, hasServerWords }: JudgedFacts): readonly Sign[] {
  return [
    ...sign(6, reading.headers.has('x-failed-recipients'), 'field X-Failed-Recipients (Exim, Gmail)'),
    ...sign(4, reading.reportType === 'delivery-status', 'declared as a delivery status (RFC 3462)'),
    ...sign(3, signs.daemon !== null, `sent by ${signs.daemon}`),
    ...sign(2, signs.nullPath, 'empty envelope sender (RFC 5321 4.5.5)'),
    ...sign(1, signs.daemon === null && isNobody(reading), 'sent by an address that nobody reads'),
    ...sign(1, reading.returned !== null, 'returns a message'),
    ...sign(1, named > 0, 'names who was not reached'),
    ...sign(1, hasServerWords, "quotes a server's refusal"),
    ...sign(-3, signs.list && signs.daemon === null && !signs.nullPath && !isForBounces(reading), 'came through a list'),
    ...sign(-2, reading.headers.has('references') && !signs.automated, 'part of a conversation'),
  ];
}

const weightOf = (given: readonly Sign[]): number => given.reduce((sum, [one]) => sum + one, 0);

/** A report by its words and its company; null where it is none. */
export function byWords(facts: JudgedFacts): Judgement | null {
  const { reading } = facts;
  if (houseSubjects.firstIn(fold(startOfField(reading.headers, 'subject'))) !== null) return null;
  const subject = subjectOutcome(reading);
  const text = textOutcome(reading);
  const bare = bareSigns(facts);
  const isDeclared = reading.reportType === 'delivery-status' || reading.headers.has('x-failed-recipients');
  const spoken = [...sign(3, subject !== null, subject?.evidence ?? ''), ...sign(3, text !== null, text?.evidence ?? ''), ...bare];
  if (subject === null && text === null && !isDeclared) return byShape(facts, bare);
  // What a person pastes into a letter has all the words, and neither a program's sender nor a report's subject.
  if (subject === null && !isDeclared && !facts.signs.automated && !(reading.returned !== null && isNobody(reading))) return null;
  // A postmaster writes to people too; what reports is about somebody, about an answer or about a message.
  if (subject === null && !isDeclared && shapeOf(facts) === 0) return null;
  if (weightOf(spoken) < enough) return null;
  return posesAsReport(facts) ?? { kind: kindOfOutcome(subject?.outcome ?? null, text?.outcome ?? null, reading.words), evidence: weightiest(spoken) };
}

/** Worded as nobody has shown us: a program's letter that names, quotes or returns, and speaks of delivery at all, or does all three. */
function byShape(facts: JudgedFacts, bare: readonly Sign[]): Judgement | null {
  const { reading, signs } = facts;
  const shape = shapeOf(facts);
  if (signs.daemon === null && !signs.nullPath) return null;
  if (shape === 0 || weightOf(bare) + 2 < enoughWithoutWords) return null;
  const trouble = deliveryTrouble(fold(`${startOfField(reading.headers, 'subject')}. ${reading.words.slice(0, 4000)}`));
  const given = [...sign(2, trouble !== null, `speaks of delivery: "${trouble?.words}" (${trouble?.language})`), ...bare];
  // In a language that no table has, a mail server without a sender who names somebody and quotes a refusal says it all.
  const isPlain = shape === 3 || (facts.hasServerWords && shape === 2 && signs.daemon !== null && signs.nullPath);
  if (weightOf(given) < enoughWithoutWords || (trouble === null && !isPlain)) return null;
  return posesAsReport(facts) ?? { kind: kindOfOutcome(null, trouble?.outcome ?? null, reading.words), evidence: weightiest(given) };
}

/** How many of the three marks it has: names who failed, quotes a server, returns a message. */
const shapeOf = ({ named, hasServerWords, reading }: JudgedFacts): number => [named > 0, hasServerWords, reading.returned !== null].filter(Boolean).length;

const weightiest = (given: readonly Sign[]): readonly string[] =>
  given
    .filter(([one]) => one > 0)
    .toSorted((a, b) => b[0] - a[0])
    .map(([, words]) => words);

/** An address that no person writes from. */
const isNobody = ({ headers }: ReportReading): boolean => /^(?:no|do-?_?not)-?_?\.?reply/i.test(firstAddress(startOfField(headers, 'from')) ?? '');

/** Sent to the address of a list that exists for bounces (Mailman, Majordomo, ezmlm). */
const isForBounces = ({ headers }: ReportReading): boolean => bounceAddress.test((firstAddress(startOfField(headers, 'to')) ?? '').toLowerCase());

/** What phishing wants; servers quote links, and ask for no click. */
const asksToClick = /\b(?:click|klicken|cliquez|haga clic|clique|clicca|klik)\b|нажмите|点击|點擊|クリック/i;

/** Worms and spam come as "Mail Delivery System" with a file to open or a link to follow, and without all that a report is for. */
function posesAsReport({ reading, named, hasServerWords }: JudgedFacts): Judgement | null {
  if (
    named > 0 ||
    (hasServerWords && !asksToClick.test(reading.words)) ||
    reading.returned !== null ||
    reading.headers.has('x-failed-recipients') ||
    reading.statuses.length > 0
  )
    return null;
  if (reading.attachments === 0 && !/https?:\/\//i.test(reading.words)) return null;
  return { kind: 'not-a-report', evidence: ['poses as a report: names nobody, quotes no server, returns nothing, and brings a file or a link'] };
}

/** Said of a message that was late and is now given up. */
const finalWords =
  /\bgiv(?:en|ing) up\b|(?<!fails )\bpermanent|no further (?:delivery )?attempts|not (?:going to )?try again|will not be retried|has been removed from the queue|endgültig|aufgegeben|d[ée]finitiv|abandonn[ée]|окончательн|恒久的|永久/i;

/** The subject's word counts most: "failed" reports often say that delivery was delayed before. */
function kindOfOutcome(subject: Outcome | null, text: Outcome | null, words: string): MessageKind {
  if (subject === 'delayed' || subject === 'delivered') return subject;
  if (subject === null && text === 'delivered') return 'delivered';
  // Symantec and others call a delay a failure in the subject, and say in the text that they go on trying.
  return text === 'delayed' && !finalWords.test(words.slice(0, 8000)) ? 'delayed' : 'bounce';
}
