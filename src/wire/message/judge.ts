// From what was read to what it is: one question after the other, the surest first. A machine-readable part decides alone; words are weighed in word-signs.ts.
import type { MessageKind } from '../../model/understanding.ts';
import { autoReplyEvidence, challengeEvidence, challengeServiceEvidence } from './auto-reply.ts';
import type { DeliveryAction } from './delivery-status.ts';
import { fieldOf, startOfField } from './header.ts';
import { fold } from './phrases.ts';
import type { ReportReading } from './report-reading.ts';
import { type NoticeKind, noticePhrases, noticeSenders } from './rules/notices.ts';
import type { SenderSigns } from './sender-signs.ts';
import { isSentOn } from './subject-prefix.ts';
import { byWords, subjectOutcome, textOutcome } from './word-signs.ts';

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
    signs.automated ||
    signs.bulk ||
    challengeServiceEvidence(reading.headers) !== null ||
    /^(?:re:|your (?:e-?mail|message)|please|confirm|verify|action required)/i.test(startOfField(reading.headers, 'subject'));
  return isLikely ? { kind: 'challenge', evidence: [evidence] } : null;
}

function byAutoReply(facts: JudgedFacts): Judgement | null {
  const { reading, signs } = facts;
  const evidence = autoReplyEvidence(reading.headers, reading.words, signs);
  if (evidence === null) return null;
  // Mail servers mark their bounces as auto-replied too (RFC 3834 2).
  const shape = facts.named > 0 || facts.hasServerWords || reading.returned !== null;
  if (signs.daemon !== null && (subjectOutcome(reading) !== null || shape)) return null;
  // People who are away name a deputy and a telephone too: only a report has a report's subject, or brings the message back.
  const saysSo = [facts.named > 0 || facts.hasServerWords, reading.returned !== null || subjectOutcome(reading) !== null, textOutcome(reading) !== null];
  if (saysSo.every(Boolean)) return null;
  if (reading.reportType === 'delivery-status' || reading.headers.has('x-failed-recipients')) return null;
  return { kind: 'autoreply', evidence: [evidence] };
}

/** RFC 8098: the message has arrived, whatever became of it then. */
function byReceipt({ reading }: JudgedFacts): Judgement | null {
  if (reading.disposition === null && reading.reportType !== 'disposition-notification') return null;
  const disposition = fieldOf(reading.disposition ?? new Map(), 'disposition');
  return { kind: 'delivered', evidence: [`receipt: ${disposition.slice(0, 80) || 'disposition notification'} (RFC 8098)`] };
}

/** Filters that tell the sender what they found; those that name whom they kept it from are bounces. */
function byNotice({ reading, signs, named, hasServerWords }: JudgedFacts): Judgement | null {
  if (signs.list || named > 0 || hasServerWords || reading.reportType === 'delivery-status' || reading.headers.has('x-failed-recipients')) return null;
  const rawSubject = startOfField(reading.headers, 'subject');
  const subject = fold(rawSubject);
  if (isSentOn(rawSubject) || /^(?:re|aw|sv):/.test(subject)) return null;
  const sender = `${subject} ${fold(startOfField(reading.headers, 'from'))}`;
  const hit = noticeSenders.firstIn(sender) ?? noticePhrases.firstIn(`${subject} ${fold(reading.words.slice(0, 4000))}`);
  const isProgram =
    signs.automated || signs.bulk || /virus|scan|filter|guard|security|gateway|mailsweeper|mailmarshal/i.test(startOfField(reading.headers, 'from'));
  if (hit === null || !isProgram) return null;
  const kind: NoticeKind = hit.meaning;
  return { kind, evidence: [`filter's notice: "${hit.phrase}" (${hit.why})`] };
}
