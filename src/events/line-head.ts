// What is asked of the most frequent lines of a flood, taken from their text: when, where and whose, and of a session how it came and went. The
// rest of such a line is as long again or ten times as long, and would be made into objects for nobody.
import type { Event, OfSession, Stamp } from '../model/events.ts';

/** Stamp and session of an event. */
export type LineHead = Stamp & OfSession;
/** What is asked of `session-opened`. */
export type OpenedHead = LineHead & { readonly inside: boolean };
/** What is asked of `session-closed`. */
export type ClosedHead = LineHead & { readonly why: string; readonly messages: number };

// As the recorder writes them: stamp, type, session and address first, nothing escaped in what is read. What is written otherwise is read whole.
const number = '(\\d{1,15})';
const word = '"([^"\\\\]*)"';
const head = `^\\{"at":${number},"door":${word},"seq":${number},"type":"[a-z-]+","session":${word},"ip":${word}`;
const skippedWord = '"[^"\\\\]*"';
const headPattern = new RegExp(head);
const openedPattern = new RegExp(`${head},"port":\\d+,"listener":${skippedWord},"role":${skippedWord},"inside":(true|false),`);
const closedPattern = new RegExp(`${head},"why":${word},"ms":[-+.e\\d]+,"bytesIn":\\d+,"bytesOut":\\d+,"messages":${number},`);

/** The head of a line of an event that has a session. `beginning` is so much of it as may hold the head; `whole` gives all of it. */
export function readHead(beginning: string, whole: () => string): LineHead {
  const match = headPattern.exec(beginning);
  return match === null ? (JSON.parse(whole()) as Extract<Event, OfSession>) : headOf(match); // the recorder wrote it
}

/** What a line of `session-opened` tells. */
export function readOpened(line: string): OpenedHead {
  const match = openedPattern.exec(line);
  return match === null ? (JSON.parse(line) as OpenedHead) : { ...headOf(match), inside: match[6] === 'true' };
}

/** What a line of `session-closed` tells. */
export function readClosed(line: string): ClosedHead {
  const match = closedPattern.exec(line);
  return match === null ? (JSON.parse(line) as ClosedHead) : { ...headOf(match), why: match[6] ?? '', messages: Number(match[7]) };
}

const headOf = ([, at, door = '', seq, session = '', ip = '']: RegExpExecArray): LineHead => ({ at: Number(at), door, seq: Number(seq), session, ip });
