// `reject: RCPT from name[192.0.2.7]: 550 5.1.1 <x@y>: words; from=<a> to=<b> proto=ESMTP helo=<c>`: what smtpd, postscreen and cleanup
// write when something is done with a command or a message.
import { type LogLine, type Reading, reading } from '../line.ts';
import { isHostileRefusal } from './refusal.ts';
import { clientAt, peerAt, replyAt, type ReplyAt, valueAfter } from './scan.ts';

/** What else is done with a message or a command, besides refusing. */
const otherActions = new Set([
  'reject_warning',
  'warn',
  'warning',
  'info',
  'hold',
  'discard',
  'redirect',
  'filter',
  'prepend',
  'append',
  'replace',
  'delay',
  'delayed',
  'bcc',
  'strip',
  'ignore',
  'dunno',
  'permit',
  'trigger',
  'quarantine',
  'milter-hold',
  'milter-discard',
  'milter-quarantine',
  'milter-accept',
  'milter-shutdown',
]);

/** The line as an action; null when it is none. `id` is its queue id, null for NOQUEUE; `from` is the place after it. */
export function readAction(line: LogLine, id: string | null, from: number): Reading | null {
  const { text } = line;
  const colon = text.indexOf(': ', from);
  if (colon < 0 || colon - from > 20) return null;
  const action = text.slice(from, colon);
  if (action.endsWith('reject')) return refusal(line, id, colon + 2);
  if (action === 'proxy-accept') return proxyAccept(line, id, colon + 2);
  if (!otherActions.has(action)) return null;
  return id === null && !text.startsWith('NOQUEUE') ? null : notice(line, id, { from, colon, action });
}

/** Where the words end and `; from=<...> to=<...>` begins. */
function tailOf(text: string, from: number): number {
  for (const mark of ['; from=<', '; to=<', '; proto=']) {
    const at = text.indexOf(mark, from);
    if (at >= 0) return at;
  }
  return text.length;
}

/** `STAGE from name[address]: reply` or `STAGE: reply` of a content filter behind smtpd. */
function refusal(line: LogLine, queueId: string | null, from: number): Reading {
  const { text } = line;
  if (text.startsWith('header ', from) || text.startsWith('body ', from) || text.startsWith('mime header', from)) return contentRefusal(line, queueId, from);
  const word = text.indexOf(' from ', from);
  const peer = word < 0 || word - from > 20 ? null : peerAt(text, word + 6);
  const colon = text.indexOf(': ', peer?.end ?? from);
  const wordsFrom = colon < 0 ? text.length : colon + 2;
  const reply = replyAt(text, wordsFrom);
  const tail = tailOf(text, reply.end);
  const reason = withoutSubject(text, reply.end, tail);
  return reading('reject', {
    client: peer?.client ?? null,
    queueId,
    ...envelope(text, tail),
    ...outcomeOf(reply, reason),
    reason,
    session: peer === null ? sessionOf(line) : null,
  });
}

/** `reject: header Subject: x from name[address]; from=<a> to=<b> proto=ESMTP helo=<c>: 5.7.1 words`. */
function contentRefusal(line: LogLine, queueId: string | null, from: number): Reading {
  const { text } = line;
  const tail = lastTail(text, from);
  const words = text.indexOf('>: ', tail);
  const reply = words < 0 ? { code: null, status: null, end: tail } : replyAt(text, words + 3);
  return reading('reject', {
    client: clientBefore(text, tail),
    unsureClient: true,
    queueId,
    ...envelope(text, tail),
    ...outcomeOf(reply, ''),
    reason: words < 0 ? text.slice(from, tail) : text.slice(reply.end),
  });
}

/** The header in such a line is the stranger's own words: the last mark is the one that Postfix wrote, unless an address imitates it. */
function lastTail(text: string, from: number): number {
  const at = Math.max(text.lastIndexOf('; from=<'), text.lastIndexOf('; proto='));
  return at < from ? text.length : at;
}

function clientBefore(text: string, tail: number): Reading['client'] {
  const word = text.lastIndexOf(' from ', tail);
  return word < 0 ? null : clientAt(text, word + 6);
}

function outcomeOf(reply: ReplyAt, reason: string): Pick<Reading, 'outcome' | 'replyCode' | 'status' | 'hostile'> {
  const first = (reply.code ?? reply.status ?? '').charCodeAt(0);
  // Without a number postscreen has no place for the client: too many connections from it, or from everybody.
  const hostile =
    first === 52 || first === 53
      ? isHostileRefusal(reply.code, reply.status, reason)
      : reason !== 'all server ports busy' && reason !== 'all screening ports busy';
  return { outcome: first === 52 ? 'deferred' : 'refused', replyCode: reply.code, status: reply.status, hostile };
}

function envelope(text: string, tail: number): Pick<Reading, 'from' | 'to' | 'user'> {
  if (tail >= text.length) return { from: null, to: null, user: null };
  const from = valueAfter(text, ' from=', tail);
  return { from, to: valueAfter(text, ' to=', tail), user: valueAfter(text, ' sasl_username=', tail) };
}

/** The words without the `<address>: ` they begin with: that is in `to` or `from`, and words that are alike should look alike. */
function withoutSubject(text: string, from: number, tail: number): string {
  if (text.charCodeAt(from) === 60) {
    const end = text.indexOf('>: ', from);
    if (end >= 0 && end < tail) return text.slice(end + 3, tail);
  }
  return text.slice(text.startsWith(': ', from) ? from + 2 : from, tail);
}

/** `proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as 4CsPf; from=<a> to=<b>`: the filter behind smtpd took the message. */
function proxyAccept(line: LogLine, queueId: string | null, from: number): Reading {
  const { text } = line;
  const colon = text.indexOf(': ', from);
  const reply = replyAt(text, colon + 2);
  const tail = tailOf(text, reply.end);
  return reading('notice', {
    queueId,
    ...envelope(text, tail),
    outcome: 'accepted',
    replyCode: reply.code,
    status: reply.status,
    reason: text.slice(reply.end, tail),
    session: sessionOf(line),
    nextQueueId: queuedAs(text, from),
  });
}

/** The queue id in `queued as 4CsPf`; null when there is none. */
export function queuedAs(text: string, from: number): string | null {
  const at = text.indexOf('queued as ', from);
  if (at < 0) return null;
  let end = at + 10;
  while (end < text.length && end - at < 50 && isIdCode(text.charCodeAt(end))) end++;
  return end - at - 10 < 5 ? null : text.slice(at + 10, end);
}

const isIdCode = (code: number): boolean => (code >= 48 && code <= 57) || ((code & 0xdf) >= 65 && (code & 0xdf) <= 90) || code === 45;

interface NoticeParts {
  readonly from: number;
  readonly colon: number;
  readonly action: string;
}

/** A warning, a hold, a filter, a rewritten header: nothing was refused. */
function notice(line: LogLine, queueId: string | null, { from, colon, action }: NoticeParts): Reading {
  const { text } = line;
  const word = text.indexOf(' from ', colon);
  const early = word >= 0 && word - colon < 22 ? peerAt(text, word + 6) : null;
  const content = early === null;
  const tail = content ? lastTail(text, colon) : tailOf(text, colon);
  const reply = action === 'reject_warning' && early !== null ? replyAt(text, early.end + 2) : null;
  return reading('notice', {
    client: content ? clientBefore(text, tail) : early.client,
    unsureClient: content,
    queueId,
    ...envelope(text, tail),
    replyCode: reply?.code ?? null,
    status: reply?.status ?? null,
    reason: reply === null ? (early === null ? text.slice(from, tail) : withoutSubject(text, early.end + 2, tail)) : withoutSubject(text, reply.end, tail),
  });
}

/** The connection that a process serves: smtpd speaks with one client at a time. */
export const sessionOf = (line: LogLine): string => line.pid;
