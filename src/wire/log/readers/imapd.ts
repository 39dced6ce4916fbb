// Mailbox servers that share the names imapd and pop3d: Courier, Cyrus, UW imapd, Solid POP3. Each says it in its own words, so the words
// tell them apart. User names stand before the address in all but Cyrus, where the address comes first.
import type { LogClient } from '../../../model/log-event.ts';
import { clientOf, namesNobody, reading, type Reading } from '../line.ts';
import type { LogReader, ReadResult } from '../reader.ts';
import { after, between, bracketAt, clientIn } from './scan.ts';

export const imapd: LogReader = {
  format: 'imapd',
  programs: [
    'imapd',
    'imapd-ssl',
    'pop3d',
    'pop3d-ssl',
    'courier-imapd',
    'courier-pop3d',
    'courierpop3login',
    'imaplogin',
    'pop3login',
    'authdaemond',
    'cyrus',
    'imap',
    'imaps',
    'pop3',
    'pop3s',
    'timsieved',
    'sieve',
    'lmtpunix',
    'lmtpd',
    'ipop3d',
    'ipop2d',
    'solid-pop3d',
    'spop3d',
  ],
  program: 'imapd',
  claims: (program) => /^(?:courier|cyrus|imap|pop3)/.test(program),
  open:
    () =>
    ({ text }) =>
      readMailboxServer(text.trimEnd()),
};

const readMailboxServer = (text: string): ReadResult => readCourier(text) ?? readCyrus(text) ?? readUw(text) ?? readSolid(text) ?? namesNobody;

const courierWords = ['LOGIN FAILED', 'LOGIN', 'LOGOUT', 'DISCONNECTED', 'TIMEOUT', 'Connection', 'MAXLOGINS', 'Disconnected'];

/** Courier: `LOGIN FAILED, user=joe, ip=[::ffff:192.0.2.7], port=[255]`. The last `ip=` is Courier's. */
function readCourier(text: string): Reading | null {
  const limit = 'Maximum connection limit reached for ';
  if (text.startsWith(limit)) return reading('reject', { client: clientOf(text.slice(limit.length).trim()), outcome: 'refused', reason: text });
  const words = text.slice(0, Math.max(0, text.indexOf(', ')));
  if (!courierWords.includes(words)) return null;
  const ipAt = text.lastIndexOf(', ip=[');
  if (ipAt < 0) return null;
  const bracket = bracketAt(text, ipAt + 5);
  const port = between(text, ', port=[', ']', ipAt);
  const userAt = text.indexOf(', user=');
  const user = userAt < 0 || userAt >= ipAt ? null : text.slice(userAt + ', user='.length, ipAt);
  const isFailure = words === 'LOGIN FAILED';
  const isLogin = words === 'LOGIN';
  return reading(isFailure || isLogin ? 'auth' : words === 'Connection' ? 'connect' : 'disconnect', {
    client: bracket === null ? null : clientOf(bracket.inner, null, port),
    user: user === '' ? null : user,
    hostile: isFailure,
    outcome: isFailure ? 'failed' : isLogin ? 'accepted' : null,
    reason: words,
  });
}

/** Cyrus: `badlogin: host [192.0.2.7] plaintext joe SASL(-13): authentication failure: checkpass failed`; `login: host [192.0.2.7] joe plain ...`. */
function readCyrus(text: string): Reading | null {
  const isBad = text.startsWith('badlogin: ');
  if (!isBad && !text.startsWith('login: ')) return readCyrusDelivery(text);
  const from = isBad ? 'badlogin: '.length : 'login: '.length;
  // The name is DNS's and holds neither space nor bracket: the first bracket is the address.
  const open = text.indexOf('[', from);
  const bracket = open < 0 ? null : bracketAt(text, open);
  if (bracket === null) return null;
  const words = text.slice(bracket.end).trim();
  return reading('auth', {
    client: clientOf(bracket.inner, text.slice(from, open).trim()),
    user: isBad ? between(`${words} `, 'plaintext ', ' SASL') : (words.split(' ', 1)[0] ?? null),
    hostile: isBad,
    outcome: isBad ? 'failed' : 'accepted',
    reason: words,
  });
}

function readCyrusDelivery(text: string): Reading | null {
  if (!text.startsWith('Delivered: ')) return null;
  return reading('delivery', { messageId: between(text, '<', '>'), outcome: 'delivered', reason: after(text, ' to ') });
}

/** UW: `Login failed user=joe auth=joe host=name [192.0.2.7]`, `AUTHENTICATE LOGIN failure host=...`: the address stands at the end. */
function readUw(text: string): Reading | null {
  const hostAt = text.lastIndexOf('host=');
  if (hostAt < 0) return null;
  const client = lastClient(text, hostAt + 'host='.length);
  const words = text.slice(0, hostAt).trim();
  const hostile = /^(?:Login (?:failed|disabled|excessive|SYSTEM BREAK-IN)|Failed |AUTHENTICATE \S+ failure|Excessive|Authentication failed)/.test(words);
  const isLogin = /^(?:Login|Authenticated|Auth|Preauthenticated) user=/.test(words);
  const userAt = words.indexOf('user=');
  const authAt = words.lastIndexOf(' auth=');
  const user = userAt < 0 ? null : words.slice(userAt + 'user='.length, authAt > userAt ? authAt : undefined);
  return reading(hostile || isLogin ? 'auth' : 'disconnect', {
    client,
    user: user === '' ? null : user,
    hostile,
    outcome: hostile ? 'failed' : isLogin ? 'accepted' : null,
    reason: words,
  });
}

const lastClient = (text: string, from: number): LogClient | null => clientIn(text.slice(from).trim());

/** Solid POP3: `authentication failed for user joe - 192.0.2.7`, `can't find APOP secret for user joe - ...`: the address stands last. */
function readSolid(text: string): Reading | null {
  const at = text.lastIndexOf(' - ');
  const client = at < 0 ? null : clientOf(text.slice(at + 3).trim());
  if (client === null) return null;
  const words = text.slice(0, at);
  const hostile = /^(?:authentication failed|root login not allowed|can't (?:find|map|get|open)|user .* not |login not allowed|incorrect|bad )/.test(words);
  const name = /(?:user |user: |user name: )(.{1,200})$/.exec(words)?.[1] ?? null;
  return reading(hostile ? 'auth' : 'notice', {
    client,
    user: name,
    hostile,
    outcome: hostile ? 'failed' : null,
    reason: words,
  });
}
