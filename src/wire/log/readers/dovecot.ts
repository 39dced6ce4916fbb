// Dovecot 1.0 to 2.4: login services, auth and its workers, delivery agents. Lines come through syslog (`dovecot: imap-login: ...`) or from
// its own files (`imap-login: Info: ...`, `Info: auth(default): ...`). User names are strangers' text and stand before the address.
import { clientOf, namesNobody, reading, type LogLine, type Reading } from '../line.ts';
import type { LogReader, ReadResult } from '../reader.ts';
import { readDovecotAuth } from './dovecot-auth.ts';
import { between, bareAddress } from './scan.ts';
import { readPam } from './pam.ts';

const services = [
  'imap-login',
  'pop3-login',
  'submission-login',
  'managesieve-login',
  'sieve-login',
  'lmtp',
  'auth-worker',
  'auth',
  'imap',
  'pop3',
  'submission',
  'managesieve',
  'deliver',
  'lda',
  'dovecot-lda',
  'dovecot-auth',
  'master',
  'anvil',
  'config',
  'log',
  'ssl-params',
  'stats',
  'indexer',
  'indexer-worker',
  'quota-status',
];

export const dovecot: LogReader = {
  format: 'dovecot',
  programs: ['dovecot', 'auth', ...services.filter((name) => name.includes('-')), 'lmtp', 'deliver', 'lda', 'managesieve'],
  program: 'dovecot',
  // `Info: auth(default): ...` of its own files looks as if the level were the program.
  claims: (program) => /^(?:(?:deliver|lda|lmtp|imap|pop3|auth|auth-worker|dovecot)\(|(?:info|warn|warning|error)$)/i.test(program),
  owns: ({ text }) => serviceOf(text) !== null,
  open: () => readDovecot,
};

interface Said {
  /** `imap-login`, `auth-worker`, ... */
  readonly service: string;
  /** What stands in brackets behind it: a user for `imap(joe)<17><session>`, a process id for others. */
  readonly about: string | null;
  readonly session: string | null;
  readonly text: string;
  /** The text with the service before it. */
  readonly whole: string;
}

function readDovecot(line: LogLine): ReadResult {
  const full = line.program === '' || line.program === 'dovecot' ? line.text.replace(/^dovecot: /, '') : `${line.program}: ${line.text}`;
  const said = serviceOf(full);
  if (said === null) return readPam(full) ?? (line.program === 'dovecot' ? namesNobody : null);
  const result = readService(said);
  return result === namesNobody ? result : { ...result, program: said.service };
}

function readService(said: Said): Reading {
  if (said.service.endsWith('-login')) return readLogin(said);
  if (said.service.startsWith('auth') || said.service === 'dovecot-auth') {
    // Since 2.4 the service itself is named with the attempt: `auth(joe,192.0.2.7,sasl:plain)<session>: ...`.
    const isAttempt = said.about !== null && said.about.includes(',');
    return readDovecotAuth(isAttempt ? said.whole : said.text) ?? readPam(said.text) ?? namesNobody;
  }
  if (said.service === 'lmtp' || said.service === 'lda' || said.service === 'deliver' || said.service === 'dovecot-lda') return readDelivery(said);
  return readSession(said);
}

const levels = /^(?:Info|Warning|Warn|Error|Fatal|Panic|Debug): /;

/** Takes the service and the level off: `auth-worker(304): Info: `, `Info: auth(default): `. Null when it is none of Dovecot's services. */
function serviceOf(raw: string): Said | null {
  const text = raw.replace(levels, '');
  const name = /^([a-z][a-z0-9-]{1,20})(?=[(:<])/.exec(text)?.[1];
  if (name === undefined || !services.includes(name)) return null;
  let at = name.length;
  let about: string | null = null;
  let session: string | null = null;
  if (text.charAt(at) === '(') {
    const close = text.indexOf(')', at);
    if (close < 0) return null;
    about = text.slice(at + 1, close);
    at = close + 1;
  }
  for (let count = 0; text.charAt(at) === '<' && count < 3; count++) {
    const close = text.indexOf('>', at);
    if (close < 0) return null;
    session = text.slice(at + 1, close);
    at = close + 1;
  }
  if (text.charAt(at) !== ':') return null;
  const rest = text
    .slice(at + 1)
    .trimStart()
    .replace(levels, '');
  return { service: name, about, session: session !== null && session.length >= 8 ? session : null, text: rest, whole: text };
}

/** What the words before `user=<` say against the client. */
const failures = [
  'auth failed',
  ' authentication attempts)',
  'tried to use disallowed',
  'tried to use disabled',
  'tried to use unsupported',
  'cleartext authentication disallowed',
  'too many invalid commands',
  'too many bad commands',
  'too many invalid imap commands',
  'auth_failed',
  'user is disabled',
  'account disabled',
];

/**
 * `Disconnected (auth failed, 2 attempts in 9 secs): user=<joe>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, TLS, session=<...>`.
 * The address is the last `rip=`: a user name may hold one, what Dovecot writes behind the address cannot.
 */
function readLogin({ text, session: given }: Said): Reading {
  const ripAt = text.lastIndexOf('rip=');
  if (ripAt < 0) return reading('notice', { reason: text });
  const ip = /^[0-9A-Fa-f:.%]*/.exec(text.slice(ripAt + 4, ripAt + 80))?.[0] ?? '';
  const port = between(text.slice(ripAt), 'rport=', ',');
  const fieldsAt = fieldsStart(text, ripAt);
  const words = text.slice(0, endOfWords(text, fieldsAt));
  const user = userIn(text.slice(fieldsAt, ripAt));
  const isLogin = words === 'Login' || words.startsWith('Login:') || words.startsWith('proxy(') || words.startsWith('Proxying');
  const hostile = !isLogin && speaksOfFailure(words, text.slice(fieldsAt, ripAt));
  return reading(isLogin || hostile ? 'auth' : 'disconnect', {
    client: clientOf(ip, null, port),
    user,
    hostile,
    outcome: isLogin ? 'accepted' : hostile ? 'failed' : null,
    session: between(text.slice(ripAt), 'session=<', '>') ?? given,
    ends: !isLogin,
    reason: words,
  });
}

/** Where the words before the fields end; not by a pattern tied to the end, which takes quadratic time on a line of commas. */
function endOfWords(text: string, fieldsAt: number): number {
  let end = fieldsAt;
  while (end > 0 && ':, '.includes(text.charAt(end - 1))) end--;
  return end;
}

/** Where the fields begin: at the first `user=<`, or at `rip=` or `method=` where there is none. */
function fieldsStart(text: string, ripAt: number): number {
  const user = text.indexOf('user=<');
  if (user >= 0 && user < ripAt) return user;
  const method = text.indexOf('method=');
  return method >= 0 && method < ripAt ? method : ripAt;
}

/** The name between `user=<` and the last `>` before the fields that follow it. */
function userIn(fields: string): string | null {
  if (!fields.startsWith('user=<')) return null;
  const end = fields.lastIndexOf('>');
  return end <= 6 ? null : fields.slice(6, end);
}

function speaksOfFailure(words: string, fields: string): boolean {
  const lower = words.toLowerCase();
  if (failures.some((one) => lower.includes(one))) return true;
  // Before 1.2 there was no count of attempts: an authentication had a method, and the login was aborted.
  return lower === 'aborted login' && fields.includes('method=');
}

/** `lmtp(joe@hub.example)<17><session>: msgid=<a@b>: saved mail to INBOX`, in older forms `deliver(joe): ...`, `lmtp(17, joe@hub.example): ...`. */
function readDelivery({ about, session, text }: Said): Reading {
  const messageId = between(text, 'msgid=', ': ');
  if (messageId === null) return reading('notice', { session, reason: text });
  const words = text.slice(text.indexOf('msgid=') + 'msgid='.length + messageId.length + 2);
  const user = about === null ? null : about.slice(about.lastIndexOf(' ') + 1);
  return reading('delivery', {
    user,
    to: user !== null && user.includes('@') ? user : null,
    messageId: bareAddress(messageId),
    outcome: deliveryOutcome(words),
    session,
    reason: words,
  });
}

function deliveryOutcome(words: string): Reading['outcome'] {
  if (/^(?:saved mail|stored mail|forwarded|copied)/.test(words)) return 'delivered';
  if (words.startsWith('rejected')) return 'bounced';
  return /failed|error/i.test(words) ? 'deferred' : null;
}

/** A session after its login: `imap(joe)<17><session>: Disconnected: Logged out in=5 out=9`. */
function readSession({ service, about, session, text }: Said): Reading {
  const isSession = about !== null && ['imap', 'pop3', 'submission', 'managesieve'].includes(service);
  if (!isSession) return namesNobody;
  const isOver = text.startsWith('Disconnected') || text.startsWith('Connection closed') || text.startsWith('Logged out');
  return reading(isOver ? 'disconnect' : 'notice', { user: about, session, ends: isOver, reason: text });
}
