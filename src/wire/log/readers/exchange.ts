// Exchange: the message tracking log and the protocol logs of its SMTP connectors, CSV with the names of the columns in a `#Fields:` line.
// Columns are the server's; what a client typed stays in its own.
import { clientOf, namesNobody, reading, type LogLine, type Reading } from '../line.ts';
import type { LogReader, ReadResult } from '../reader.ts';
import { speaksAgainst } from './offence.ts';
import { bareAddress, replyOf } from './scan.ts';

/** Columns of a protocol log without a heading. */
const protocolColumns = ['date-time', 'connector-id', 'session-id', 'sequence-number', 'local-endpoint', 'remote-endpoint', 'event', 'data', 'context'];
/** Columns of the IMAP and POP logs without a heading. */
const mailboxColumns = ['dateTime', 'sessionId', 'seqNumber', 'sIp', 'cIp', 'user', 'duration', 'rqsize', 'rpsize', 'command', 'parameters', 'context'];
const mostColumns = 64;
const mostRecipients = 200;

export const exchange: LogReader = {
  format: 'exchange',
  programs: ['exchange', 'msexchangetransport'],
  program: 'exchange',
  owns: ({ raw }) => /^#(?:Fields: date-?time,|Software: Microsoft Exchange)/i.test(raw) || isRow(raw),
  open: () => {
    let columns: readonly string[] | null = null;
    return (line) => {
      if (!line.raw.startsWith('#')) return readRow(line, columns ?? columnsOf(line.raw));
      if (line.raw.startsWith('#Fields: ')) columns = line.raw.slice('#Fields: '.length).trim().split(',').slice(0, mostColumns);
      return namesNobody;
    };
  },
};

/** `2022-07-20T21:12:06.270Z,connector,08DA4F7C11473A60,9,192.0.2.1:25,198.51.100.7:53722,>,535 5.7.3 ...,`. */
const isProtocolLine = (raw: string): boolean => /^\d{4}-\d\d-\d\dT[0-9:.]{8,12}Z,[^,]{1,200},[0-9A-F]{16},\d+,[^,]{0,80},[^,]{1,80},[-+<>*],/.test(raw);

/** `2022-07-20T21:12:06.270Z,0000000000000C9D,2,192.0.2.1:143,198.51.100.7:60404,joe,15,...` of IMAP and POP. */
const isMailboxLine = (raw: string): boolean => /^\d{4}-\d\d-\d\dT[0-9:.]{8,12}Z,[0-9A-Fa-f]{16},\d+,[^,]{1,80}:\d+,[^,]{1,80}:\d+,/.test(raw);

/** The columns of a line without a heading, told by its shape. */
function columnsOf(raw: string): readonly string[] {
  if (isMailboxLine(raw)) return mailboxColumns;
  return isProtocolLine(raw) ? protocolColumns : [];
}

/** No other mail log begins its lines with a stamp in UTC and a comma. */
const isRow = (raw: string): boolean => /^\d{4}-\d\d-\d\dT[0-9:.]{8,12}Z,(?:[^,]*,){5}/.test(raw);

function readRow(line: LogLine, columns: readonly string[]): ReadResult {
  const cells = cellsOf(line.raw);
  const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
  if (columns.includes('event-id')) return tracked(cell);
  if (columns.includes('cIp')) return mailbox(cell);
  return columns.includes('remote-endpoint') ? protocol(cell) : null;
}

/** RFC 4180: cells in quotes may hold commas, and a quote twice. */
function cellsOf(raw: string): readonly string[] {
  const cells: string[] = [];
  let at = 0;
  while (at <= raw.length && cells.length < mostColumns) {
    if (raw.charAt(at) !== '"') {
      const comma = raw.indexOf(',', at);
      cells.push(raw.slice(at, comma < 0 ? raw.length : comma));
      at = comma < 0 ? raw.length + 1 : comma + 1;
      continue;
    }
    let end = at + 1;
    while (end < raw.length && (raw.charAt(end) !== '"' || raw.charAt(end + 1) === '"')) end += raw.charAt(end) === '"' ? 2 : 1;
    cells.push(raw.slice(at + 1, end).replaceAll('""', '"'));
    at = end + 2;
  }
  return cells;
}

/** One line of an SMTP session: `+` connect, `-` disconnect, `<` received, `>` sent, `*` a remark. */
function protocol(cell: (name: string) => string): Reading {
  const [ip, port] = endpoint(cell('remote-endpoint'));
  const known = { client: clientOf(ip, null, port), session: cell('session-id') || null } as const;
  const words = cell('data');
  const event = cell('event');
  if (event === '+') return reading('connect', known);
  if (event === '-') return reading('disconnect', { ...known, ends: true, reason: cell('context') || null });
  const reply = replyOf(words);
  // On a send connector the remote host is the next hop, and replies are received, not sent.
  if (event === '<' && reply.replyCode !== null) return reading('notice', { session: known.session, ...reply, reason: words });
  if (event !== '>' || reply.replyCode === null || reply.replyCode.startsWith('2')) return reading('notice', { ...known, reason: words || cell('context') });
  const isAuth = reply.replyCode === '535';
  const isTemporary = reply.replyCode.startsWith('4');
  const hostile = isAuth || speaksAgainst(words, reply.replyCode);
  return reading(isAuth ? 'auth' : 'reject', { ...known, ...reply, hostile, outcome: isTemporary ? 'deferred' : isAuth ? 'failed' : 'refused', reason: words });
}

/** One command of an IMAP or POP session; the server's answer is in `context`, what was typed in `parameters`. */
function mailbox(cell: (name: string) => string): Reading {
  const [ip, port] = endpoint(cell('cIp'));
  const command = cell('command').toLowerCase();
  const context = cell('context');
  const known = { client: clientOf(ip, null, port), session: cell('sessionId') || null, user: cell('user') || null, reason: context || null };
  if (command === 'opensession') return reading('connect', known);
  if (command === 'closesession') return reading('disconnect', { ...known, ends: true });
  if (!/^(?:login|authenticate|auth|pass|user|apop)$/.test(command)) return reading('notice', known);
  const isFailure = /LogonFailed|LogonDenied|Logon failure|LOGIN failed|AUTHENTICATE failed|AuthFailed|-ERR/.test(context);
  return reading('auth', { ...known, hostile: isFailure, outcome: isFailure ? 'failed' : null });
}

/** `192.0.2.7:25`, `[2001:db8::7]:25`. */
function endpoint(text: string): readonly [ip: string, port: string | null] {
  const colon = text.lastIndexOf(':');
  return colon < 0 ? [text, null] : [text.slice(0, colon), text.slice(colon + 1)];
}

const trackedEvents: Readonly<Record<string, readonly [type: Reading['type'], outcome: Reading['outcome']]>> = {
  RECEIVE: ['accept', 'accepted'],
  DELIVER: ['delivery', 'delivered'],
  SEND: ['delivery', 'delivered'],
  SENDEXTERNAL: ['delivery', 'delivered'],
  FAIL: ['delivery', 'bounced'],
  BADMAIL: ['delivery', 'failed'],
  DEFER: ['delivery', 'deferred'],
};

/** One line of the tracking log: an event for each recipient of a delivery. */
function tracked(cell: (name: string) => string): ReadResult {
  const [type, outcome] = trackedEvents[cell('event-id')] ?? (['notice', null] as const);
  const isFromOutside = cell('event-id') === 'RECEIVE' && cell('source') === 'SMTP';
  const sender = cell('sender-address');
  const facts = {
    client: isFromOutside ? clientOf(cell('client-ip'), cell('client-hostname')) : null,
    from: sender === '<>' ? '' : sender,
    queueId: cell('internal-message-id') || null,
    messageId: bareAddress(cell('message-id')) || null,
    outcome,
    ...statusOf(cell('recipient-status')),
  };
  const recipients = cell('recipient-address').split(';').filter(Boolean).slice(0, mostRecipients);
  return recipients.length === 0 ? reading(type, facts) : recipients.map((to) => reading(type, { ...facts, to }));
}

function statusOf(text: string): Partial<Reading> {
  const at = text.search(/[245]\d\d /);
  return text === '' ? {} : { ...replyOf(at < 0 ? '' : text.slice(at)), reason: text };
}
