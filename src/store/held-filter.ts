// What held mail may have in common: the same question to the database, and to a row that only we can read.
import { incidentIdOf } from '../model/incident.ts';
import type { HeldRecord } from '../model/quarantine.ts';

/** What must fit; texts are compared without regard to case, except ids. */
export interface HeldFilter {
  readonly ids?: readonly string[];
  /** Address, `domain`, `.domain`, or `<>` for the null sender. */
  readonly sender?: string;
  readonly recipient?: string;
  readonly user?: string;
  /** The one that decided; `virus-found` fits whatever a scan found a virus in. */
  readonly check?: string;
  readonly measure?: string;
  readonly incident?: string;
  /** Part of the text. */
  readonly reason?: string;
  readonly subject?: string;
  /** It came at this time or later; before the other. Milliseconds since the epoch. */
  readonly since?: number;
  readonly before?: number;
  /** Bytes of the content: more than the one, fewer than the other. */
  readonly largerThan?: number;
  readonly smallerThan?: number;
  /** Only copies of refused mail; otherwise none of them: what waits for nobody is never meant by accident. */
  readonly refused?: boolean;
}

/** The part of a filter that asks for what may be encrypted. */
export type PrivateFilter = Pick<HeldFilter, 'sender' | 'recipient' | 'user' | 'check' | 'measure' | 'incident' | 'reason' | 'subject'>;

/** The parts of a row that such a filter looks at. */
export type PrivatePart = Pick<HeldRecord, 'from' | 'to' | 'user' | 'check' | 'measure' | 'incident' | 'because' | 'subject' | 'virus'>;

/** The check that asks for all that holds a virus, whichever finding decided. */
export const virusCheck = 'virus-found';

/** SQLite's lower() knows ASCII only: the other side must not know more. */
export const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** A subject as it is searched, in whatever script. */
export const foldedSubject = (subject: string): string => subject.normalize('NFC').toLowerCase();

/** Addresses as they are searched: each between line ends, so that a whole one or a domain can be found. */
export const addressKey = (addresses: readonly string[]): string => addresses.map((address) => `\n${lowerAscii(address)}\n`).join('');

/** What stands in an address key where the address fits. */
export function addressNeedle(pattern: string): string {
  const text = lowerAscii(pattern);
  if (text === '<>') return '\n\n';
  if (text.startsWith('.')) return `${text}\n`;
  return text.includes('@') ? `\n${text}\n` : `@${text}\n`;
}

/** Whether the filter asks for anything that may be encrypted. */
export const asksForPrivate = ({ sender, recipient, user, check, measure, incident, reason, subject }: PrivateFilter): boolean =>
  [sender, recipient, user, check, measure, incident, reason, subject].some((each) => each !== undefined);

/** The same as the database's conditions, for a row that it cannot read. */
export function fitsPrivate(row: PrivatePart, { sender, recipient, user, check, measure, incident, reason, subject }: PrivateFilter): boolean {
  return (
    (sender === undefined || addressKey([row.from]).includes(addressNeedle(sender))) &&
    (recipient === undefined || addressKey(row.to).includes(addressNeedle(recipient))) &&
    (user === undefined || row.user === user) &&
    (check === undefined || row.check === check || (check === virusCheck && row.virus)) &&
    (measure === undefined || row.measure === measure) &&
    (incident === undefined || (row.incident !== null && incidentIdOf(row.incident) === incidentIdOf(incident))) &&
    (reason === undefined || lowerAscii(row.because).includes(lowerAscii(reason))) &&
    (subject === undefined || (row.subject !== null && foldedSubject(row.subject).includes(foldedSubject(subject))))
  );
}
