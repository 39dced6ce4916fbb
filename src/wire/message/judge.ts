// From what was read to what it is: each sign has a weight, and what weighs enough is called by its name. A machine-readable part decides alone;
// words need the company of a sender or an envelope that fits, because anybody can write "could not be delivered".
import type { MessageKind } from '../../model/understanding.ts';
import { firstAddress } from './address-text.ts';
import { autoReplyEvidence, challengeEvidence, challengeServiceEvidence } from './auto-reply.ts';
import type { DeliveryAction } from './delivery-status.ts';
import { fieldOf, startOfField } from './header.ts';
import { fold } from './phrases.ts';
import type { ReportReading } from './report-reading.ts';
import { type Outcome, subjectOutcomes, textOutcomes } from './rules/non-delivery.ts';
import { type NoticeKind, noticePhrases, noticeSenders } from './rules/notices.ts';
import { bounceAddress, type SenderSigns } from './sender-signs.ts';

/** What the message is, and from what. */
export interface Judgement {
  readonly kind: MessageKind;
  readonly evidence: readonly string[];
}

export interface JudgedFacts {
  readonly reading: ReportReading;
  readonly signs: SenderSigns;
  /** Addresses that the words name as failed. */
  readonly named: number;
  /** The words quote a server's refusal. */
  readonly hasServerWords: boolean;
}

/** What signs must weigh together to make a report of words. */
const enough = 6;

/** The kind of a message that is no complaint. */
export function judge(facts: JudgedFacts): Judgement {
  return (
    byChallengeService(facts) ??
    byStatus(facts) ??
    byChallenge(facts) ??
    byAutoReply(facts) ??
    byNotice(facts) ??
    byWords(facts) ??
    byReceipt(facts) ?? { kind: 'not-a-report', evidence: [] }
  );
}

const kindOfAction = { failed: 'bounce', delayed: 'delayed', delivered: 'delivered', relayed: 'delivered', expanded: 'delivered' } as const satisfies Record<
  DeliveryAction,
  MessageKind
>;

/** RFC 3464: one failed recipient makes it a bounce. */
function byStatus({ reading, signs }: JudgedFacts): Judgement | null {
  const { statuses, statusesFrom } = reading;
  const actions = statuses.map(({ action }) => action).filter((action) => action !== null);
  const worst = (['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const).find((action) => actions.includes(action));
  if (worst === undefined) return null;
  // Fields among the words may be what a person quotes; then the sender must fit.
  if (statusesFrom === 'words' && !signs.automated && subjectOutcome(reading) === null) return null;
  const where = statusesFrom === 'part' ? 'delivery status part' : 'delivery status among the words';
  return { kind: kindOfAction[worst], evidence: [`${where}: ${worst} (RFC 3464)`] };
}

/** Services that dress their questions as reports: their name in the envelope or From tells. */
function byChallengeService({ reading, signs }: JudgedFacts): Judgement | null {
  const evidence = reading.type === 'multipart/report' && signs.daemon === null ? challengeServiceEvidence(reading.headers) : null;
  return evidence === null ? null : { kind: 'challenge', evidence: [evidence] };
}

function byChallenge({ reading, signs }: JudgedFacts): Judgement | null {
  if (signs.list) return null;
  const evidence = challengeEvidence(reading.headers, reading.words);
  if (evidence === null) return null;
  const isLikely =
    signs.automated || signs.bulk || /^(?:re:|your (?:e-?mail|message)|please|confirm|verify|action required)/i.test(startOfField(reading.headers, 'subject'));
  return isLikely ? { kind: 'challenge', evidence: [evidence] } : null;
}

function byAutoReply(facts: JudgedFacts): Judgement | null {
  const { reading, signs } = facts;
  const evidence = autoReplyEvidence(reading.headers, reading.words, signs);
  if (evidence === null) return null;
  // Mail servers mark their bounces as auto-replied too (RFC 3834 2).
  if (signs.daemon !== null && (subjectOutcome(reading) !== null || facts.named > 0)) return null;
  if (reading.reportType === 'delivery-status' || reading.headers.has('x-failed-recipients')) return null;
  return { kind: 'autoreply', evidence: [evidence] };
}

/** RFC 8098: the message has arrived, whatever became of it then. */
function byReceipt({ reading }: JudgedFacts): Judgement | null {
  if (reading.disposition === null && reading.reportType !== 'disposition-notification') return null;
  const disposition = fieldOf(reading.disposition ?? new Map(), 'disposition');
  return { kind: 'delivered', evidence: [`receipt: ${disposition.slice(0, 80) || 'disposition notification'} (RFC 8098)`] };
}

function subjectOutcome({ headers }: ReportReading): { readonly outcome: Outcome; readonly evidence: string } | null {
  const subject = fold(startOfField(headers, 'subject'));
  // A person's answer to a report, or the report sent on.
  if (/^(?:re|aw|fwd?|wg|sv|tr|rv):/.test(subject) && !/\((?:delivery failed|non remis)/.test(subject)) return null;
  const hit = subjectOutcomes.firstIn(subject);
  return hit === null ? null : { outcome: hit.meaning, evidence: `subject "${hit.phrase}" (${hit.why})` };
}

function byWords(facts: JudgedFacts): Judgement | null {
  const { reading, signs, named, hasServerWords } = facts;
  const subject = subjectOutcome(reading);
  const text = textOutcomes.firstIn(fold(reading.words.slice(0, 16_000)));
  const weighed: readonly (readonly [weight: number, evidence: string | null])[] = [
    [6, reading.headers.has('x-failed-recipients') ? 'field X-Failed-Recipients (Exim, Gmail)' : null],
    [4, reading.reportType === 'delivery-status' ? 'declared as a delivery status (RFC 3462)' : null],
    [3, signs.daemon === null ? null : `sent by ${signs.daemon}`],
    [2, signs.nullPath ? 'empty envelope sender (RFC 5321 4.5.5)' : null],
    [3, subject?.evidence ?? null],
    [3, text === null ? null : `text "${text.phrase}" (${text.why})`],
    [1, reading.returned === null ? null : 'returns a message'],
    [1, named > 0 ? 'names who was not reached' : null],
    [1, hasServerWords ? "quotes a server's refusal" : null],
    [-3, signs.list && signs.daemon === null && !signs.nullPath && !isForBounces(reading) ? 'came through a list' : null],
    [-2, reading.headers.has('references') && !signs.automated ? 'part of a conversation' : null],
  ];
  const given = weighed.filter((row): row is readonly [number, string] => row[1] !== null);
  const weight = given.reduce((sum, [one]) => sum + one, 0);
  if (weight < enough || (subject === null && text === null && reading.reportType !== 'delivery-status' && !reading.headers.has('x-failed-recipients')))
    return null;
  if (posesAsReport(facts))
    return { kind: 'not-a-report', evidence: ['poses as a report: names nobody, quotes no server, returns nothing, and brings a file or a link'] };
  const evidence = given
    .filter(([one]) => one > 0)
    .sort((a, b) => b[0] - a[0])
    .map(([, words]) => words);
  return { kind: kindOfOutcome(subject?.outcome ?? null, text?.meaning ?? null, reading.words), evidence };
}

/** Sent to the address of a list that exists for bounces (Mailman, Majordomo, ezmlm). */
const isForBounces = ({ headers }: ReportReading): boolean => bounceAddress.test((firstAddress(startOfField(headers, 'to')) ?? '').toLowerCase());

/** Worms and spam come as "Mail Delivery System" with a file to open or a link to follow, and without all that a report is for. */
function posesAsReport({ reading, named, hasServerWords }: JudgedFacts): boolean {
  if (named > 0 || hasServerWords || reading.returned !== null || reading.headers.has('x-failed-recipients') || reading.statuses.length > 0) return false;
  return reading.attachments > 0 || /https?:\/\//i.test(reading.words);
}

/** Said of a message that was late and is now given up. */
const finalWords =
  /\bgiv(?:en|ing) up\b|\bpermanent|no further (?:delivery )?attempts|not (?:going to )?try again|will not be retried|has been removed from the queue/i;

/** The subject's word counts most: "failed" reports often say that delivery was delayed before. */
function kindOfOutcome(subject: Outcome | null, text: Outcome | null, words: string): MessageKind {
  if (subject === 'delayed' || subject === 'delivered') return subject;
  // Symantec and others call a delay a failure in the subject, and say in the text that they go on trying.
  return text === 'delayed' && !finalWords.test(words.slice(0, 8000)) ? 'delayed' : 'bounce';
}

/** Filters that tell the sender what they found; those that name whom they kept it from are bounces. */
function byNotice({ reading, signs, named, hasServerWords }: JudgedFacts): Judgement | null {
  if (signs.list || named > 0 || hasServerWords || reading.reportType === 'delivery-status' || reading.headers.has('x-failed-recipients')) return null;
  const subject = fold(startOfField(reading.headers, 'subject'));
  if (/^(?:re|aw|fwd?|wg):/.test(subject)) return null;
  const sender = `${subject} ${fold(startOfField(reading.headers, 'from'))}`;
  const hit = noticeSenders.firstIn(sender) ?? noticePhrases.firstIn(`${subject} ${fold(reading.words.slice(0, 4000))}`);
  const isProgram =
    signs.automated || signs.bulk || /virus|scan|filter|guard|security|gateway|mailsweeper|mailmarshal/i.test(startOfField(reading.headers, 'from'));
  if (hit === null || !isProgram) return null;
  const kind: NoticeKind = hit.meaning;
  return { kind, evidence: [`filter's notice: "${hit.phrase}" (${hit.why})`] };
}
