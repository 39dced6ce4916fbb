// The envelope file of Exim's spool, `ID-H` (Exim specification, "Format of spool files"), as octets. What strangers wrote stands in values
// of counted length or behind a fixed word, so it cannot be taken for a line of Exim's own.
import { canonicalIp } from '../../lib/ip.ts';

/** What the file says of its message. */
export interface EximEnvelope {
  readonly from: string;
  /** Recipients that have not got it. */
  readonly to: readonly string[];
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  readonly frozen: boolean;
  readonly user: string | null;
  /** '' where it came from the machine itself. */
  readonly ip: string;
  /** Lines that are sent, line ends LF. */
  readonly header: Buffer;
}

/** Old ids (1Rx9Ab-0003Cd-2Q) and those since 4.97 (1Rx9Ab-00000003Cd5-2Qxy); they become parts of paths and arguments. */
const idPattern = /^[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})$/;
export const isEximId = (id: string): boolean => idPattern.test(id);

/** More recipients than this are not read: no server takes so many. */
const mostRecipients = 100_000;

/** Reads the file; null where it is none, or is being written. */
export function parseEximEnvelope(file: Buffer): EximEnvelope | null {
  const text = file.toString('latin1');
  const lines = new Lines(text);
  const id = lines.next();
  const login = /^(\S*) -?\d+ -?\d+$/.exec(lines.next() ?? '')?.[1];
  const from = /^<(.*)>$/.exec(lines.next() ?? '')?.[1];
  const seconds = Number(/^(\d{1,12}) \d+$/.exec(lines.next() ?? '')?.[1] ?? Number.NaN);
  if (id === null || !id.endsWith('-H') || login === undefined || from === undefined || Number.isNaN(seconds)) return null;
  const values = readValues(lines);
  const done = readDone(lines);
  const to = readRecipients(lines);
  if (to === null) return null;
  const host = values.get('host_address') ?? '';
  return {
    from: utf8(from),
    to: to.filter((each) => !done.has(each)).map(utf8),
    queuedAt: Math.floor((seconds + Number(values.get('received_time_usec') ?? 0)) * 1000),
    frozen: values.has('frozen'),
    user: userOf(values, host === '' ? login : null),
    ip: canonicalIp(/^\[([^\]]*)\]/.exec(host)?.[1] ?? host.replace(/\.\d+$/, '')),
    header: headerOf(file, lines.at),
  };
}

const userOf = (values: ReadonlyMap<string, string>, login: string | null): string | null => {
  const authenticated = values.get('auth_id');
  return authenticated === undefined ? login : utf8(authenticated);
};

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

class Lines {
  at = 0;
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  peek(): string | null {
    const end = this.#text.indexOf('\n', this.at);
    return end < 0 ? null : this.#text.slice(this.at, end);
  }
  next(): string | null {
    const line = this.peek();
    if (line !== null) this.at += line.length + 1;
    return line;
  }
}

/** `-name value`; values that came from outside have a second hyphen, or a quoter in brackets (4.95). */
function readValues(lines: Lines): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (let line = lines.peek(); line?.startsWith('-') === true; line = lines.peek()) {
    lines.next();
    const match = /^--?(?:\([^)]{0,40}\))?([a-z][\w.]*)(?: (.*))?$/.exec(line);
    if (match?.[1] !== undefined && !values.has(match[1])) values.set(match[1], match[2] ?? '');
    // A variable of an ACL: its value has as many octets as the line says, line ends among them.
    const length = /^--?(?:\([^)]{0,40}\))?acl[cm]? \S+ (\d{1,8})$/.exec(line)?.[1];
    if (length !== undefined) lines.at += Number(length) + 1;
  }
  return values;
}

/** The tree of those who have it already: `XX`, or a line `YN address` each. */
function readDone(lines: Lines): ReadonlySet<string> {
  const done = new Set<string>();
  if (lines.peek() === 'XX') {
    lines.next();
    return done;
  }
  for (let line = lines.peek(); line !== null && /^[YN][YN] /.test(line); line = lines.peek()) {
    done.add(line.slice(3));
    lines.next();
  }
  return done;
}

function readRecipients(lines: Lines): readonly string[] | null {
  const count = Number(/^\d{1,7}$/.exec(lines.next() ?? '')?.[0] ?? Number.NaN);
  if (Number.isNaN(count) || count > mostRecipients) return null;
  const found: string[] = [];
  for (let each = 0; each < count; each++) {
    const line = lines.next();
    if (line === null) return null;
    found.push(addressOfLine(line));
  }
  return lines.next() === '' ? found : null;
}

/** `address`, `address errors-to n,parent#1` or `address orcpt n,flags errors-to n,parent#3`: n is the length of what stands before. */
function addressOfLine(line: string): string {
  const end = / (\d{1,6}),-?\d{1,7}#([13])$/.exec(line);
  if (end === null) return line;
  const rest = withoutLast(line.slice(0, end.index), Number(end[1]));
  if (end[2] === '1') return rest;
  const dsn = / (\d{1,6}),-?\d{1,7}$/.exec(rest);
  return dsn === null ? rest : withoutLast(rest.slice(0, dsn.index), Number(dsn[1]));
}

const withoutLast = (text: string, length: number): string => text.slice(0, Math.max(0, text.length - length)).replace(/ $/, '');

/** `NNNf text`: as many octets behind flag and blank; `*` marks a line that was taken away. */
function headerOf(file: Buffer, start: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = start; at < file.length;) {
    const match = /^(\d{3,7})(.) /s.exec(file.toString('latin1', at, at + 12));
    if (match === null) break;
    const from = at + match[0].length;
    at = from + Number(match[1]);
    if (match[2] !== '*') parts.push(file.subarray(from, at));
  }
  return Buffer.concat(parts);
}
