// The way in: what a message is, whom and what it reports about, and from what evidence. Pure; bounded by limits; in time linear in the message.
import type { MessageLimits, MessageUnderstanding } from '../../model/understanding.ts';
import { type Feedback, feedbackOf } from './feedback.ts';
import { startOfField } from './header.ts';
import { judge } from './judge.ts';
import { languageOf } from './language.ts';
import { defaultMessageLimits } from './limits.ts';
import { messageText } from './message-text.ts';
import { readMime } from './mime-tree.ts';
import {
  addressesOfReport,
  diagnose,
  failedInWords,
  failedRecipients,
  originalMessageId,
  originalTo,
  successCodes,
  tellingStatuses,
} from './report-details.ts';
import { readReport, type ReportReading } from './report-reading.ts';
import { recipientsIn, serverWords } from './report-words.ts';
import { senderSigns, type SenderSigns } from './sender-signs.ts';
import { sesNotification, type SesNotification } from './ses-notification.ts';
import { codesIn } from './status-codes.ts';

export type { MessageUnderstanding } from '../../model/understanding.ts';

/** What is said of the message reported about. */
type Said = Pick<MessageUnderstanding, 'kind' | 'reason' | 'hard' | 'status' | 'replyCode' | 'failedRecipients' | 'originalTo' | 'feedbackType' | 'evidence'>;

/** Nothing said: the rest of an answer that is about no delivery. */
const silent = { reason: null, hard: null, status: null, replyCode: null, failedRecipients: [], originalTo: null, feedbackType: null } as const;

/** Understands one message, given with any line ends. */
export function understand(raw: Buffer, limits: MessageLimits = defaultMessageLimits): MessageUnderstanding {
  const { root, truncated } = readMime(messageText(raw, limits.bytes), limits);
  const reading = readReport(root, limits);
  const signs = senderSigns(reading.headers);
  const notification = sesNotification(reading.words, startOfField(reading.headers, 'from'));
  const feedback = feedbackOf(reading);
  const said = feedback !== null ? ofFeedback(feedback, reading) : notification !== null ? ofNotification(notification) : ofReport(reading, signs);
  return {
    ...said,
    originalMessageId: notification?.messageId ?? (said.kind === 'not-a-report' ? null : originalMessageId(reading)),
    language: languageOf(reading.words),
    returned: reading.returned,
    headers: reading.headers,
    automated: signs.automated || said.kind !== 'not-a-report',
    list: signs.list,
    bulk: signs.bulk,
    truncated: truncated || raw.length > limits.bytes,
  };
}

function ofFeedback({ feedbackType, recipient, evidence }: Feedback, reading: ReportReading): Said {
  return { ...silent, kind: 'feedback', originalTo: recipient ?? originalTo(reading), feedbackType, evidence };
}

function ofNotification({ kind, recipients, permanent, diagnostic, status }: SesNotification): Said {
  const evidence = [`notification of Amazon SES: ${kind}`];
  const [first = null] = recipients;
  if (kind === 'feedback') return { ...silent, kind, originalTo: first, feedbackType: 'abuse', evidence };
  if (kind === 'delivered') {
    const [, replyCode = null, success = null] = /^(2\d\d)[ -](?:(2\.[0-7]\.\d{1,3}))?/.exec(diagnostic) ?? [];
    return { ...silent, kind, status: status ?? success, replyCode, originalTo: first, evidence };
  }
  const codes = codesIn(diagnostic);
  const group = {
    action: 'failed',
    finalRecipient: first,
    originalRecipient: null,
    status: status ?? codes.status,
    diagnostic,
    replyCode: codes.replyCode,
  } as const;
  const { reason, hard, ...said } = diagnose(emptyReading, kind, [group], '');
  return {
    ...silent,
    kind,
    ...said,
    reason,
    hard: kind === 'delayed' ? false : (permanent ?? hard),
    failedRecipients: recipients,
    originalTo: first,
    evidence,
  };
}

/** For what brings its diagnosis along. */
const emptyReading: ReportReading = {
  headers: new Map(),
  type: '',
  reportType: '',
  words: '',
  statuses: [],
  statusesFrom: null,
  feedback: null,
  disposition: null,
  returned: null,
  attachments: 0,
  enclosed: null,
};

/** The report inside, where a program passes one on and says nothing itself. */
function unwrapped(reading: ReportReading, signs: SenderSigns): ReportReading {
  const { enclosed, headers } = reading;
  if (enclosed === null || enclosed.statuses.length === 0 || reading.statuses.length > 0 || !signs.automated) return reading;
  return recipientsIn(reading.words, addressesOfReport(reading, signs)).named.length > 0 ? reading : { ...enclosed, headers };
}

function ofReport(whole: ReportReading, signs: SenderSigns): Said {
  const reading = unwrapped(whole, signs);
  const inWords = recipientsIn(reading.words, addressesOfReport(reading, signs));
  const quoted = serverWords(reading.words);
  const { kind, evidence } = judge({ reading, signs, named: inWords.named.length, hasServerWords: quoted !== '' });
  if (kind === 'delivered') return { ...silent, kind, ...successCodes(reading), originalTo: originalTo(reading), evidence };
  if (kind !== 'bounce' && kind !== 'delayed') return { ...silent, kind, evidence, originalTo: kind === 'not-a-report' ? null : originalTo(reading) };
  const telling = tellingStatuses(reading, kind);
  const { reason, hard, status, replyCode } = diagnose(reading, kind, telling, quoted);
  const recipients = failedRecipients(reading, telling, failedInWords(reading, signs, inWords));
  return { ...silent, kind, reason, hard, status, replyCode, failedRecipients: recipients, originalTo: originalTo(reading) ?? recipients[0] ?? null, evidence };
}
