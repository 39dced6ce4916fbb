// One line of a mail log with its frame (stamp, host, program) taken off, and what a reader makes of it.
import { canonicalIp } from '../../lib/ip.ts';
import type { LogClient, LogEventType, LogOutcome } from '../../model/log-event.ts';

/** A line as the frame gives it: what is in `text` is the program's own, without stamp, host, program and process id. */
export interface LogLine {
  /** Milliseconds since the epoch; null where the line has no stamp. */
  readonly at: number | null;
  /** As the log gives it; '' where it does not. */
  readonly host: string;
  /** As the log names it: `postfix/smtpd`, `dovecot`; '' where the line has none (a log of the program's own). */
  readonly program: string;
  /** Process id, or whatever stands for it; '' where the line has none. */
  readonly pid: string;
  /** Control characters and bytes that are no text may be in it. At most 64 KiB. */
  readonly text: string;
  /** The whole line, frame included. */
  readonly raw: string;
}

/** What a reader understood of a line: the fields of a log event, and how the line hangs together with others. */
export interface Reading {
  readonly type: LogEventType;
  /** The line by itself speaks against the client. */
  readonly hostile: boolean;
  readonly client: LogClient | null;
  readonly user: string | null;
  /** Envelope sender; '' is the null sender. */
  readonly from: string | null;
  readonly to: string | null;
  readonly queueId: string | null;
  readonly messageId: string | null;
  readonly outcome: LogOutcome | null;
  readonly replyCode: string | null;
  readonly status: string | null;
  readonly reason: string | null;
  /**
   * Names the connection the line belongs to (a process id, a session id): its client and user are remembered under it and joined into
   * later lines of it. Null: the line belongs to none.
   */
  readonly session: string | null;
  /** The session or, without one, the message ends with this line: what is remembered of it is forgotten. */
  readonly ends: boolean;
  /** The message goes on under this queue id (a content filter took it: "queued as"): it inherits what is remembered. */
  readonly nextQueueId: string | null;
  /** `client` stands in text that a stranger can shape: one that is remembered of the message counts more. */
  readonly unsureClient: boolean;
  /** The program that speaks, where the frame does not say and the reader knows; null: as the frame says. */
  readonly program: string | null;
}

/** A reading while it is made. */
export type OpenReading = { -readonly [K in keyof Reading]: Reading[K] };

/** A reading that says nothing yet but its type, to be filled in: for the lines that logs are full of. */
export const openReading = (type: LogEventType): OpenReading => ({
  type,
  hostile: false,
  client: null,
  user: null,
  from: null,
  to: null,
  queueId: null,
  messageId: null,
  outcome: null,
  replyCode: null,
  status: null,
  reason: null,
  session: null,
  ends: false,
  nextQueueId: null,
  unsureClient: false,
  program: null,
});

/** A reading with these fields; the others say nothing. Fields are named one by one: a spread costs as much as the rest of the line. */
export function reading(type: LogEventType, given: Partial<Omit<Reading, 'type'>> = {}): Reading {
  const { hostile = false, client = null, user = null, from = null, to = null, queueId = null, messageId = null, outcome = null } = given;
  const { replyCode = null, status = null, reason = null, session = null, ends = false, nextQueueId = null, unsureClient = false, program = null } = given;
  return { type, hostile, client, user, from, to, queueId, messageId, outcome, replyCode, status, reason, session, ends, nextQueueId, unsureClient, program };
}

/** A line that is understood and names nobody: it gives no event and does not count as unknown. */
export const namesNobody: Reading = reading('other');

/**
 * A client as the log words it: brackets and `IPv6:` are taken off the address, "unknown" is no name, a port that is none is null.
 * Null when the address is none: nothing a stranger wrote stands where an address is expected.
 */
export function clientOf(rawIp: string, rawName: string | null = null, rawPort: string | number | null = null): LogClient | null {
  const ip = ipOf(rawIp);
  if (ip === '') return null;
  const port = typeof rawPort === 'number' ? rawPort : portOf(rawPort);
  return { ip, port: port !== null && port > 0 && port < 65_536 ? port : null, name: nameOf(rawName) };
}

/** Canonical text of an address in brackets, with `IPv6:` or a prefix length or without; '' when it is none. */
export function ipOf(raw: string): string {
  let text = raw;
  if (text.charCodeAt(0) === 91 && text.endsWith(']')) text = text.slice(1, -1);
  if (text.length > 5 && text.slice(0, 5).toLowerCase() === 'ipv6:') text = text.slice(5);
  const slash = text.indexOf('/');
  return canonicalIp(slash < 0 ? text : text.slice(0, slash));
}

function nameOf(raw: string | null): string | null {
  if (raw === null || raw === '' || raw === 'unknown' || raw === 'UNKNOWN' || raw === '[UNAVAILABLE]') return null;
  return raw;
}

function portOf(raw: string | null): number | null {
  if (raw === null || raw.length > 5 || raw === '') return null;
  let value = 0;
  for (let at = 0; at < raw.length; at++) {
    const digit = raw.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value;
}
