// Exim: mainlog, rejectlog and paniclog. Lines about a message begin with its id and a mark (`<=`, `=>`, `**`, ...); lines about a
// client with the host (`H=...`) or a phrase ("SMTP call from ..."). exim-message.ts reads the first, exim-client.ts the others.
import { namesNobody, reading, type LogLine } from '../line.ts';
import type { LogReader, ReadResult } from '../reader.ts';
import { readClientLine } from './exim-client.ts';
import { readMessageLine } from './exim-message.ts';

export const exim: LogReader = {
  format: 'exim',
  programs: ['exim', 'exim4', 'exim-mainlog', 'exim-rejectlog'],
  program: 'exim',
  claims: (program) => program.startsWith('exim'),
  owns: isExims,
  open: () => readExim,
};

function readExim(line: LogLine): ReadResult {
  const { queueId, text } = splitLine(line.text);
  const said = (queueId === null ? null : readMessageLine(text, queueId)) ?? readClientLine(text, queueId);
  if (said !== null) return said;
  if (isHousekeeping(text)) return namesNobody;
  if (queueId !== null) return reading('notice', { queueId, reason: text });
  return isHeader(line.text) ? namesNobody : null;
}

/** Message ids: six, six and two letters or digits before 4.97, six, eleven and four since; the process id may stand before. */
function splitLine(raw: string): { readonly queueId: string | null; readonly text: string } {
  let text = raw;
  // metalog and others put `info exim[8001]: ` there once more.
  const again = /^(?:\w+ )?exim4?\[\d+\]: /.exec(text);
  if (again !== null) text = text.slice(again[0].length);
  // With syslog_timestamp, its default, Exim stamps what it gives to syslog.
  text = text.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [+-]\d{4})? /, '');
  if (text.startsWith('[')) {
    const pid = /^\[\d+\] /.exec(text);
    if (pid !== null) text = text.slice(pid[0].length);
  }
  const id = /^[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})(?= |$)/.exec(text);
  return id === null ? { queueId: null, text } : { queueId: id[0], text: text.slice(id[0].length + 1) };
}

/** What only Exim writes at the beginning of a line; the rest of the line may be a stranger's. */
const openings = [
  'H=',
  'U=',
  'F=<',
  'SMTP call from ',
  'SMTP connection ',
  'SMTP protocol ',
  'SMTP syntax error in ',
  'SMTP command timeout on ',
  'SMTP data timeout ',
  'no MAIL in SMTP connection from ',
  'no host name found for IP address ',
  'no IP address found for host ',
  'TLS error on connection from ',
  'TLS session: ',
  'refused connection from ',
  'rejected HELO from ',
  'rejected EHLO',
  'rejected MAIL from ',
  'rejected XCLIENT from ',
  'overlong message header line received from ',
  'ignoring AUTH=',
  'timed out while reading local message',
  'Warning: No server certificate defined',
  'rejected from <',
  'unexpected disconnection while reading SMTP command from ',
  'Start queue run: ',
  'Start ODMR queue run',
  'End queue run: ',
  'exim ',
  'cwd=',
];

function isExims(line: LogLine): boolean {
  const { queueId, text } = splitLine(line.text);
  if (queueId !== null || isHeader(line.raw) || openings.some((opening) => text.startsWith(opening))) return true;
  return /^\S{1,60} authenticator failed for /.test(text) || isConnectionRefusal(text);
}

const isConnectionRefusal = (text: string): boolean => text.startsWith('Connection from ') && text.includes(' refused: ');

/** The daemon speaks of itself. */
const housekeeping = [
  'Start queue run: ',
  'End queue run: ',
  'Start ODMR queue run',
  'End ODMR queue run',
  'exim ',
  'Exim ',
  'cwd=',
  'Warning: ',
  'pid ',
  'daemon ',
  'socket bind() ',
  'listening on ',
  're-exec',
  'exec of ',
  'Daemon ',
  'search_tidyup',
  'failed to expand ',
  'DNS list lookup ',
  'configuration file ',
  'WARNING: ',
  'OpenSSL: ',
  'Error in system filter',
  'log string overflowed',
];

const isHousekeeping = (text: string): boolean => housekeeping.some((opening) => text.startsWith(opening));

/** Headers that the rejectlog gives below a refusal (`F From: ...`, `  To: ...`, continuation lines), and the rules between them. */
const isHeader = (raw: string): boolean => /^(?:[A-Z* ] [A-Za-z][\w-]{0,60}:|Envelope-(?:from|to): |\t|-{20,}$|\++ |={20,}$)/.test(raw);
