// Complaints that a provider sends on: RFC 5965 reports, the forms of AOL, Hotmail and Comcast before it, and the notifications of Amazon SES.
import type { HeaderFields } from '../../model/understanding.ts';
import { addressesIn } from './address-text.ts';
import { fieldOf, startOfField } from './header.ts';
import { fold } from './phrases.ts';
import type { ReportReading } from './report-reading.ts';
import { complaintSubjects } from './rules/notices.ts';
import { isSentOn } from './subject-prefix.ts';

export interface Feedback {
  /** Feedback-Type, lower case. */
  readonly feedbackType: string;
  readonly recipient: string | null;
  readonly evidence: readonly string[];
}

/** Fields by which the older forms show themselves, and who writes them. They stand in the returned message. */
const markFields: readonly (readonly [name: string, why: string])[] = [
  ['x-hmxmroriginalrecipient', 'Hotmail, JMRP'],
  ['x-aol-inrly', 'AOL'],
];

/** What the report complains about; null when it is no complaint. */
export function feedbackOf(reading: ReportReading): Feedback | null {
  return standardFeedback(reading) ?? olderFeedback(reading);
}

function standardFeedback({ feedback, reportType, returned }: ReportReading): Feedback | null {
  if (feedback === null && reportType !== 'feedback-report') return null;
  const fields: HeaderFields = feedback ?? new Map();
  const recipient =
    fieldOf(fields, 'original-rcpt-to') || fieldOf(fields, 'removal-recipient') || fieldOf(returned?.headers ?? new Map(), 'x-hmxmroriginalrecipient');
  return {
    feedbackType: /^[a-z-]{1,40}/.exec(fieldOf(fields, 'feedback-type').toLowerCase())?.[0] ?? 'abuse',
    recipient: addressesIn(recipient, 1)[0]?.address ?? null,
    evidence: [feedback === null ? 'declared as a feedback report (RFC 5965)' : 'feedback report part (RFC 5965)'],
  };
}

function olderFeedback(reading: ReportReading): Feedback | null {
  // Who sends a complaint on asks somebody about it.
  if (isSentOn(startOfField(reading.headers, 'subject'))) return null;
  const inner: HeaderFields = reading.returned?.headers ?? new Map();
  const mark = markFields.find(([name]) => inner.has(name));
  const subject = fold(startOfField(reading.headers, 'subject'));
  const complaint = complaintSubjects.firstIn(subject);
  const recipient = addressesIn(fieldOf(inner, 'x-hmxmroriginalrecipient'), 1)[0]?.address ?? null;
  if (mark !== undefined) return { feedbackType: 'abuse', recipient, evidence: [`field ${mark[0]} in the returned message (${mark[1]})`] };
  // Without a machine-readable part a subject alone is not enough: the complained-of message must be there too.
  if (complaint === null || reading.returned?.from !== 'part' || /^(?:re|fwd?|aw|wg):/.test(subject)) return null;
  if (reading.statuses.length > 0) return null;
  return { feedbackType: 'abuse', recipient, evidence: [`subject "${complaint.phrase}" (${complaint.why}) with the message it is about`] };
}
