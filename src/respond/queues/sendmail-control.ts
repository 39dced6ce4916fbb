// The control file of Sendmail's queue, `qfID`, or `hfID` when the message is quarantined (Sendmail Operations Guide, appendix B). A line begins
// with its kind; header lines go on in lines that begin with a blank.
import { canonicalIp } from '../../lib/ip.ts';

/** What the file says of its message. */
export interface SendmailEnvelope {
  readonly from: string;
  /** Recipients that have not got it. */
  readonly to: readonly string[];
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  /** Why it was put aside; null where it was not. */
  readonly quarantine: string | null;
  /** Why it waits. */
  readonly reason: string;
  readonly user: string | null;
  /** '' where it came from the machine itself. */
  readonly ip: string;
  /** Header lines, line ends LF. */
  readonly header: Buffer;
}

/** Letters for year to second, process or sequence digits (8.12 and later); they become parts of paths and arguments. */
const idPattern = /^[0-9A-Za-z]{8,20}$/;
export const isSendmailId = (id: string): boolean => idPattern.test(id);

/** Reads the file, given as octets; null where it is none, or is being written. */
export function parseSendmailControl(file: Buffer): SendmailEnvelope | null {
  const text = file.toString('latin1');
  // The file is complete when its last line is a dot.
  const end = text.endsWith('\n.\n') ? text.length - 3 : text.indexOf('\n.\n');
  if (!/^V\d/.test(text) || end < 0) return null;
  const [lines, header] = sorted(text.slice(0, end).split('\n'));
  const sender = lines.get('S')?.[0];
  const seconds = Number(lines.get('T')?.[0] ?? Number.NaN);
  if (sender === undefined || Number.isNaN(seconds)) return null;
  const caller = (lines.get('$') ?? []).find((macro) => macro.startsWith('_'))?.slice(1) ?? '';
  const bracketed = /\[(?:IPv6:)?([^[\]]+)\](?: \(may be forged\))?$/i.exec(caller)?.[1];
  return {
    from: addressOf(sender),
    to: (lines.get('R') ?? []).map((line) => addressOf(line.replace(/^[A-Z]*:/, ''))),
    queuedAt: seconds * 1000,
    quarantine: utf8(lines.get('q')?.[0]),
    reason: utf8(lines.get('M')?.[0]) ?? '',
    user: utf8(lines.get('A')?.[0]) ?? (bracketed === undefined ? localUser(caller) : null),
    ip: canonicalIp(bracketed ?? ''),
    header: Buffer.from(header, 'latin1'),
  };
}

/** Lines by their kind, and the header apart. */
function sorted(all: readonly string[]): readonly [ReadonlyMap<string, readonly string[]>, string] {
  const lines = new Map<string, string[]>();
  let header = '';
  let shown = false;
  for (const line of all) {
    const kind = line.charAt(0);
    if (kind === 'H') {
      // H?flags?Name: what has flags is for some mailers only, and not written yet.
      shown = line.startsWith('H??');
      if (shown) header += `${line.slice(3)}\n`;
    } else if (kind === ' ' || kind === '\t') header += shown ? `${line}\n` : '';
    else {
      const known = lines.get(kind);
      if (known === undefined) lines.set(kind, [line.slice(1)]);
      else known.push(line.slice(1));
    }
  }
  return [lines, header];
}

/** The outermost angle brackets are not of the address. */
const addressOf = (raw: string): string => utf8(/^<(.*)>$/.exec(raw)?.[1] ?? raw) ?? '';

/** `user@localhost`: the program `sendmail` was called on the machine. */
const localUser = (caller: string): string | null => utf8(/^([^@\s]{1,64})@localhost$/.exec(caller)?.[1]);

const utf8 = (latin1: string | undefined): string | null => (latin1 === undefined ? null : Buffer.from(latin1, 'latin1').toString('utf8'));
