// Haraka: `[NOTICE] [UUID.1] [core] recipient <a@b> code=DENY msg="..."`. The UUID names the connection, `UUID.1` its first message.
import { clientOf, namesNobody, reading, type Reading } from '../line.ts';
import type { LogReader, ReadResult } from '../reader.ts';
import { angleAt } from './exim-host.ts';
import { speaksAgainst } from './offence.ts';
import { bareAddress, replyOf } from './scan.ts';

const line = /^(?:\[[A-Z]+\] )?\[([0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12})((?:\.\d+)*)\] \[([^\]]{1,60})\] /;

export const haraka: LogReader = {
  format: 'haraka',
  programs: ['haraka'],
  program: 'haraka',
  owns: ({ text }) => line.test(text),
  open:
    () =>
    ({ text }) =>
      readHaraka(text),
};

interface Said {
  readonly session: string;
  /** The message's id, which is the connection's with a number; null for the connection itself. */
  readonly queueId: string | null;
  readonly plugin: string;
  readonly text: string;
}

function readHaraka(raw: string): ReadResult {
  const found = line.exec(raw);
  if (found === null) return /^\[[A-Z]+\] /.test(raw) ? namesNobody : null;
  const [head, session = '', number = '', plugin = ''] = found;
  // `UUID.1.1` is the first delivery of the message `UUID.1`.
  const message = /^\.\d+/.exec(number)?.[0];
  const said = { session, queueId: message === undefined ? null : session + message, plugin, text: raw.slice(head.length) };
  if (plugin === 'outbound') return delivery(said);
  const known = connection(said) ?? envelope(said) ?? authentication(said) ?? refusalByPlugin(said);
  return known ?? reading('notice', { session, queueId: said.queueId, reason: said.text });
}

/** `connect ip=192.0.2.7 port=49304 local_ip=:: local_port=25`, `disconnect ip=192.0.2.7 rdns=x helo=y ...`: the address stands first. */
function connection({ session, text }: Said): Reading | null {
  const isOver = text.startsWith('disconnect ');
  if (!isOver && !text.startsWith('connect ')) return null;
  const ip = valueOf(text, ' ip=') ?? '';
  const name = isOver ? valueOf(text, ' rdns=') : null;
  return reading(isOver ? 'disconnect' : 'connect', {
    client: clientOf(ip, name === 'NXDOMAIN' || name === 'DNSERROR' ? null : name, isOver ? null : valueOf(text, ' port=')),
    session,
    ends: isOver,
    reason: isOver ? text : null,
  });
}

const codes: Readonly<Record<string, Reading['outcome']>> = {
  CONT: 'accepted',
  OK: 'accepted',
  DENY: 'refused',
  DENYDISCONNECT: 'refused',
  DENYSOFT: 'deferred',
  DENYSOFTDISCONNECT: 'deferred',
};

/** `sender <a@b> code=CONT msg=""`, `recipient <c@d> code=DENY msg="no such user" sender="<a@b>"`, `message mid="<x@y>" size=874 ... code=OK`. */
function envelope({ session, queueId, text }: Said): Reading | null {
  const word = text.slice(0, Math.max(0, text.indexOf(' ')));
  if (word !== 'sender' && word !== 'recipient' && word !== 'message') return null;
  const angle = word === 'message' ? null : angleAt(text, word.length + 1);
  const end = angle?.end ?? word.length;
  const code = /^ code=([A-Z]+)/.exec(text.slice(end))?.[1] ?? (word === 'message' ? valueOf(text, ' code=') : null) ?? '';
  const outcome = codes[code] ?? null;
  const reason = messageIn(text, end);
  const isRefusal = outcome === 'refused' || outcome === 'deferred';
  const mid = word === 'message' ? quoted(text, 'mid="') : null;
  return reading(isRefusal ? 'reject' : word === 'message' ? 'accept' : 'command', {
    session,
    queueId,
    ...(word === 'sender' && angle !== null ? { from: angle.address } : {}),
    ...(word === 'recipient' && angle !== null ? { to: angle.address } : {}),
    messageId: mid === null ? null : bareAddress(mid),
    outcome,
    ...(reason === null ? {} : { ...replyOf(reason), reason }),
    hostile: isRefusal && speaksAgainst(reason ?? '', outcome === 'deferred' ? '4' : '5'),
  });
}

/** Plugins of the auth family: `authenticated`, `fail: auth/flat_file`, `AUTH LOGIN credentials failed`. */
function authentication({ session, plugin, text }: Said): Reading | null {
  if (!plugin.startsWith('auth') || plugin === 'authheader') return null;
  const isFailure = /\bfail|invalid|incorrect|denied/i.test(text);
  const hasPassed = !isFailure && /authenticated|pass:/i.test(text);
  if (!isFailure && !hasPassed) return null;
  return reading('auth', { session, hostile: isFailure, outcome: isFailure ? 'failed' : 'accepted', user: valueOf(text, ' user='), reason: text });
}

/** `hook=connect plugin=dnsbl function=... params="" retval=DENY msg="host [192.0.2.7] is blacklisted by x"`. */
function refusalByPlugin({ session, queueId, text }: Said): Reading | null {
  const at = text.startsWith('hook=') ? text.lastIndexOf(' retval=') : -1;
  const outcome = codes[/^ retval=([A-Z]+)/.exec(text.slice(at))?.[1] ?? ''] ?? null;
  if (at < 0 || (outcome !== 'refused' && outcome !== 'deferred')) return null;
  const reason = messageIn(text, at);
  return reading('reject', {
    session,
    queueId,
    outcome,
    ...(reason === null ? {} : { ...replyOf(reason), reason }),
    hostile: speaksAgainst(reason ?? '', outcome === 'deferred' ? '4' : '5'),
  });
}

/** `delivered file=x domain=y host="mx" ip=198.51.100.2 port=25 ... response="OK" ...`: the address is the next hop's. */
function delivery({ queueId, text }: Said): Reading {
  const word = text.split(' ', 1)[0] ?? '';
  const outcome = word === 'delivered' ? 'delivered' : word.startsWith('bounce') ? 'bounced' : /^(?:temp|deferr|defer)/i.test(word) ? 'deferred' : null;
  const response = quoted(text, 'response="') ?? quoted(text, 'err="');
  return reading(outcome === null ? 'notice' : 'delivery', {
    queueId,
    outcome,
    ...(response === null ? { reason: text } : { ...replyOf(response), reason: response }),
  });
}

function messageIn(text: string, from: number): string | null {
  const at = text.indexOf(' msg="', from);
  if (at < 0) return null;
  const sender = text.lastIndexOf('" sender="');
  const end = sender > at ? sender : text.indexOf('"', at + 6);
  return text.slice(at + 6, end < 0 ? undefined : end) || null;
}

function quoted(text: string, mark: string): string | null {
  const at = text.indexOf(mark);
  const end = at < 0 ? -1 : text.indexOf('"', at + mark.length);
  return end < 0 ? null : text.slice(at + mark.length, end);
}

function valueOf(text: string, mark: string): string | null {
  const at = text.indexOf(mark);
  if (at < 0) return null;
  const end = text.indexOf(' ', at + mark.length);
  return text.slice(at + mark.length, end < 0 ? undefined : end) || null;
}
