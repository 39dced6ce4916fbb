// Postfix: every daemon, whatever syslog_name stands before its name (postfix/smtpd, postfix-out/smtpd, postfix/submission/smtpd).
import { clientOf, type LogLine, namesNobody, type Reading, reading } from '../line.ts';
import { readDelivery } from '../postfix/delivery.ts';
import { readPolicySpf } from '../postfix/policy-spf.ts';
import { readDnsblog, readPostscreen, readTlsproxy } from '../postfix/postscreen.ts';
import { levelled, readAboutMessage, readCleanup, readPickup, readQmgr } from '../postfix/queue.ts';
import { endOfQueueId } from '../postfix/scan.ts';
import { readSmtpd } from '../postfix/smtpd.ts';
import type { LogReader } from '../reader.ts';

/** Reads a line of one daemon: its queue id (null: none or NOQUEUE) and the place after it are found already. */
type DaemonReader = (line: LogLine, queueId: string | null, from: number) => Reading | null;

/** `statistics: max connection rate 1/60s for (smtpd:192.0.2.7) at ...`. */
const readAnvil: DaemonReader = ({ text }) => {
  const open = text.indexOf(' for (');
  const close = open < 0 ? -1 : text.indexOf(')', open);
  if (close < 0) return namesNobody;
  // The service before the address may have a colon itself (127.0.0.1:10025), and so may the address.
  for (let colon = text.indexOf(':', open); colon >= 0 && colon < close; colon = text.indexOf(':', colon + 1)) {
    const client = clientOf(text.slice(colon + 1, close));
    if (client !== null) return reading('notice', { client, reason: text });
  }
  return namesNobody;
};

/** Daemons and tools that speak of themselves, at most of a message. */
const readSelf: DaemonReader = ({ text }, queueId, from) =>
  queueId === null ? (levelled(text) ?? namesNobody) : reading('notice', { queueId, reason: text.slice(from) });

/** A name that no daemon has (`postfix` alone, a tag of the site's own): the words tell who spoke. */
const readByWords: DaemonReader = (line, queueId, from) => {
  const { text } = line;
  if (text.startsWith('to=', from)) return readDelivery(line, queueId, from);
  if (text.startsWith('message-id=', from)) return readCleanup(line, queueId, from);
  if (text.startsWith('from=', from) || text.startsWith('removed', from)) return readQmgr(line, queueId, from);
  if (text.startsWith('uid=', from)) return readPickup(line, queueId, from);
  return readSmtpd(line, queueId, from) ?? readPostscreen(line, queueId, from) ?? readDelivery(line, queueId, from) ?? readSelf(line, queueId, from);
};

const each = (names: string, read: DaemonReader): [string, DaemonReader][] => names.split(' ').map((name) => [name, read]);

/** By the last part of the program's name. */
const daemons: ReadonlyMap<string, DaemonReader> = new Map([
  ...each('smtpd qmqpd', readSmtpd),
  ...each('smtp lmtp relay local virtual pipe error retry discard', readDelivery),
  ...each('qmgr nqmgr oqmgr', readQmgr),
  ...each('bounce defer trace postsuper', readAboutMessage),
  ...each(
    'master proxymap proxywrite trivial-rewrite rewrite verify scache tlsmgr flush showq spawn sendmail postdrop postqueue postmap postalias postconf postcat postkick postlog postlogd postfix-script postfix-files postfix-tls postmulti posttls-finger',
    readSelf,
  ),
  ['cleanup', readCleanup],
  ['pickup', readPickup],
  ['postscreen', readPostscreen],
  ['dnsblog', readDnsblog],
  ['tlsproxy', readTlsproxy],
  ['anvil', readAnvil],
  ['policy-spf', readPolicySpf],
  ['policyd-spf', readPolicySpf],
]);

const lastPart = (program: string): string => program.slice(program.lastIndexOf('/') + 1);

/** Keeps the daemon of the last line: lines of one come together, and comparing is cheaper than looking up. */
function openReader(): (line: LogLine) => Reading | null {
  let program = '';
  let read = readByWords;
  return (line) => {
    if (line.program !== program) {
      program = line.program;
      read = daemons.get(lastPart(program)) ?? readByWords;
    }
    return readLine(line, read);
  };
}

function readLine(line: LogLine, read: DaemonReader): Reading | null {
  const { text } = line;
  if (text.startsWith('NOQUEUE: ')) return read(line, null, 9) ?? null;
  const colon = endOfQueueId(text);
  // A message is named: at least that is said of it, whatever else the line is.
  if (colon > 0 && text.charCodeAt(colon + 1) === 32) {
    const queueId = text.slice(0, colon);
    return read(line, queueId, colon + 2) ?? reading('other', { queueId, reason: text.slice(colon + 2) });
  }
  return read(line, null, 0) ?? levelled(text);
}

/** Words that no other program begins with, for logs whose tags say nothing. */
function isOurs(text: string): boolean {
  if (text.startsWith('NOQUEUE: ')) return true;
  const colon = endOfQueueId(text);
  return colon > 0 && ['client=', 'message-id=<', 'from=<', 'to=<', 'uid='].some((start) => text.startsWith(start, colon + 2));
}

export const postfix: LogReader = {
  format: 'postfix',
  programs: ['postfix', 'policyd-spf'],
  program: 'postfix',
  claims: (program) => program.includes('/') && daemons.has(lastPart(program)),
  owns: ({ text }) => isOurs(text),
  open: openReader,
};
