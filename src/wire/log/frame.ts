// Takes the frame off a log line: BSD syslog, syslog with ISO time, RFC 5424, journald (export and JSON), container logs, or a stamp alone.
import { endOfDigits } from './digits.ts';
import { readJournalJson, type JournalFields, journalLine, JournalExport } from './journal.ts';
import type { LogLine } from './line.ts';
import { StampReader } from './stamp.ts';

/** Lines of one log, one after the other. */
export interface FrameReader {
  /** The line without its frame; null when it is part of a larger record, or empty. */
  read(raw: string): LogLine | null;
  /** What is left at the end of the log: the last record of a journal export. */
  end(): LogLine | null;
}

/** `now`: milliseconds since the epoch, for stamps without a year. */
export function createFrameReader(now: () => number): FrameReader {
  const stamps = new StampReader(now);
  const journal = new JournalExport();
  return {
    read(raw) {
      if (raw === '') return journal.flush();
      const code = raw.charCodeAt(0);
      if (code === 95 && journal.begins(raw)) return null; // _
      if (journal.isOpen) return journal.add(raw);
      if (code === 123) return ofJson(raw, stamps) ?? bare(raw); // {
      if (code === 60) return ofPriority(raw, stamps); // <
      if (code === 91) return ofBrackets(raw, stamps); // [
      return ofStamp(raw, 0, stamps);
    },
    end: () => journal.flush(),
  };
}

const bare = (raw: string, at: number | null = null, text = raw): LogLine => ({ at, host: '', program: '', pid: '', text, raw });

/** `{"MESSAGE":...}` of `journalctl -o json`, or `{"log":...}` of a container; null when it is other JSON. */
function ofJson(raw: string, stamps: StampReader): LogLine | null {
  const fields: JournalFields | null = readJournalJson(raw);
  if (fields === null) return null;
  const inner = fields['log'];
  if (inner !== undefined) return { ...ofStamp(inner.trimEnd(), 0, stamps), raw };
  return fields['MESSAGE'] === undefined ? null : journalLine(fields, raw);
}

/** `<34>` before RFC 5424 or BSD syslog; the priority itself says nothing we use. */
function ofPriority(raw: string, stamps: StampReader): LogLine {
  // `<co ts="2026-05-30T10:00:00.99" ...>`: Oracle's servers log in XML.
  if (raw.startsWith(' ts="', 3)) return bare(raw, stamps.read(raw, 8) < 0 ? null : stamps.at);
  const end = endOfDigits(raw, 1);
  if (end === 1 || end > 4 || raw.charCodeAt(end) !== 62) return bare(raw);
  const versionEnd = endOfDigits(raw, end + 1);
  // RFC 5424 6.2: VERSION is a digit or three, then a space; a BSD stamp begins with a letter.
  if (versionEnd > end + 1 && versionEnd <= end + 3 && raw.charCodeAt(versionEnd) === 32) return ofVersion(raw, versionEnd + 1, stamps);
  return ofStamp(raw, end + 1, stamps);
}

/** RFC 5424 6: TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG, each `-` when there is none. */
function ofVersion(raw: string, from: number, stamps: StampReader): LogLine {
  const nil = raw.charCodeAt(from) === 45;
  const stampEnd = nil ? from + 1 : stamps.read(raw, from);
  if (stampEnd < 0) return bare(raw);
  const at = nil ? null : stamps.at;
  const host = wordAt(raw, stampEnd + 1);
  const program = wordAt(raw, host.end + 1);
  const pid = wordAt(raw, program.end + 1);
  const id = wordAt(raw, pid.end + 1);
  let textFrom = endOfStructuredData(raw, id.end + 1);
  if (raw.charCodeAt(textFrom) === 32) textFrom++;
  if (raw.charCodeAt(textFrom) === 0xfeff) textFrom++; // RFC 5424 6.4: MSG may begin with a byte order mark
  return { at, host: host.text, program: program.text, pid: pid.text, text: raw.slice(textFrom), raw };
}

interface Word {
  readonly text: string;
  readonly end: number;
}

function wordAt(raw: string, from: number): Word {
  const space = raw.indexOf(' ', from);
  const end = space < 0 ? raw.length : space;
  const text = raw.slice(from, end);
  return { text: text === '-' ? '' : text, end };
}

/** RFC 5424 6.3: `-`, or `[id name="value"]` one after the other; `]` in a value is escaped by a backslash. */
function endOfStructuredData(raw: string, from: number): number {
  if (raw.charCodeAt(from) === 45) return from + 1;
  let at = from;
  while (raw.charCodeAt(at) === 91) {
    at++;
    while (at < raw.length && raw.charCodeAt(at) !== 93) at += raw.charCodeAt(at) === 92 ? 2 : 1;
    at++;
  }
  return at;
}

/** `[18/Jan/2014 06:41:25] text`, `[10-May-2015 13:02:52 -0400]: text`. */
function ofBrackets(raw: string, stamps: StampReader): LogLine {
  const end = stamps.read(raw, 1);
  if (end < 0 || raw.charCodeAt(end) !== 93) return bare(raw);
  let from = end + 1;
  if (raw.charCodeAt(from) === 58) from++;
  return bare(raw, stamps.at, raw.slice(raw.charCodeAt(from) === 32 ? from + 1 : from));
}

/** A stamp at `from`, and behind it a host and a program, a program alone, or what a program wrote into its own file. */
function ofStamp(raw: string, from: number, stamps: StampReader): LogLine {
  const end = stamps.read(raw, from);
  if (end < 0) return raw.charCodeAt(from) > 64 ? ofWeekday(raw, from, stamps) : bare(raw);
  const at = stamps.at;
  const next = raw.charCodeAt(end);
  if (next !== 32) return bare(raw, at, raw.slice(end));
  // `2024-10-31 12:38:21 text` is how programs stamp files of their own; syslog daemons write a T, or the name of a month.
  const code = raw.charCodeAt(from + 10);
  const own = code === 32 && raw.charCodeAt(from) < 65;
  if (own || raw.charCodeAt(from) === 64) return ofOwnFile(raw, end + 1, at);
  return ofHost(raw, end + 1, at);
}

/** `Thu 2024-10-31 12:38:21 CET host program[1]: text` of journalctl -o short-full. */
function ofWeekday(raw: string, from: number, stamps: StampReader): LogLine {
  const end = raw.charCodeAt(from + 3) === 32 ? stamps.read(raw, from + 4) : -1;
  if (end < 0) return bare(raw);
  const zone = wordAt(raw, end + 1);
  return ofHost(raw, zone.end + 1, stamps.at);
}

/** In a file of its own a program names itself only with a process id: `host postfix/smtpd[7]: text`; what else looks like a name is text. */
function ofOwnFile(raw: string, from: number, at: number): LogLine {
  const line = ofHost(raw, from, at);
  return line.pid === '' ? bare(raw, at, raw.slice(from)) : line;
}

/** `host program[pid]: text`, `program[pid]: text`, `host program: text`; without a program all of it is text. */
function ofHost(raw: string, start: number, at: number): LogLine {
  // `<mail.info>`: FreeBSD's syslogd when told to be verbose.
  const level = raw.charCodeAt(start) === 60 ? raw.indexOf('> ', start) : -1;
  const from = level < 0 ? start : level + 2;
  const space = raw.indexOf(' ', from);
  if (space < 0) return bare(raw, at, raw.slice(from));
  const before = raw.charCodeAt(space - 1);
  if (before === 58) return ofProgram(raw, from, space, { at, host: '' }) ?? bare(raw, at, raw.slice(from));
  const nextSpace = raw.indexOf(' ', space + 1);
  const end = nextSpace < 0 ? raw.length : nextSpace;
  const host = raw.slice(from, space);
  if (raw.charCodeAt(end - 1) === 58) return ofProgram(raw, space + 1, end, { at, host }) ?? bare(raw, at, raw.slice(from));
  return { at, host, program: '', pid: '', text: raw.slice(space + 1), raw };
}

/** `program[pid]:` or `program:` between these places; the text follows. Null when it is no name. */
function ofProgram(raw: string, from: number, end: number, { at, host }: { readonly at: number; readonly host: string }): LogLine | null {
  let nameEnd = end - 1;
  let pid = '';
  if (raw.charCodeAt(end - 2) === 93) {
    nameEnd = raw.lastIndexOf('[', end - 3);
    if (nameEnd <= from) return null;
    pid = raw.slice(nameEnd + 1, end - 2);
  }
  // `[ID 197553 mail.info]`: Solaris.
  const id = raw.startsWith('[ID ', end + 1) ? raw.indexOf('] ', end + 1) : -1;
  return { at, host, program: raw.slice(from, nameEnd), pid, text: raw.slice(id < 0 ? end + 1 : id + 2), raw };
}
