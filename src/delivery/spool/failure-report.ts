// A delivery status notification (RFC 3464): the one report we make, about a message that was taken while its next hop was away and could not be delivered.
// Whether anybody gets it is decided in whom-to-tell.ts. It carries the header of the message, never its text (RET=HDRS).
import { addressOf } from '../../model/mailbox.ts';
import type { SpoolEnvelope } from '../../model/spool.ts';
import { decodeXtext } from '../../wire/smtp/xtext.ts';
import type { FailedRecipient } from './whom-to-tell.ts';

export interface FailureReport {
  readonly envelope: Pick<SpoolEnvelope, 'id' | 'queuedAt' | 'messageId' | 'parameters' | 'recipients'>;
  /** Whole address of the author, ASCII. */
  readonly to: string;
  readonly failed: readonly FailedRecipient[];
  /** The header of the message, CRLF line ends, dots not stuffed. */
  readonly header: string;
  /** Our name. */
  readonly hostname: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Recipients named at most: a report with a thousand says no more. */
const mostNamed = 100;
/** Characters of the header that are returned. */
const mostHeader = 16 * 1024;

const oneLineOf = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 500);
const dateOf = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');

/** The whole message, lines ended by CRLF; 7-bit throughout. */
export function failureReport({ envelope, to, failed, header, hostname, at }: FailureReport): string {
  const { messageId, queuedAt, id, parameters } = envelope;
  const returned = returnedHeader(header);
  const boundary = boundaryFor(`report-${id}`, returned);
  const named = failed.slice(0, mostNamed);
  const unnamed = failed.length - named.length;
  const lines = [
    `From: Mail delivery <postmaster@${hostname}>`,
    `To: <${to}>`,
    `Date: ${dateOf(at)}`,
    `Message-ID: <${id}.report@${hostname}>`,
    'Subject: Your message could not be delivered',
    'Auto-Submitted: auto-replied', // RFC 3834 5.1
    ...(messageId === null ? [] : [`In-Reply-To: ${oneLineOf(messageId)}`, `References: ${oneLineOf(messageId)}`]), // RFC 5322 3.6.4
    'MIME-Version: 1.0',
    'Content-Language: en', // RFC 3282 2
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`, // RFC 6522 3
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    'Content-Language: en',
    '',
    'Your message did not reach these recipients, and nothing more is tried.',
    'The postmaster here has a copy.',
    '',
    ...named.map(({ to: recipient, why }) => `  ${oneLineOf(addressOf(recipient))}: ${oneLineOf(why)}`),
    ...(unnamed === 0 ? [] : [`  and ${unnamed} more`]),
    '',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    ...(parameters.envid === undefined ? [] : [`Original-Envelope-Id: ${oneLineOf(decoded(parameters.envid))}`]), // RFC 3464 2.2.1: not as xtext
    `Reporting-MTA: dns; ${hostname}`, // RFC 3464 2.2.2
    `Arrival-Date: ${dateOf(queuedAt)}`, // RFC 3464 2.2.5
    ...named.flatMap((each) => ['', ...statusOf(each)]),
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers', // RFC 6522 4; RFC 3461 4.3: the header alone is always enough
    '',
    ...returned.split('\r\n'),
    '',
    `--${boundary}--`,
    '',
  ];
  return lines.join('\r\n');
}

/** The fields of one recipient. */
function statusOf({ to, why }: FailedRecipient): readonly string[] {
  const { orcpt } = to;
  return [
    ...(orcpt === undefined ? [] : [`Original-Recipient: ${oneLineOf(originalOf(orcpt))}`]), // RFC 3464 2.3.1
    `Final-Recipient: ${typedAddress(addressOf(to))}`, // RFC 3464 2.3.2
    'Action: failed', // RFC 3464 2.3.3
    `Status: ${/\b5\.\d{1,3}\.\d{1,3}\b/.exec(why)?.[0] ?? '5.4.7'}`, // RFC 3464 2.3.4; RFC 3463 3.5: its time was over
    ...(/^\d{3}\b/.test(why) ? [`Diagnostic-Code: smtp; ${oneLineOf(why)}`] : []), // RFC 3464 2.3.6: only what a server said
  ];
}

/** As it was before it travelled in a parameter (RFC 3461 4); as it came where it cannot be read, or is no printable ASCII. */
function decoded(xtext: string): string {
  const text = decodeXtext(xtext);
  return text !== null && /^[\x20-\x7e]*$/.test(text) ? text : xtext;
}

/** RFC 3461 6.3: the address decoded, its type as it came. */
function originalOf(orcpt: string): string {
  const at = orcpt.indexOf(';') + 1;
  return `${orcpt.slice(0, at)}${decoded(orcpt.slice(at))}`;
}

/** RFC 6533 3: what is not ASCII is written as code points. */
function typedAddress(address: string): string {
  const short = address.slice(0, 500);
  if (/^[\x20-\x7e]*$/.test(short)) return `rfc822; ${short}`;
  return `utf-8; ${short.replace(/[^\x21-\x7e]/gu, (char) => `\\x{${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`)}`;
}

/** Whole lines, as many as there is room for; no line that no server takes (RFC 5322 2.1.1), and nothing that is not ASCII. */
function returnedHeader(header: string): string {
  const room = header.slice(0, mostHeader);
  const cut = header.length > mostHeader ? room.slice(0, Math.max(0, room.lastIndexOf('\r\n'))) : room;
  return cut
    .replace(/(?:\r\n)+$/, '')
    .split('\r\n')
    .map((line) => line.replace(/[^\t\x20-\x7e]/g, '?').slice(0, 998))
    .join('\r\n');
}

/** A boundary that no line of a stranger's header is. */
function boundaryFor(wanted: string, returned: string): string {
  let boundary = wanted;
  while (returned.includes(boundary)) boundary += '='; // each round is longer than what was found, so it ends
  return boundary;
}
