// qmail and what is put around it: tcpserver, rblsmtpd, qmail-smtpd with chkuser, spamdyke, vpopmail; qmail-send's queue. In syslog, in files
// of multilog, and with the programs' own names before the words (`1157519909.63 qmail-smtpd: 421 badiprbl: ...`).
import { LruMap } from '../../../lib/lru-map.ts';
import type { LogClient } from '../../../model/log-event.ts';
import { clientOf, namesNobody, reading, type LogLine, type Reading } from '../line.ts';
import type { LogReader, ReadResult } from '../reader.ts';
import { readQmailQueue, type OpenDelivery } from './qmail-queue.ts';
import { speaksAgainst } from './offence.ts';
import { onlyOne, replyOf } from './scan.ts';

const deliveriesAtOnce = 2000;

const parts = ['qmail-smtpd', 'rblsmtpd', 'tcpserver', 'spamdyke', 'qmail-send', 'simscan', 'qmail-pop3d', 'fixcrio', 'recordio', 'spp'];
const vpopmail = ['vchkpw', 'vchkpw-smtp', 'vchkpw-smtps', 'vchkpw-submission', 'vchkpw-pop3', 'vchkpw-pop3s', 'vchkpw-imap', 'vpopmail'];

export const qmail: LogReader = {
  format: 'qmail',
  programs: ['qmail', 'smtpd-qmail', 'smtplog', ...parts, ...vpopmail],
  program: 'qmail',
  claims: (program) => program.startsWith('qmail') || program.startsWith('vchkpw'),
  owns: ({ text }) =>
    parts.some((part) => text.startsWith(`${part}: `) || text.startsWith(`${part}[`)) ||
    text.startsWith('CHKUSER ') ||
    /^(?:new msg|end msg|info msg|bounce msg|starting delivery|delivery|status: (?:local|\d)|triple bounce) ?/.test(text),
  open: () => {
    const open = new LruMap<string, OpenDelivery>({ capacity: deliveriesAtOnce, now: () => 0 });
    return (line) => readQmail(line, open);
  },
};

function readQmail(line: LogLine, open: LruMap<string, OpenDelivery>): ReadResult {
  // `qmail: 1157519909.633171 qmail-smtpd: ...`: splogger's stamp and the program's own name.
  let text = line.text.replace(/^\d{9,11}\.\d{1,9} /, '');
  const own = parts.find((part) => text.startsWith(`${part}: `) || text.startsWith(`${part}[`));
  if (own !== undefined) text = text.slice(text.indexOf(': ') + 2);
  const part = own ?? line.program.toLowerCase();
  const said = readSpamdyke(text) ?? readChkuser(text) ?? readVpopmail(text, part) ?? readBlocked(text, part) ?? readTcpserver(text) ?? readSmtpd(text, part);
  if (said !== null) return own === undefined ? said : { ...said, program: own };
  return readQmailQueue(text, open) ?? namesNobody;
}

/** `DENIED_RBL_MATCH from: a@b to: c@d origin_ip: 192.0.2.7 origin_rdns: x auth: (unknown) ...`. */
function readSpamdyke(text: string): Reading | null {
  const word = /^(ALLOWED|TIMEOUT|FAILED_[A-Z_]+|DENIED_[A-Z_]+|TLS_[A-Z_]+)(?= )/.exec(text)?.[1];
  // Sender and recipient stand before it, and a name server's word behind it.
  const ipAt = text.lastIndexOf(' origin_ip: ');
  if (word === undefined || ipAt < 0) return null;
  const rdnsAt = text.indexOf(' origin_rdns: ', ipAt);
  const end = text.indexOf(' ', ipAt + ' origin_ip: '.length);
  const client = clientOf(text.slice(ipAt + ' origin_ip: '.length, end < 0 ? undefined : end), rdnsAt < 0 ? null : wordAt(text, rdnsAt + 14));
  const userAt = text.indexOf(' auth: ', ipAt);
  const isDenied = word.startsWith('DENIED') || word.startsWith('FAILED');
  const isPutOff = word === 'DENIED_GRAYLISTED';
  const hostile = isDenied && !isPutOff && !/QUOTA|TOO_LARGE|SYSTEM|UNQUALIFIED/.test(word);
  return reading(word === 'ALLOWED' ? 'accept' : isDenied ? 'reject' : 'notice', {
    client,
    from: named(text, ' from: ', ' to: '),
    to: named(text, ' to: ', ' origin_ip: '),
    user: userAt < 0 ? null : known(wordAt(text, userAt + 7)),
    hostile,
    outcome: word === 'ALLOWED' ? 'accepted' : isPutOff ? 'deferred' : isDenied ? 'refused' : null,
    reason: word,
  });
}

const known = (raw: string): string | null => (raw.startsWith('(') || raw === '' ? null : raw);

function named(text: string, mark: string, until: string): string | null {
  const at = text.indexOf(mark);
  const end = at < 0 ? -1 : text.lastIndexOf(until);
  return end <= at ? null : known(text.slice(at + mark.length, end));
}

function wordAt(text: string, from: number): string {
  const end = text.indexOf(' ', from);
  return text.slice(from, end < 0 ? undefined : end);
}

/** `CHKUSER rejected rcpt: from <a@b::> remote <helo:name:192.0.2.7> rcpt <c@d> : not existing recipient`. */
function readChkuser(text: string): Reading | null {
  if (!text.startsWith('CHKUSER ')) return null;
  const candidates: LogClient[] = [];
  for (let at = text.indexOf(' remote <'), tries = 0; at >= 0 && tries < 20; at = text.indexOf(' remote <', at + 9), tries++) {
    const close = text.indexOf('> ', at);
    const client = close < 0 ? null : lastAddress(text.slice(at + 9, close));
    if (client !== null) candidates.push(client);
  }
  const words = text.slice('CHKUSER '.length, Math.max(0, text.indexOf(':')));
  const isRefused = words.startsWith('rejected');
  const isTemporary = text.includes('temporary') || text.includes(' tmp ');
  const senderAt = text.indexOf('from <');
  const sender = senderAt < 0 ? '' : text.slice(senderAt + 6, text.indexOf(':', senderAt + 6));
  return reading(isRefused ? 'reject' : 'accept', {
    client: onlyOne(candidates),
    from: sender === 'null' ? '' : sender,
    to: chkuserRecipient(text),
    hostile: isRefused && !isTemporary && !/quota|size/.test(text.slice(text.lastIndexOf('>'))),
    outcome: isRefused ? (isTemporary ? 'deferred' : 'refused') : 'accepted',
    reason: text.slice(text.lastIndexOf(' : ') + 3),
  });
}

function chkuserRecipient(text: string): string | null {
  const at = text.lastIndexOf(' rcpt <');
  const end = at < 0 ? -1 : text.indexOf('>', at);
  return end < 0 ? null : known(text.slice(at + 7, end));
}

/** `helo:name:192.0.2.7`; an IPv6 address holds colons itself: the longest tail that is an address. */
function lastAddress(text: string): LogClient | null {
  let best: LogClient | null = null;
  for (let at = text.lastIndexOf(':'), tries = 0; at >= 0 && tries < 9; at = at === 0 ? -1 : text.lastIndexOf(':', at - 1), tries++) {
    best = clientOf(text.slice(at + 1)) ?? best;
  }
  return best;
}

/** `vchkpw-smtp: password fail (pass: 'x') joe@hub.example:192.0.2.7`: the address stands last. */
function readVpopmail(text: string, part: string): Reading | null {
  if (!part.startsWith('vchkpw') && part !== 'vpopmail') return null;
  const words = text.replace(/^vchkpw[a-z0-9-]*: /, '');
  const userAt = words.lastIndexOf(' ');
  const last = words.slice(userAt + 1);
  const client = vpopmailClient(last);
  const colon = last.indexOf(':');
  const hasPassed = words.includes('login success') && !words.includes('fail');
  const hostile = /fail|not found|no password|invalid user|null|denied|wrong/.test(words.slice(0, Math.max(0, userAt)));
  return reading('auth', {
    client,
    user: colon <= 0 ? null : last.slice(0, colon),
    hostile: hostile && !hasPassed,
    outcome: hasPassed ? 'accepted' : hostile ? 'failed' : null,
    reason: words.slice(0, Math.max(0, userAt)),
  });
}

/** `joe@hub.example:192.0.2.7`: a plain address behind the last colon, or one of IPv6 behind the first colon after the name. */
function vpopmailClient(last: string): LogClient | null {
  const plain = clientOf(last.slice(last.lastIndexOf(':') + 1));
  if (plain !== null && !last.slice(0, last.lastIndexOf(':')).includes('::')) return plain;
  return clientOf(last.slice(last.indexOf(':', last.indexOf('@')) + 1)) ?? plain;
}

/** rblsmtpd: `192.0.2.7 pid 17 list.example: 451 http://...`, `relays.example blocked 192.0.2.7 name -`; badiprbl: `421 badiprbl: ip 192.0.2.7 rbl: x`. */
function readBlocked(text: string, part: string): Reading | null {
  const badip = /^(4\d\d|5\d\d) badiprbl: ip ([0-9A-Fa-f:.]+) rbl: /.exec(text);
  if (badip !== null) return blocked(badip[2] ?? '', text);
  if (part !== 'rblsmtpd') return null;
  const numbered = /^([0-9A-Fa-f:.]+) pid \d+(?: [\w.-]{1,80})?: /.exec(text);
  if (numbered !== null) return blocked(numbered[1] ?? '', text.slice(numbered[0].length));
  const byList = /^\S+ blocked ([0-9A-Fa-f:.]+)(?: |$)/.exec(text);
  return byList === null ? null : blocked(byList[1] ?? '', text);
}

function blocked(ip: string, reason: string): Reading {
  const reply = replyOf(reason);
  const isTemporary = reply.replyCode?.startsWith('4') === true;
  return reading('reject', { client: clientOf(ip), hostile: true, outcome: isTemporary ? 'deferred' : 'refused', ...reply, reason });
}

/** tcpserver: `pid 17 from 192.0.2.7`, `ok 17 hub:198.51.100.1:25 name:192.0.2.7::3456`, `end 17 status 0`. */
function readTcpserver(text: string): Reading | null {
  const from = /^pid (\d+) from ([0-9A-Fa-f:.]+)$/.exec(text);
  if (from !== null) return reading('connect', { client: clientOf(from[2] ?? ''), session: from[1] ?? null });
  const end = /^end (\d+) status /.exec(text);
  if (end !== null) return reading('disconnect', { session: end[1] ?? null, ends: true });
  const answer = /^(ok|deny) (\d+) \S+ (\S*?):([0-9A-Fa-f.]+):[^:]*:(\d+)$/.exec(text);
  if (answer === null) return null;
  const [, word, session = null, name = '', ip = '', port = null] = answer;
  return reading(word === 'deny' ? 'reject' : 'connect', {
    client: clientOf(ip, name, port),
    session,
    hostile: word === 'deny',
    outcome: word === 'deny' ? 'refused' : null,
  });
}

/** What patches of qmail-smtpd say: `qmail-smtpd[17]: bad ...`, `... from 192.0.2.7 ...`; only what names an address is of use. */
function readSmtpd(text: string, part: string): Reading | null {
  if (part !== 'qmail-smtpd') return null;
  const found = /^(?:pid )?\d* ?(?:from )?\[?((?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)\]? (.*)$/.exec(text);
  if (found === null) return null;
  const words = found[2] ?? '';
  const isRefusal = /reject|refuse|denied|fail|block|invalid|bad/i.test(words);
  return reading(isRefusal ? 'reject' : 'notice', {
    client: clientOf(found[1] ?? ''),
    hostile: isRefusal && speaksAgainst(words, replyOf(words).replyCode),
    outcome: isRefusal ? 'refused' : null,
    reason: words,
  });
}
