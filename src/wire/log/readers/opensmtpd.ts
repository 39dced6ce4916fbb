// OpenSMTPD: the old sentences (`smtp-in: New session 08d8 from host a.example [192.0.2.7]`) and the lists since 5.7
// (`08d8 smtp connected address=192.0.2.7 host=a.example`). What a client typed stands in quotes behind its address, or without any:
// then the session names it.
import type { LogClient } from '../../../model/log-event.ts';
import { clientOf, namesNobody, reading, type Reading } from '../line.ts';
import type { LogReader, ReadResult } from '../reader.ts';
import { speaksAgainst } from './offence.ts';
import { bareAddress, between, bracketAt, clientIn, replyOf } from './scan.ts';

export const opensmtpd: LogReader = {
  format: 'opensmtpd',
  programs: ['smtpd', 'opensmtpd'],
  program: 'smtpd',
  // In the foreground it writes without stamp or name.
  owns: ({ text }) => /^[0-9a-f]{16} (?:smtp|mta|mda) |^smtp-in: |^(?:delivery|relay): (?:Ok|TempFail|PermFail) for /.test(text),
  open:
    () =>
    ({ text }) =>
      readOpenSmtpd(text),
};

function readOpenSmtpd(text: string): ReadResult {
  const id = /^(?:[0-9a-f]{16}) /.exec(text);
  if (id !== null) return readList(text.slice(17), text.slice(0, 16));
  if (text.startsWith('smtp-in: ')) return readSentence(text.slice('smtp-in: '.length));
  const old = /^(?:delivery|relay|bounce|mda|mta): (Ok|TempFail|PermFail|Loop) for ([0-9a-f]{16})/.exec(text);
  if (old !== null) return deliveryOf(text, old[1] ?? '', old[2] ?? '');
  return namesNobody;
}

/** `smtp failed-command command="RCPT TO:<a@b>" result="550 Invalid recipient"`, with `event=` before the name until 6.3. */
function readList(text: string, session: string): ReadResult {
  const [service = '', given = ''] = text.split(' ', 2);
  const name = given.startsWith('event=') ? given.slice('event='.length) : given;
  const rest = text.slice(service.length + given.length + 2);
  if (service === 'mta' || service === 'mda') {
    const result = valueOf(rest, 'result=') ?? '';
    return name === 'delivery' ? deliveryOf(rest, result, valueOf(rest, 'evpid=') ?? '') : namesNobody;
  }
  if (service !== 'smtp') return namesNobody;
  const known = { session, client: clientAt(rest) };
  switch (name) {
    case 'connected':
      return reading('connect', known);
    case 'disconnected':
    case 'closed':
      return reading('disconnect', { ...known, ends: true, reason: valueOf(rest, 'reason=') });
    case 'authentication':
      return authentication(rest, known);
    case 'message':
      return reading('accept', { ...known, queueId: valueOf(rest, 'msgid='), from: addressOf(rest, 'from='), to: addressOf(rest, 'to='), outcome: 'accepted' });
    case 'envelope':
      return reading('accept', {
        ...known,
        queueId: (valueOf(rest, 'evpid=') ?? '').slice(0, 8) || null,
        from: addressOf(rest, 'from='),
        to: addressOf(rest, 'to='),
        outcome: 'accepted',
      });
    case 'failed-command':
      return failedCommand(between(rest, 'command="', '" result="') ?? '', rest.slice(rest.lastIndexOf(' result="') + ' result="'.length), known);
    default:
      return reading(name.includes('tls') ? 'tls' : 'notice', { ...known, reason: text });
  }
}

interface Known {
  readonly session: string | null;
  readonly client: LogClient | null;
}

function authentication(rest: string, known: Known): Reading {
  const hasPassed = /result="?ok/i.test(rest);
  const isOurs = /result="?tempfail/i.test(rest);
  return reading('auth', {
    ...known,
    user: valueOf(rest, 'user='),
    hostile: !hasPassed && !isOurs,
    outcome: hasPassed ? 'accepted' : isOurs ? 'deferred' : 'failed',
  });
}

/** `RCPT TO:<a@b>` => `550 Invalid recipient`. The reply is the server's; what was typed only says what it was about. */
function failedCommand(command: string, rawReply: string, known: Known): Reading {
  const reason = rawReply.replace(/"$/, '');
  const reply = replyOf(reason);
  const isAuth = /^AUTH/i.test(command) || reply.replyCode === '535';
  const isTemporary = reply.replyCode?.startsWith('4') === true;
  const path = /^(MAIL FROM|RCPT TO):\s*<(.*?)>/i.exec(command);
  const isSender = path?.[1]?.toUpperCase() === 'MAIL FROM';
  return reading(isAuth ? 'auth' : 'reject', {
    ...known,
    ...(path === null ? {} : isSender ? { from: path[2] ?? null } : { to: path[2] ?? null }),
    ...reply,
    reason,
    hostile: speaksAgainst(reason, reply.replyCode),
    outcome: isTemporary ? 'deferred' : isAuth ? 'failed' : 'refused',
  });
}

/** `New session 08d8 from host a.example [192.0.2.7]` and its kin. */
function readSentence(text: string): ReadResult {
  const session = /session ([0-9a-f]{8,16})/.exec(text)?.[1] ?? null;
  const at = session === null ? -1 : text.indexOf(session);
  const rest = at < 0 ? text : text.slice(at + (session ?? '').length);
  const known = { session, client: null };
  if (text.startsWith('New session')) return reading('connect', { session, client: sentenceClient(rest) });
  if (text.startsWith('Closing session') || text.startsWith('Disconnecting session')) {
    return reading('disconnect', { session, ends: true, reason: rest.replace(/^: /, '') });
  }
  if (text.startsWith('Received disconnect')) return reading('disconnect', { session, ends: true });
  if (text.startsWith('Accepted message')) {
    const queueId = /^Accepted message ([0-9a-f]{8})/.exec(text)?.[1] ?? null;
    return reading('accept', { session, queueId, from: addressOf(rest, 'from='), to: addressOf(rest, 'to='), outcome: 'accepted' });
  }
  if (text.startsWith('Failed command on session')) {
    const arrow = rest.lastIndexOf('" => ');
    return failedCommand(rest.slice(rest.indexOf('"') + 1, arrow), rest.slice(arrow + 5), known);
  }
  if (text.startsWith('Authentication') || text.startsWith('Accepted authentication')) return sentenceAuth(text, session);
  return reading('notice', { session, reason: text });
}

function sentenceAuth(text: string, session: string | null): Reading {
  const hasPassed = text.startsWith('Accepted');
  const user = between(text, 'for user ', ' on session');
  return reading('auth', { session, user, hostile: !hasPassed, outcome: hasPassed ? 'accepted' : 'failed', reason: text });
}

/** ` from host a.example [192.0.2.7]`. */
function sentenceClient(rest: string): LogClient | null {
  const mark = ' from host ';
  const at = rest.indexOf(mark);
  const open = at < 0 ? -1 : rest.indexOf('[', at);
  const bracket = open < 0 ? null : bracketAt(rest, open);
  return bracket === null ? null : clientIn(rest.slice(at + mark.length, bracket.end));
}

function deliveryOf(text: string, result: string, evpid: string): Reading {
  const reason = text.slice(text.indexOf('stat=') + 'stat='.length).replace(/^"|"$/g, '');
  const outcomes = { Ok: 'delivered', TempFail: 'deferred', PermFail: 'bounced', Loop: 'bounced' } as const;
  const row = Object.entries(outcomes).find(([name]) => result.startsWith(name));
  return reading('delivery', {
    queueId: evpid.slice(0, 8) || null,
    from: addressOf(text, 'from='),
    to: addressOf(text, 'to='),
    outcome: row?.[1] ?? null,
    ...replyOf(reason),
    reason,
  });
}

/** `address=192.0.2.7 host=a.example`: both are the server's words, before anything typed. */
function clientAt(rest: string): LogClient | null {
  const address = rest.startsWith('address=') ? valueOf(rest, 'address=') : valueBefore(rest, 'address=');
  return address === null ? null : clientOf(address, valueOf(rest, 'host='));
}

/** A value that stands before the first quote: behind it is what the client typed. */
function valueBefore(rest: string, name: string): string | null {
  const at = rest.indexOf(` ${name}`);
  const quote = rest.indexOf('"');
  return at < 0 || (quote >= 0 && quote < at) ? null : valueOf(rest.slice(at + 1), name);
}

function valueOf(text: string, name: string): string | null {
  const at = text.startsWith(name) ? 0 : text.indexOf(` ${name}`) + 1;
  if (at === 0 && !text.startsWith(name)) return null;
  const from = at + name.length;
  if (text.charAt(from) === '"') return text.slice(from + 1, endOf(text, '"', from + 1));
  return text.slice(from, endOf(text, ' ', from)).replace(/,$/, '');
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at;
}

function addressOf(text: string, name: string): string | null {
  const value = between(text, `${name}<`, '>');
  return value === null ? null : bareAddress(value);
}
