// Postfix smtp, lmtp, local, virtual, pipe, error, discard: how each recipient's delivery went.
import type { LogOutcome } from '../../../model/log-event.ts';
import { type LogLine, namesNobody, openReading, type Reading, reading } from '../line.ts';
import { queuedAs } from './action.ts';
import { endOfStatus, replyAt, valueAt } from './scan.ts';
import { ofMessage } from './smtpd.ts';

const outcomes: Readonly<Record<string, LogOutcome>> = {
  sent: 'delivered',
  bounced: 'bounced',
  deferred: 'deferred',
  expired: 'expired',
  // Answers to questions of smtpd whether an address exists: no message was sent.
  deliverable: 'accepted',
  undeliverable: 'refused',
  SOFTBOUNCE: 'deferred',
};

/** A line of a delivery agent; `from` is the place after the queue id. Null: not understood. */
export function readDelivery(line: LogLine, queueId: string | null, from: number): Reading | null {
  const { text } = line;
  if (queueId === null) return withoutMessage(text);
  if (text.startsWith('to=', from))
    return delivery(text, queueId, from + 3) ?? reading('other', { queueId, to: valueAt(text, from + 3), reason: text.slice(from) });
  const reply = saidBy(text, from);
  if (reply === null) return reading('notice', { queueId, reason: text.slice(from) });
  const { code, status } = replyAt(text, reply);
  return reading('notice', { queueId, replyCode: code, status, reason: text.slice(reply) });
}

/** `<rcpt>, relay=a[192.0.2.7]:25, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as X)`. */
function delivery(text: string, queueId: string, from: number): Reading | null {
  const statusAt = text.indexOf(', status=', from);
  if (statusAt < 0) return null;
  const wordFrom = statusAt + 9;
  const space = text.indexOf(' ', wordFrom);
  const word = text.slice(wordFrom, space < 0 ? text.length : space);
  const outcome = outcomes[word] ?? null;
  const dsnAt = text.lastIndexOf(', dsn=', statusAt);
  const dsnEnd = dsnAt < 0 ? -1 : endOfStatus(text, dsnAt + 6);
  const parenthesis = space >= 0 && text.charCodeAt(space + 1) === 40;
  const reasonFrom = parenthesis ? space + 2 : space < 0 ? text.length : space + 1;
  const end = text.charCodeAt(text.length - 1) === 41 ? text.length - 1 : text.length;
  const reply = saidBy(text, reasonFrom) ?? reasonFrom;
  const made = openReading('delivery');
  made.queueId = queueId;
  made.to = valueAt(text, from);
  made.outcome = outcome;
  made.status = dsnEnd < 0 ? null : text.slice(dsnAt + 6, dsnEnd);
  made.replyCode = replyAt(text, reply).code;
  made.reason = text.slice(reasonFrom, end);
  if (outcome === 'delivered' && isFilter(text, from)) made.nextQueueId = queuedAs(text, reasonFrom);
  return made;
}

/** Handed to a content filter of the host: only then the id in its answer is one of this log. */
function isFilter(text: string, from: number): boolean {
  const relay = text.indexOf(', relay=', from);
  const open = relay < 0 ? -1 : text.indexOf('[', relay);
  return open >= 0 && (text.startsWith('127.', open + 1) || text.startsWith('::1]', open + 1));
}

/** Where the reply begins that another server is reported to have given; null when none is reported. */
function saidBy(text: string, from: number): number | null {
  if (!text.startsWith('host ', from)) return null;
  for (const mark of [' said: ', ' refused to talk to me: ']) {
    const at = text.indexOf(mark, from);
    if (at >= 0) return at + mark.length;
  }
  return null;
}

/** Connections of ours to others. */
function withoutMessage(text: string): Reading | null {
  const tls = text.indexOf('TLS connection ');
  if (tls >= 0 && tls < 20) return reading('tls', { reason: text });
  if (text.startsWith('warning: ')) return /^warning: (?:[0-9A-F]{5,}|[0-9][0-9B-Zb-z]{9,}): /.test(text) ? ofMessage(text, 9) : namesNobody;
  const named = [
    'connect to ',
    'lost connection with ',
    'SSL_connect error to ',
    'certificate ',
    'conversation with ',
    'server certificate ',
    'Host offered STARTTLS',
    'setting up TLS',
    'host ',
    'initializing the client-side',
    'Peer ',
    'CA certificate ',
    'Untrusted ',
    'Trusted ',
  ];
  return named.some((start) => text.startsWith(start)) ? reading('notice', { reason: text }) : null;
}
