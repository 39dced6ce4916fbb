// Exim's lines about a client: refusals by its ACLs, failed authentication, protocol errors, connections that come to nothing.
import type { LogClient } from '../../../model/log-event.ts';
import { clientOf, reading, type Reading } from '../line.ts';
import { addressEnd, angleAt, hostAt } from './exim-host.ts';
import { speaksAgainst } from './offence.ts';
import { after, between, onlyOne, replyOf } from './scan.ts';

/** The reading of a line whose message id, if it had one, has been taken off; null when it is none of these. */
export function readClientLine(text: string, queueId: string | null): Reading | null {
  const fields = fieldsOf(text);
  if (fields.end === 0) {
    const said = phrase(text) ?? authFailure(text) ?? protocolError(text) ?? refusal(text, fields);
    return said === null || queueId === null ? said : { ...said, queueId };
  }
  const rest = text.slice(fields.end);
  const said = refusal(rest, fields) ?? senderVerification(rest, fields) ?? aclRemark(rest, fields);
  return said === null || queueId === null ? said : { ...said, queueId };
}

interface Fields {
  readonly client: LogClient | null;
  /** Without a host it is a process of this machine that speaks: nothing there is a client's fault. */
  readonly hasHost: boolean;
  readonly from: string | null;
  readonly user: string | null;
  /** Where the words begin. */
  readonly end: number;
}

/** The fields a line begins with: `H=host I=[..]:25 U=ident X=cipher CV=no A=plain:joe F=<a@b> `. Only the first host counts. */
function fieldsOf(text: string): Fields {
  let client: LogClient | null = null;
  let hasHost = false;
  let from: string | null = null;
  let user: string | null = null;
  let at = 0;
  for (let count = 0; count < 20; count++) {
    const name = /^[A-Z][A-Za-z0-9]{0,3}=/.exec(text.slice(at, at + 6))?.[0];
    if (name === undefined) break;
    const start = at + name.length;
    let end: number;
    if (name === 'H=') {
      const host = hostAt(text, at);
      if (!hasHost) client = host?.client ?? null;
      hasHost = true;
      end = host?.end ?? unreadableEnd(text, start);
    } else if (name === 'F=') {
      const angle = angleAt(text, start);
      end = angle?.end ?? addressEnd(text, start);
      from ??= angle?.address ?? text.slice(start, end);
    } else {
      end = valueEnd(text, start);
      if (name === 'A=') user ??= after(text.slice(start, end), ':');
    }
    at = end;
    while (text.charAt(at) === ' ') at++;
  }
  return { client, hasHost, from, user, end: at };
}

/** An address that is none is stepped over, with the port behind it: what follows is read all the same. */
function unreadableEnd(text: string, at: number): number {
  const bracket = text.indexOf(']', at);
  return bracket < 0 ? valueEnd(text, at) : valueEnd(text, bracket);
}

function valueEnd(text: string, at: number): number {
  if (text.charAt(at) === '"') {
    const quote = text.indexOf('"', at + 1);
    return quote < 0 ? text.length : quote + 1;
  }
  const space = text.indexOf(' ', at);
  return space < 0 ? text.length : space;
}

/** `rejected RCPT <a@b>: reason`, `temporarily rejected connection in "connect" ACL: reason`, `dropped by 'connect' ACL: reason`. */
function refusal(rest: string, { client, hasHost, from, user }: Fields): Reading | null {
  const isTemporary = rest.startsWith('temporarily rejected ');
  const isDropped = rest.startsWith('dropped by ');
  if (!isTemporary && !isDropped && !rest.startsWith('rejected ')) return null;
  const words = rest.slice(isTemporary ? 'temporarily '.length : 0);
  const recipient = words.startsWith('rejected RCPT ') ? recipientOf(words) : null;
  const reason = reasonIn(words, recipient?.end ?? 0);
  const reply = replyOf(reason);
  const code = reply.replyCode ?? (isTemporary ? '4' : '5');
  return reading('reject', {
    client,
    user,
    ...(from === null ? senderIn(words) : { from }),
    to: recipient?.address ?? null,
    outcome: code.startsWith('4') ? 'deferred' : 'refused',
    ...reply,
    reason: reason === '' ? words : reason,
    hostile: hasHost && speaksAgainst(reason === '' ? words : reason, code),
  });
}

/** The recipient of `rejected RCPT <a@b>` or of `rejected RCPT a@b`. */
function recipientOf(words: string): { readonly address: string; readonly end: number } {
  const at = 'rejected RCPT '.length;
  const angle = angleAt(words, at);
  if (angle !== null) return angle;
  const end = addressEnd(words, at);
  const address = words.slice(at, end);
  return { address: address.endsWith(':') ? address.slice(0, -1) : address, end: address.endsWith(':') ? end - 1 : end };
}

function senderIn(words: string): { readonly from: string } | Record<string, never> {
  const angle = words.startsWith('rejected MAIL <') ? angleAt(words, 'rejected MAIL '.length) : null;
  return angle === null ? {} : { from: angle.address };
}

/** Exim's own words behind the first `: `. */
function reasonIn(words: string, from: number): string {
  const at = words.indexOf(': ', from);
  return at < 0 ? '' : words.slice(at + 2);
}

function senderVerification(rest: string, { client, user }: Fields): Reading | null {
  const isFailure = rest.startsWith('sender verify fail for ');
  if (!isFailure && !rest.startsWith('sender verify defer for ')) return null;
  const from = angleAt(rest, rest.indexOf('<'));
  const reason = reasonIn(rest, from?.end ?? 0);
  return reading('notice', { client, user, hostile: isFailure, outcome: isFailure ? 'refused' : 'deferred', from: from?.address ?? null, reason });
}

/** Remarks of the ACLs behind the fields; others there are about a next hop, whose address is no client's. */
function aclRemark(rest: string, { client, from, user }: Fields): Reading | null {
  if (rest.startsWith('Warning: ')) return reading('notice', { client, from, user, reason: rest.slice('Warning: '.length) });
  if (rest.startsWith('incomplete transaction ')) return reading('disconnect', { client, from, user, reason: rest });
  if (rest.startsWith('RCPT <') && rest.includes('>: discarded by ')) {
    const to = angleAt(rest, 'RCPT '.length)?.address ?? null;
    return reading('accept', { client, from, user, to, outcome: 'accepted', reason: reasonIn(rest, 5) });
  }
  if (/^(?:discarded|fakereject|rcpt too many|too many)/.test(rest)) return reading('notice', { client, from, user, reason: rest });
  return null;
}

/** `login authenticator failed for host (helo) [192.0.2.7]:port: 535 Incorrect authentication data (set_id=joe)`. Without "for" it is us. */
function authFailure(text: string): Reading | null {
  const mark = ' authenticator failed for ';
  const at = text.indexOf(mark);
  if (at < 1 || text.slice(0, at).includes(' ')) return null;
  const host = hostAt(text, at + mark.length);
  const reason = reasonIn(text, host?.end ?? at);
  const reply = replyOf(reason);
  const set = reason.lastIndexOf('(set_id=');
  const user = set < 0 || !reason.endsWith(')') ? null : reason.slice(set + '(set_id='.length, -1);
  // 435: our authenticator could not tell.
  const isOurFault = reply.replyCode?.startsWith('4') === true;
  return reading('auth', { client: host?.client ?? null, user, outcome: isOurFault ? 'deferred' : 'failed', hostile: !isOurFault, ...reply, reason });
}

const protocolMarks = ['SMTP protocol error in "', 'SMTP syntax error in "', 'SMTP protocol synchronization error '];

/**
 * `SMTP protocol error in "AUTH LOGIN" H=(x) [192.0.2.7] AUTH command used when not advertised`. What is in quotes is the client's text
 * and stands before the host, and with a synchronization error after it too: a host counts only when it is the only one that fits.
 */
function protocolError(text: string): Reading | null {
  if (!protocolMarks.some((mark) => text.startsWith(mark))) return null;
  const facts = { outcome: 'failed', hostile: true, reason: text } as const;
  // Before the greeting nothing of the client's stands before the host.
  const early = text.indexOf('): rejected connection from H=');
  if (early >= 0 && early < text.indexOf('"')) return reading('command', { ...facts, client: hostAt(text, early + 28)?.client ?? null });
  const candidates: LogClient[] = [];
  for (let at = text.indexOf('" H='), tries = 0; at >= 0 && tries < 20; at = text.indexOf('" H=', at + 4), tries++) {
    const client = hostAt(text, at + 2)?.client;
    if (client) candidates.push(client);
  }
  return reading('command', { ...facts, client: onlyOne(candidates) });
}

interface Phrase {
  /** The host stands behind it. */
  readonly opening: string;
  readonly type: Reading['type'];
  /** Against the client always, never, or when the words behind the host say one of these. */
  readonly hostile: boolean | readonly string[];
  readonly outcome: Reading['outcome'];
}

const phrases: readonly Phrase[] = [
  { opening: 'SMTP call from ', type: 'command', hostile: true, outcome: 'failed' },
  { opening: 'no MAIL in SMTP connection from ', type: 'disconnect', hostile: true, outcome: null },
  { opening: 'SMTP connection from ', type: 'connect', hostile: ['closed by DROP in ACL'], outcome: null },
  { opening: 'SMTP command timeout on connection from ', type: 'disconnect', hostile: false, outcome: null },
  { opening: 'SMTP command timeout on TLS connection from ', type: 'disconnect', hostile: false, outcome: null },
  { opening: 'SMTP data timeout (message abandoned) on connection from ', type: 'disconnect', hostile: false, outcome: null },
  { opening: 'SMTP data timeout (message abandoned) on TLS connection from ', type: 'disconnect', hostile: false, outcome: null },
  { opening: 'SMTP connection lost after final dot H=', type: 'disconnect', hostile: false, outcome: null },
  { opening: 'unexpected disconnection while reading SMTP command from ', type: 'disconnect', hostile: false, outcome: null },
  { opening: 'TLS error on connection from ', type: 'tls', hostile: false, outcome: 'failed' },
  { opening: 'TLS error (', type: 'tls', hostile: false, outcome: 'failed' },
  { opening: 'refused connection from ', type: 'reject', hostile: true, outcome: 'refused' },
  { opening: 'Connection from ', type: 'reject', hostile: ['from that IP address'], outcome: 'refused' },
  { opening: 'rejected HELO from ', type: 'command', hostile: true, outcome: 'refused' },
  { opening: 'rejected EHLO from ', type: 'command', hostile: true, outcome: 'refused' },
  { opening: 'rejected EHLO or HELO from ', type: 'command', hostile: true, outcome: 'refused' },
  { opening: 'rejected MAIL from ', type: 'command', hostile: true, outcome: 'refused' },
  { opening: 'rejected XCLIENT from ', type: 'command', hostile: true, outcome: 'refused' },
  { opening: 'overlong message header line received from ', type: 'reject', hostile: true, outcome: 'refused' },
  { opening: 'ridiculously long message header received from ', type: 'reject', hostile: true, outcome: 'refused' },
  { opening: 'timed out while reading ', type: 'notice', hostile: false, outcome: null },
  { opening: 'too many recipients: ', type: 'notice', hostile: false, outcome: null },
  { opening: 'ignoring AUTH=', type: 'notice', hostile: false, outcome: null },
  { opening: 'ETRN ', type: 'command', hostile: false, outcome: null },
  { opening: 'ATRN ', type: 'command', hostile: false, outcome: null },
];

function phrase(text: string): Reading | null {
  const special = nameLookup(text) ?? spamScore(text);
  if (special !== null) return special;
  // The number of the connection may stand within: `SMTP connection Ci=17 from host`.
  const plain = text.startsWith('SMTP connection Ci=') ? `SMTP connection ${text.slice(text.indexOf(' ', 'SMTP connection '.length) + 1)}` : text;
  const row = phrases.find((one) => plain.startsWith(one.opening));
  if (row === undefined) return null;
  const start = row.opening.length - (row.opening.endsWith('H=') ? 2 : 0);
  const host = hostAt(plain, start);
  const words = plain.slice(host?.end ?? start);
  const hostile = typeof row.hostile === 'boolean' ? row.hostile : row.hostile.some((one) => words.includes(one));
  const isOver = row.type === 'connect' && (words.includes(' closed ') || words.includes(' lost'));
  const from = between(words, ' F=<', '>');
  return reading(isOver ? 'disconnect' : row.type, {
    client: host?.client ?? null,
    ...(from === null ? {} : { from }),
    outcome: row.outcome,
    // Behind `from` stands a host or, for a process of this machine, its user.
    hostile: hostile && plain.includes('[', start),
    reason: text,
  });
}

/** Name lookups that failed: the name is the client's own (its PTR record), the address stands at the end. */
function nameLookup(text: string): Reading | null {
  const noName = 'no host name found for IP address ';
  if (text.startsWith(noName)) return reading('notice', { client: clientOf(text.slice(noName.length).trim()), reason: text });
  if (!text.startsWith('no IP address found for host ')) return null;
  const mark = '(during SMTP connection from ';
  const at = text.lastIndexOf(mark);
  const host = at < 0 ? null : hostAt(text, at + mark.length);
  return reading('notice', { client: host?.client ?? null, reason: text });
}

/** SpamAssassin at SMTP time: `SA: Action: silently tossed message: score=13.9 ... From <a@b> (host=name [192.0.2.7]) for c@d`. */
function spamScore(text: string): Reading | null {
  if (!text.startsWith('SA: ')) return null;
  const candidates: LogClient[] = [];
  for (let at = text.indexOf('(host='), tries = 0; at >= 0 && tries < 20; at = text.indexOf('(host=', at + 6), tries++) {
    const client = hostAt(text, at + '(host='.length)?.client;
    if (client) candidates.push(client.name === 'NULL' ? { ...client, name: null } : client);
  }
  const isRefused = /^SA: Action: (?:silently tossed|permanently rejected|teergrubed)/.test(text);
  const hostile = isRefused || text.startsWith('SA: Action: flagged as Spam');
  return reading(isRefused ? 'reject' : 'notice', { client: onlyOne(candidates), hostile, outcome: isRefused ? 'refused' : null, reason: text });
}
