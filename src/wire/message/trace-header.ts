// Our signed trace header: put on mail that leaves us, found again in what bounces. Whoever has not had a message of this sender cannot make it.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What the header says: our reference of the message, and when it left (whole seconds since the epoch). */
export interface TraceMark {
  readonly id: string;
  readonly atSeconds: number;
  /** 12 octets as base64url. */
  readonly mac: string;
}

/** Name of the field, lower case. */
export const traceHeaderName = 'x-floodgate-trace';

/** Octets of the HMAC that are kept. */
const macOctets = 12;
const pattern = /v1;\s*([A-Z0-9-]{1,40});\s*(\d{9,11});\s*([\w-]{16})(?![\w-])/gi;
/** Marks looked at in one report: an attacker may write as many as he likes. */
const mostMarks = 10;
/** Characters in front of a mark in which the name of the field must stand: a MIME part or a text may fold it. */
const nameReach = 40;

/** The whole field, ended by CRLF. `sender` is the envelope sender, which alone gets the bounces. */
export function traceLine(key: Buffer, { id, atSeconds, sender }: { readonly id: string; readonly atSeconds: number; readonly sender: string }): string {
  return `X-Floodgate-Trace: v1; ${id}; ${atSeconds}; ${macOf(key, id, atSeconds, sender)}\r\n`;
}

/** Every mark in a text, wherever it stands: reports quote, indent and fold what they return. */
export function traceMarksIn(text: string): readonly TraceMark[] {
  const marks: TraceMark[] = [];
  for (const { 1: id = '', 2: at = '', 3: mac = '', index } of text.matchAll(pattern)) {
    if (
      !text
        .slice(Math.max(0, index - nameReach), index)
        .toLowerCase()
        .includes(traceHeaderName)
    )
      continue;
    marks.push({ id, atSeconds: Number(at), mac });
    if (marks.length === mostMarks) break;
  }
  return marks;
}

/** Whether the mark was made with this key for mail of this sender. */
export function isMarkOf(key: Buffer, { id, atSeconds, mac }: TraceMark, sender: string): boolean {
  return timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(key, id, atSeconds, sender)));
}

const macOf = (key: Buffer, id: string, atSeconds: number, sender: string): string =>
  createHmac('sha256', key).update(`${id}\n${atSeconds}\n${sender.toLowerCase()}`).digest().subarray(0, macOctets).toString('base64url');
