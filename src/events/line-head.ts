// When and where an event happened and whose it is, from the beginning of its line: of a connection refused at the banner nobody asks more, and what
// stands behind it is ten times as long.
import type { Event, OfSession, Stamp } from '../model/events.ts';

/** Stamp and session of an event. */
export type LineHead = Stamp & OfSession;

/** As the recorder writes it: stamp, type, session and address first, with nothing escaped in them. What is written otherwise is read whole. */
const pattern = /^\{"at":(\d{1,15}),"door":"([^"\\]+)","seq":(\d{1,15}),"type":"[a-z-]+","session":"([^"\\]+)","ip":"([^"\\]*)"/;

/** The head of a line of an event that has a session. `head` is the line, or so much of it as may hold the head; `whole` gives all of it. */
export function readHead(head: string, whole: () => string): LineHead {
  const match = pattern.exec(head);
  if (match === null) return JSON.parse(whole()) as Extract<Event, OfSession>; // the recorder wrote it
  const [, at, door = '', seq, session = '', ip = ''] = match;
  return { at: Number(at), door, seq: Number(seq), session, ip };
}
