// Postfix smtpd, on whatever port: connections, refusals, authentication, what was accepted.
import { ipOf, type LogLine, namesNobody, openReading, type Reading, reading } from '../line.ts';
import type { LogClient } from '../../../model/log-event.ts';
import { readAction, sessionOf } from './action.ts';
import { clientAt, clientIn, peerAt, valueAfter } from './scan.ts';

/** A line of smtpd; `queueId` null for NOQUEUE and lines without one, `from` the place after it. Null: not understood. */
export function readSmtpd(line: LogLine, queueId: string | null, from: number): Reading | null {
  const { text } = line;
  if (from > 0) {
    if (text.startsWith('client=', from)) return accepted(text, queueId, from + 7);
    return readAction(line, queueId, from) ?? (queueId === null ? null : reading('other', { queueId, client: clientIn(text, from), reason: text.slice(from) }));
  }
  switch (text.charCodeAt(0)) {
    case 99: // c
      if (text.startsWith('connect from ')) return connect(line);
      break;
    case 100: // d
      if (text.startsWith('disconnect from ')) return disconnect(line);
      if (text.startsWith('discarding EHLO')) return namesNobody;
      break;
    case 119: // w
      if (text.startsWith('warning: ')) return readWarning(line, 9);
      break;
    case 108: // l: lost connection after DATA (0 bytes) from
    case 116: // t: timeout after, too many errors after
      if (text.includes(' after ')) return brokenOff(text);
      break;
    case 105: // i
      if (text.startsWith('improper command pipelining')) return reading('command', { client: clientIn(text), hostile: true, outcome: 'failed', reason: text });
      break;
    default:
  }
  return readTls(text) ?? readAction(line, null, 0) ?? named(line);
}

function connect(line: LogLine): Reading {
  const made = openReading('connect');
  made.client = clientAt(line.text, 13);
  made.session = sessionOf(line);
  return made;
}

function accepted(text: string, queueId: string | null, from: number): Reading {
  const made = openReading('accept');
  // XFORWARD from a content filter: the client before it is the one that counts.
  const original = text.indexOf(', orig_client=', from);
  made.client = clientAt(text, original < 0 ? from : original + 14);
  made.user = valueAfter(text, ', sasl_username=', from);
  made.queueId = queueId;
  made.outcome = 'accepted';
  return made;
}

/** `disconnect from a[192.0.2.7] ehlo=1 auth=0/1 quit=1 commands=2/3`. */
function disconnect(line: LogLine): Reading {
  const { text } = line;
  // Every attempt to authenticate failed. Where authentication is not offered no other line says so.
  const guessed = text.indexOf(' auth=0/', 16) > 0;
  const peer = peerAt(text, 16);
  const made = openReading('disconnect');
  made.hostile = guessed;
  if (guessed) made.outcome = 'failed';
  if (peer !== null) made.client = peer.client;
  if (peer !== null && text.length > peer.end + 1) made.reason = text.slice(peer.end + 1);
  made.session = sessionOf(line);
  made.ends = true;
  return made;
}

function brokenOff(text: string): Reading {
  const hostile = text.startsWith('too many errors');
  return reading(hostile ? 'command' : 'disconnect', { client: clientIn(text), hostile, outcome: 'failed', reason: text });
}

/** TLS with a client, of smtpd and tlsproxy; null when the line is about something else. */
export function readTls(text: string): Reading | null {
  const established = text.indexOf('TLS connection established from ');
  if (established >= 0 && established < 20) return reading('tls', { client: clientAt(text, established + 32), reason: text });
  if (text.includes('TLS connection established to ')) return reading('tls', { reason: text });
  if (text.startsWith('setting up TLS connection from ')) return reading('tls', { client: clientAt(text, 31), reason: text });
  if (text.startsWith('SSL_accept error from ')) return reading('tls', { client: clientAt(text, 22), outcome: 'failed', reason: text });
  return null;
}

/** Warnings that speak against the client they name. */
const hostileWarnings = ['non-SMTP command from ', 'bare <LF> received'];

/** A warning of smtpd, at the place after `warning: `. */
export function readWarning(line: LogLine, from: number): Reading {
  const { text } = line;
  const sasl = text.indexOf(' authentication failed:', from);
  if (sasl > 0 && text.lastIndexOf(': SASL ', sasl) > 0) return failedLogin(line, from, sasl);
  if (text.startsWith('SASL ', from)) return withoutClient(line, 'auth', from);
  const address = unprovenName(text, from);
  if (address !== null) return reading('notice', { client: address, reason: text.slice(from) });
  const client = clientIn(text, from);
  if (client === null) return /^(?:[0-9A-F]{5,}|[0-9][0-9B-Zb-z]{9,}): /.test(text.slice(from, from + 32)) ? ofMessage(text, from) : namesNobody;
  const hostile = hostileWarnings.some((each) => text.startsWith(each, from)) || text.includes(' limit exceeded: ', from);
  return reading(hostile ? 'command' : 'notice', { client, hostile, outcome: hostile ? 'failed' : null, reason: text.slice(from) });
}

/** `warning: 9BECF3F19D: words`: the id stands behind the level. */
export function ofMessage(text: string, from: number): Reading {
  const colon = text.indexOf(': ', from);
  return reading('notice', { queueId: text.slice(from, colon), reason: text.slice(colon + 2) });
}

/** Why the password was not even looked at. */
const ourFault = [
  'Connection lost to authentication server',
  'Temporary authentication failure',
  'Invalid authentication mechanism',
  'no mechanism available',
  'Connection timed out',
];

/** `a[192.0.2.7]: SASL LOGIN authentication failed: reason, sasl_username=user`. */
function failedLogin(line: LogLine, from: number, at: number): Reading {
  const { text } = line;
  const user = valueAfter(text, ', sasl_username=', at);
  const userAt = user === null ? text.length : text.indexOf(', sasl_username=', at);
  const reason = text.slice(at + 23, userAt).trim();
  return reading('auth', {
    client: clientAt(text, from),
    user: user === '' ? null : user,
    hostile: !ourFault.some((each) => reason.startsWith(each)),
    outcome: 'failed',
    reason: reason === '' ? 'authentication failed' : reason,
  });
}

/** A line of a process that serves one client, without its name: the session knows. */
const withoutClient = (line: LogLine, type: Reading['type'], from: number): Reading =>
  reading(type, { session: sessionOf(line), reason: line.text.slice(from) });

/** `hostname x does not resolve to address 192.0.2.7`, `192.0.2.7: hostname x verification failed`, `192.0.2.7: address not listed for hostname x`. */
function unprovenName(text: string, from: number): LogClient | null {
  const mark = ' does not resolve to address ';
  const word = text.startsWith('hostname ', from) ? text.indexOf(mark, from) : -1;
  const start = word < 0 ? from : word + mark.length;
  const end = endOfAddress(text, start);
  const rest = text.slice(end, end + 12);
  if (word < 0 && !rest.startsWith(': hostname ') && !rest.startsWith(': address ')) return null;
  const ip = ipOf(text.slice(start, end));
  return ip === '' ? null : { ip, port: null, name: null };
}

/** An address with colons in it may be followed by a colon. */
function endOfAddress(text: string, from: number): number {
  const space = text.indexOf(' ', from);
  const end = space < 0 ? text.length : space;
  return text.charCodeAt(end - 1) === 58 ? end - 1 : end;
}

/** Whatever else names a client. */
function named(line: LogLine): Reading | null {
  const { text } = line;
  const client = clientIn(text);
  if (client !== null) return reading('other', { client, reason: text });
  // `> a[192.0.2.7]: 250 Ok` of a verbose smtpd.
  const code = text.charCodeAt(0);
  if ((code === 60 || code === 62) && text.charCodeAt(1) === 32) return reading('command', { client: clientAt(text, 2), reason: text });
  return null;
}
