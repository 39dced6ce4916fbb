// Sendmail 8: lists of `name=value, name=value` behind a queue id, or a client and what is wrong with it. Envelope addresses and user names
// are strangers' text; where they can stand on both sides of the client, the line is read from its beginning, quotes and brackets counted.
import { LruMap } from '../../../lib/lru-map.ts';
import type { LogClient } from '../../../model/log-event.ts';
import { namesNobody, reading, type LogLine, type Reading } from '../line.ts';
import type { LogReader, ReadResult } from '../reader.ts';
import { angleAt } from './exim-host.ts';
import { speaksAgainst } from './offence.ts';
import { bareAddress, between, clientIn, replyOf } from './scan.ts';
import { mostRecipients, readSendmailTransaction, type RefusedRecipient, type RefusedRecipients } from './sendmail-transaction.ts';

/** Queue ids of which a recipient was refused in a line without a client; that comes with `from=`, soon after. */
const rememberedRefusals = 2000;

export const sendmail: LogReader = {
  format: 'sendmail',
  programs: ['sendmail', 'sm-mta', 'sm-msp-queue', 'sm-acceptingconnections', 'sm-que', 'sm-cl', 'sendmail-in', 'sendmail-out', 'mta'],
  program: 'sendmail',
  claims: (program) => program.startsWith('sendmail') || program.startsWith('sm-'),
  open: () => {
    const refused = new LruMap<string, readonly RefusedRecipient[]>({ capacity: rememberedRefusals, now: () => 0 });
    return (line) => readSendmail(line, refused);
  },
};

function readSendmail(line: LogLine, refused: RefusedRecipients): ReadResult {
  const { queueId, text } = withoutQueueId(line.text);
  const session = line.pid === '' ? null : line.pid;
  if (queueId !== null && (text.startsWith('from=') || text.startsWith('to='))) return readSendmailTransaction(text, queueId, session, refused);
  const said =
    readRuleset(text) ?? readAuth(text) ?? readTls(text) ?? readMilter(text) ?? readRefusedRecipient(text, queueId, refused) ?? readClientWords(text);
  if (said === null) return queueId === null ? namesNobody : reading('notice', { queueId, ends: text.startsWith('done;'), reason: text });
  // A recipient's refusal knows no client of its own, and the process may since serve another message.
  const known = said.client === null && said.to !== null && !text.startsWith('Milter') ? null : session;
  return { ...said, queueId, session: known };
}

/** `s1GNXHYB005133: `; NOQUEUE is none. */
function withoutQueueId(text: string): { readonly queueId: string | null; readonly text: string } {
  if (text.startsWith('NOQUEUE: ')) return { queueId: null, text: text.slice(9) };
  const id = /^(?=[A-Za-z]{0,7}\d)([0-9A-Za-z]{8,20}): /.exec(text);
  return id === null ? { queueId: null, text } : { queueId: id[1] ?? null, text: text.slice(id[0].length) };
}

/** `ruleset=check_rcpt, arg1=<a@b>, relay=host [192.0.2.7], reject=550 5.7.1 <a@b>... Relaying denied`. */
function readRuleset(text: string): Reading | null {
  if (!text.startsWith('ruleset=')) return null;
  const ruleset = text.slice('ruleset='.length, commaAt(text, 0));
  const argumentEnd = endOfArgument(text);
  const relayAt = text.indexOf(', relay=', argumentEnd);
  const rejectAt = text.indexOf(', reject=', Math.max(relayAt, argumentEnd));
  const client = relayAt < 0 ? null : clientIn(text.slice(relayAt + ', relay='.length, rejectAt < 0 ? commaAt(text, relayAt + 2) : rejectAt));
  const argument = between(text, 'arg1=', ', ') === null ? null : text.slice(text.indexOf('arg1=') + 'arg1='.length, argumentEnd);
  const address = argument !== null && argument.startsWith('<') ? bareAddress(argument) : null;
  const reason = rejectAt < 0 ? text : text.slice(rejectAt + ', reject='.length);
  const reply = replyOf(reason);
  const code = reply.replyCode ?? (rejectAt < 0 ? '4' : '5');
  return reading('reject', {
    client,
    from: ruleset === 'check_mail' ? address : null,
    to: ruleset === 'check_rcpt' ? address : null,
    outcome: rejectAt < 0 ? null : code.startsWith('4') ? 'deferred' : 'refused',
    ...reply,
    reason,
    hostile: rejectAt >= 0 && speaksAgainst(reason, code),
  });
}

/** Where `arg1=<...>` ends: what is in the brackets is the client's text and may look like the rest of the line. */
function endOfArgument(text: string): number {
  const at = text.indexOf('arg1=');
  if (at < 0) return 0;
  return angleAt(text, at + 'arg1='.length)?.end ?? commaAt(text, at);
}

function commaAt(text: string, from: number): number {
  const at = text.indexOf(', ', from);
  return at < 0 ? text.length : at;
}

/** `AUTH failure (LOGIN): authentication failure (-13) ..., user=joe, relay=host [192.0.2.7]` and `AUTH=server, relay=..., authid=joe, ...`. */
function readAuth(text: string): Reading | null {
  if (text.startsWith('AUTH=server, ')) {
    const relay = between(text, 'relay=', ', ');
    return reading('auth', { client: relay === null ? null : clientIn(relay), user: between(text, ', authid=', ', mech='), outcome: 'accepted' });
  }
  if (!text.startsWith('AUTH failure') && !text.startsWith('AUTH warning')) return null;
  // The relay stands last: a user name before it may look like one.
  const relayAt = text.lastIndexOf(', relay=');
  const userAt = text.indexOf(', user=');
  const end = relayAt < 0 ? text.length : relayAt;
  return reading('auth', {
    client: relayAt < 0 ? null : clientIn(text.slice(relayAt + ', relay='.length)),
    user: userAt < 0 || userAt >= end ? null : text.slice(userAt + ', user='.length, end),
    outcome: 'failed',
    // -1, -2: the library failed, not the client.
    hostile: text.startsWith('AUTH failure') && !text.includes('generic failure (-1)') && !text.includes('(-2)'),
    reason: text.slice(0, userAt >= 0 && userAt < end ? userAt : end),
  });
}

function readTls(text: string): Reading | null {
  if (!text.startsWith('STARTTLS')) return null;
  const isServer = text.startsWith('STARTTLS=server');
  const relayAt = isServer ? text.indexOf('relay=') : -1;
  const client = relayAt < 0 ? null : clientIn(text.slice(relayAt + 'relay='.length, commaAt(text, relayAt)));
  return reading('tls', { client, outcome: /error|failed/.test(text) ? 'failed' : null, reason: text });
}

/** `Milter: to=<a@b>, reject=550 5.7.1 ...`, `milter=clamav, reject=...`: a filter's refusal; the client is that of the session. */
function readMilter(text: string): Reading | null {
  if (!text.startsWith('Milter') && !text.startsWith('milter=')) return null;
  const at = text.lastIndexOf(', reject=');
  if (at < 0) return reading('notice', { reason: text });
  const reason = text.slice(at + ', reject='.length);
  const reply = replyOf(reason);
  const isFinal = !reason.startsWith('4');
  const to = text.startsWith('Milter: to=') ? angleAt(text, 'Milter: to='.length) : null;
  const from = text.startsWith('Milter: from=') ? angleAt(text, 'Milter: from='.length) : null;
  return reading('reject', {
    ...(from === null ? {} : { from: from.address }),
    to: to?.address ?? null,
    outcome: isFinal ? 'refused' : 'deferred',
    ...reply,
    reason,
    hostile: speaksAgainst(reason, reply.replyCode),
  });
}

/** `<joe@hub.example>... User unknown`: says against whom only later, in the `from=` of the same queue id. */
function readRefusedRecipient(text: string, queueId: string | null, refused: RefusedRecipients): Reading | null {
  const mark = text.indexOf('... ');
  if (mark < 0 || !text.startsWith('<')) return null;
  const reason = text.slice(mark + 4);
  const hostile = speaksAgainst(reason, replyOf(reason).replyCode);
  const to = bareAddress(text.slice(0, mark));
  const before = queueId === null ? [] : (refused.get(queueId) ?? []);
  if (hostile && queueId !== null && before.length < mostRecipients) refused.set(queueId, [...before, { to, reason }]);
  return reading('reject', { to, outcome: 'refused', ...replyOf(reason), reason, hostile });
}

interface ClientWords {
  /** What stands before the client, or what stands behind it (`behind`). */
  readonly words: string;
  readonly behind?: true;
  readonly type: Reading['type'];
  readonly hostile: boolean;
}

const clientWords: readonly ClientWords[] = [
  { words: 'rejecting commands from ', type: 'command', hostile: true },
  { words: 'lost input channel from ', type: 'disconnect', hostile: false },
  { words: 'timeout waiting for input from ', type: 'disconnect', hostile: false },
  { words: 'unexpected close on connection from ', type: 'disconnect', hostile: false },
  { words: 'collect: unexpected close on connection from ', type: 'disconnect', hostile: false },
  { words: 'connect from ', type: 'connect', hostile: false },
  { words: 'SMTP connect from ', type: 'connect', hostile: false },
  { words: ' did not issue MAIL/EXPN/VRFY/ETRN during connection to ', behind: true, type: 'disconnect', hostile: true },
  { words: ': possible SMTP attack: ', behind: true, type: 'auth', hostile: true },
  { words: ': Possible SMTP RCPT flood', behind: true, type: 'command', hostile: true },
  { words: ': probable open proxy', behind: true, type: 'command', hostile: true },
  { words: ': bad commands', behind: true, type: 'command', hostile: true },
];

/** A client and what is wrong with it. Its name, which is DNS's, holds no spaces: the first bracket is the address. */
function readClientWords(text: string): Reading | null {
  const row = clientWords.find((one) => (one.behind === true ? text.includes(one.words) : text.startsWith(one.words)));
  if (row !== undefined) {
    const client = firstClient(row.behind === true ? text : text.slice(row.words.length));
    const outcome = row.hostile ? 'failed' : null;
    return reading(row.type, { client, hostile: row.hostile && client !== null, outcome: client === null ? null : outcome, reason: text });
  }
  return readCommand(text);
}

/** `host [192.0.2.7]: VRFY root [rejected]`. */
function readCommand(text: string): Reading | null {
  const client = firstClient(text);
  if (client === null) return null;
  const words = text.slice(text.indexOf(']') + 1);
  const at = words.indexOf(': ');
  if (at < 0 || at > ' (may be forged)'.length) return null;
  const hostile = words.endsWith('[rejected]');
  return reading('command', { client, hostile, outcome: hostile ? 'refused' : null, reason: words.slice(at + 2) });
}

/** The client a text begins with: `[192.0.2.7]` or `host [192.0.2.7]`. */
function firstClient(raw: string): LogClient | null {
  const text = raw.trimStart();
  const open = text.indexOf('[');
  if (open < 0 || text.slice(0, open).trim().includes(' ')) return null;
  const close = text.indexOf(']', open);
  return close < 0 ? null : clientIn(text.slice(0, close + 1));
}
