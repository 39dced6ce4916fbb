// Programs of which a few sentences matter: a table of patterns each, anchored at both ends or on the side the program writes, so that
// a stranger's text cannot move the address. No pattern has two unbounded parts that can match the same text: time is linear in the line.
import { clientOf, namesNobody, reading, type LogLine, type Reading } from '../line.ts';
import type { LogReader, ReadResult } from '../reader.ts';
import { bareAddress, bareUser, replyOf } from './scan.ts';

/** One sentence. Groups of the pattern: `ip`, `name`, `port`, `user`, `from`, `to`, `id` (queue), `mid` (Message-ID), `session`, `reason`. */
export interface Sentence {
  readonly pattern: RegExp;
  readonly type: Reading['type'];
  readonly hostile?: true;
  readonly outcome?: Reading['outcome'];
}

export interface SentenceProgram {
  readonly format: string;
  /** Names in syslog, lower case. */
  readonly programs: readonly string[];
  /** How a line of the program's own log begins; it names no program there. */
  readonly owns?: RegExp;
  readonly sentences: readonly Sentence[];
}

/** A reader for a program of a few sentences; other lines of it name nobody. */
export function sentenceReader({ format, programs, owns, sentences }: SentenceProgram): LogReader {
  return {
    format,
    programs,
    program: programs[0] ?? format,
    ...(owns === undefined ? {} : { owns: (line: LogLine) => owns.test(wholeText(line)) }),
    open: () => (line) => readSentence(wholeText(line).trimEnd(), sentences) ?? namesNobody,
  };
}

/** In a log of the program's own the first word is no host, though it stands where syslog puts one. */
const wholeText = ({ program, host, text }: LogLine): string => (program === '' && host !== '' ? `${host} ${text}` : text);

function readSentence(text: string, sentences: readonly Sentence[]): ReadResult {
  for (const { pattern, type, hostile, outcome } of sentences) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) continue;
    const { ip, name, port, user, from, to, id, mid, session, reason } = groups;
    const words = reason ?? text;
    return reading(type, {
      client: ip === undefined ? null : clientOf(ip, name?.trim() ?? null, port ?? null),
      user: bareUser(user ?? null),
      from: from === undefined ? null : bareAddress(from),
      to: to === undefined ? null : bareAddress(to),
      queueId: id ?? null,
      messageId: mid === undefined ? null : bareAddress(mid),
      session: session ?? null,
      hostile: hostile === true,
      outcome: outcome ?? null,
      ...replyOf(words),
      reason: words,
    });
  }
  return null;
}
