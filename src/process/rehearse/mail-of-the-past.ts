// A saved message as it came in: who brought it, from whom and for whom, when. Only what our own servers wrote is believed: the first
// Received line that names a host outside the site.
import { canonicalIp } from '../../lib/ip.ts';
import { addressesIn } from './addresses-in.ts';
import { headerFields, rawValue, readHeader, type RawField } from '../../wire/message/header.ts';
import { defaultMessageLimits } from '../../wire/message/limits.ts';
import { withLineFeeds } from '../../wire/message/message-text.ts';
import { outsideHopOf } from '../../wire/message/outside-hop.ts';

export interface MailOfThePast {
  /** Milliseconds since the epoch, of the newest Received line; null where no field tells. */
  readonly at: number | null;
  /** Who brought it; '' where no line tells: it was written inside. */
  readonly ip: string;
  readonly helo: string;
  /** Envelope sender; '' is the null sender. */
  readonly from: string;
  /** Recipients that are ours. */
  readonly to: readonly string[];
  readonly messageId: string | null;
  readonly subject: string | null;
  readonly hops: number;
}

/** Fields of deliverers that name the envelope's recipient; the first that is there counts. */
const recipientFields = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to'];
/** Received lines looked at. */
const mostHops = 30;
const mostRecipients = 100;

/** Reads the header of a message in any line ends. */
export function mailOf(raw: Buffer, site: { isInside(ip: string): boolean; isOurDomain(domain: string): boolean }): MailOfThePast {
  const text = withLineFeeds(raw.toString('latin1', 0, Math.min(raw.length, defaultMessageLimits.headerBytes)));
  const { fields } = readHeader(text, 0, text.length, defaultMessageLimits, true);
  const received = fields.filter(({ name }) => name === 'received').map(({ value }) => value);
  const hop = received
    .slice(0, mostHops)
    .map((line) => outsideHopOf([line]))
    .find((each) => each !== null && !site.isInside(each.ip));
  const decoded = headerFields(fields);
  return {
    at: timeOf(received[0] ?? '') ?? timeOf(`;${rawValue(fields, 'date')}`),
    ip: hop === undefined || hop === null ? '' : canonicalIp(hop.ip),
    helo: hop?.name ?? 'unknown',
    from: senderOf(fields),
    to: recipientsOf(fields, (domain) => site.isOurDomain(domain)),
    messageId: rawValue(fields, 'message-id') || null,
    subject: decoded.get('subject')?.[0] ?? null,
    hops: received.length,
  };
}

/** RFC 5321 4.4: the stamp stands behind the last semicolon. */
function timeOf(received: string): number | null {
  const at = Date.parse(received.slice(received.lastIndexOf(';') + 1).trim());
  return Number.isNaN(at) ? null : at;
}

function senderOf(fields: readonly RawField[]): string {
  const path = fields.find(({ name }) => name === 'return-path')?.value;
  if (path !== undefined) return addressesIn(path)[0] ?? '';
  return addressesIn(rawValue(fields, 'from'))[0] ?? '';
}

function recipientsOf(fields: readonly RawField[], isOurs: (domain: string) => boolean): readonly string[] {
  const named = recipientFields.map((field) => addressesIn(rawValue(fields, field))).find((found) => found.length > 0);
  const candidates = named ?? fields.filter(({ name }) => name === 'to' || name === 'cc').flatMap(({ value }) => addressesIn(value));
  return candidates.filter((address) => isOurs(address.slice(address.lastIndexOf('@') + 1))).slice(0, mostRecipients);
}
