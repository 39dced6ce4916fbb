// Courier's SMTP server and queue: `error,relay=::ffff:192.0.2.7,from=<a@b>,to=<c@d>: 550 User unknown.` The relay stands first, before
// anything a stranger wrote.
import { clientOf, namesNobody, reading, type Reading } from '../line.ts';
import type { LogReader, ReadResult } from '../reader.ts';
import { angleAt } from './exim-host.ts';
import { speaksAgainst } from './offence.ts';
import { between, replyOf } from './scan.ts';

export const courierSmtp: LogReader = {
  format: 'courier',
  programs: ['courieresmtpd', 'courieresmtp', 'courierd', 'courierlocal', 'courieruucp', 'courierfax', 'courierdsn'],
  program: 'courier',
  open:
    () =>
    ({ text }) =>
      readCourierSmtp(text),
};

function readCourierSmtp(text: string): ReadResult {
  if (text.startsWith('error,relay=')) return refusal(text);
  if (text.startsWith('started,ip=[')) {
    return reading('connect', { client: clientOf(between(text, 'ip=[', ']') ?? '', null, between(text, 'port=[', ']')) });
  }
  const id = between(`${text},`, 'id=', ',');
  if (id === null) return namesNobody;
  const from = valueOf(text, 'from=');
  if (text.startsWith('newmsg,')) return reading('accept', { queueId: id, from, outcome: 'accepted', reason: text });
  if (text.startsWith('completed,')) return reading('notice', { queueId: id, ends: true });
  const to = valueOf(text, 'addr=');
  const outcome = outcomeOf(text);
  return reading(outcome === null ? 'notice' : 'delivery', { queueId: id, from, to, outcome, reason: text.slice(text.lastIndexOf('>') + 1) });
}

function refusal(text: string): Reading {
  const relayEnd = text.indexOf(',', 'error,relay='.length);
  const relay = text.slice('error,relay='.length, relayEnd < 0 ? text.length : relayEnd);
  const message = between(text, ',msg="', '"', relayEnd);
  const reason = message ?? wordsBehindAddresses(text);
  const reply = replyOf(reason);
  const isAuth = reply.replyCode === '535';
  const port = text.startsWith(',port=', relayEnd) ? (/^\d{1,5}/.exec(text.slice(relayEnd + 6, relayEnd + 11))?.[0] ?? null) : null;
  const isTemporary = reply.replyCode?.startsWith('4') === true;
  return reading(isAuth ? 'auth' : 'reject', {
    client: clientOf(relay, null, port),
    from: valueOf(text, 'from='),
    to: valueOf(text, 'to='),
    hostile: isAuth || speaksAgainst(reason, reply.replyCode),
    outcome: isAuth ? 'failed' : isTemporary ? 'deferred' : 'refused',
    ...reply,
    reason,
  });
}

/** `...,to=<c@d>: 550 User unknown.` */
function wordsBehindAddresses(text: string): string {
  const to = text.indexOf(',to=');
  const angle = to < 0 ? null : angleAt(text, to + 4);
  const at = text.indexOf(': ', angle?.end ?? 0);
  return at < 0 ? text : text.slice(at + 2);
}

function valueOf(text: string, name: string): string | null {
  const at = text.indexOf(`,${name}`);
  return at < 0 ? null : (angleAt(text, at + 1 + name.length)?.address ?? null);
}

function outcomeOf(text: string): Reading['outcome'] {
  if (/,(?:status: )?success/.test(text)) return 'delivered';
  if (/,(?:status: )?deferred/.test(text)) return 'deferred';
  return /,(?:status: )?fail/.test(text) ? 'bounced' : null;
}
