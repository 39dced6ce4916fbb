// Postfix postscreen and its servants dnsblog and tlsproxy: what strangers do before they may speak with smtpd.
import { clientOf, namesNobody, type LogLine, type Reading, reading } from '../line.ts';
import { readAction } from './action.ts';
import { clientAt, clientIn } from './scan.ts';
import { readTls } from './smtpd.ts';

type Form = readonly [start: string, type: Reading['type'], hostile: boolean, outcome?: Reading['outcome']];

/** Lines with `[address]:port` right after the words, or after ` from ` or ` for `. */
const forms: readonly Form[] = [
  ['CONNECT from ', 'connect', false],
  ['DISCONNECT ', 'disconnect', false],
  ['PASS ', 'notice', false, 'accepted'],
  ['WHITELISTED ', 'notice', false, 'accepted'],
  ['ALLOWLISTED ', 'notice', false, 'accepted'],
  ['WHITELIST VETO ', 'notice', false],
  ['ALLOWLIST VETO ', 'notice', false],
  ['BLACKLISTED ', 'notice', true],
  ['DENYLISTED ', 'notice', true],
  ['PREGREET ', 'command', true, 'failed'],
  ['DNSBL rank ', 'notice', true],
  ['HANGUP after ', 'disconnect', false, 'failed'],
  // As a lost connection: slow alone is not abuse.
  ['COMMAND TIME LIMIT ', 'notice', false, 'failed'],
  ['COMMAND ', 'command', true, 'failed'],
  ['NON-SMTP COMMAND ', 'command', true, 'failed'],
  ['BARE NEWLINE ', 'command', true, 'failed'],
];

/** A line of postscreen; `from` is the place after NOQUEUE. Null: not understood. */
export function readPostscreen(line: LogLine, queueId: string | null, from: number): Reading | null {
  const { text } = line;
  if (from > 0) return readAction(line, queueId, from);
  const form = forms.find(([start]) => text.startsWith(start));
  if (form === undefined) return readTls(text) ?? otherLine(text);
  const [start, type, hostile, outcome = null] = form;
  // What a client said stands after its address: the first bracket is ours.
  const client = clientAt(text, Math.max(start.length, text.indexOf('[')));
  return client === null ? null : reading(type, { client, hostile, outcome, reason: type === 'connect' ? null : text });
}

function otherLine(text: string): Reading | null {
  if (text.startsWith('warning: ') || text.startsWith('cache ') || text.startsWith('entering ') || text.startsWith('leaving ')) {
    const client = clientIn(text);
    return client === null ? namesNobody : reading('notice', { client, reason: text });
  }
  return null;
}

/** Lists that speak for a client carry it in their name: dnswl, wl.mailspike, swl, whitelist. */
const allowList = /(?:^|\.)(?:[a-z]*wl|white(?:list)?|allow(?:list)?|iadb2?|trusted|ok)\./;

/** `addr 192.0.2.7 listed by domain bl.example as 127.0.0.4`. */
export function readDnsblog(line: LogLine): Reading | null {
  const { text } = line;
  if (text.startsWith('warning: ')) return namesNobody;
  const end = text.indexOf(' listed by domain ', 5);
  if (!text.startsWith('addr ') || end < 0) return null;
  const [domain = '', , answer = ''] = text.slice(end + 18).split(' ');
  // 127.255.255.0/24 says that the list does not answer us, not that the client is on it.
  const hostile = !allowList.test(`${domain.toLowerCase()}.`) && !answer.startsWith('127.255.255.');
  return reading('notice', { client: clientOf(text.slice(5, end)), hostile, reason: text });
}

/** tlsproxy speaks TLS for postscreen, and for smtp when connections are kept. */
export function readTlsproxy(line: LogLine): Reading | null {
  const { text } = line;
  if (text.startsWith('CONNECT from ')) return reading('tls', { client: clientAt(text, 13), reason: text });
  if (text.startsWith('DISCONNECT ')) return reading('tls', { client: clientAt(text, 11), reason: text });
  if (text.startsWith('CONNECT to ') || text.includes('TLS connection established to ')) return reading('tls', { reason: text });
  const tls = readTls(text) ?? otherLine(text);
  if (tls !== null) return tls;
  const client = clientIn(text);
  return client === null ? null : reading('other', { client, reason: text });
}
