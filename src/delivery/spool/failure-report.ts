// A delivery status notification (RFC 3464) to a user of ours whose message could not be delivered. It is the one report we make: it goes to
// the address under which that user has proved to be at home here, and to nobody else.
import type { Mailbox } from '../../model/mailbox.ts';
import { addressOf } from '../../model/mailbox.ts';
import type { SpoolEnvelope } from '../../model/spool.ts';

/** The author's address, where the author is an authenticated user who wrote under his own address in one of our domains; null: nobody is told. */
export function authorToTell({ handover: { user }, from }: Pick<SpoolEnvelope, 'handover' | 'from'>, ourDomains: readonly string[]): string | null {
  if (user === null || from === null || !ourDomains.includes(from.domain)) return null;
  const address = addressOf(from);
  const name = user.toLowerCase();
  return name === address.toLowerCase() || name === from.localPart.toLowerCase() ? address : null;
}

export interface FailureReport {
  readonly envelope: Pick<SpoolEnvelope, 'id' | 'queuedAt' | 'subject' | 'messageId' | 'parameters'>;
  readonly to: string;
  readonly failed: readonly { readonly to: Mailbox; readonly why: string }[];
  readonly hostname: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const oneLineOf = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 500);
const dateOf = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');

/** The whole message, lines ended by CRLF. */
export function failureReport({ envelope, to, failed, hostname, at }: FailureReport): string {
  const boundary = `report-${envelope.id}`;
  const { messageId, subject, queuedAt, id, parameters } = envelope;
  const lines = [
    `From: Mail delivery <postmaster@${hostname}>`,
    `To: <${to}>`,
    `Date: ${dateOf(at)}`,
    `Message-ID: <${id}.report@${hostname}>`,
    'Subject: Your message could not be delivered',
    'Auto-Submitted: auto-replied', // RFC 3834 5.1
    ...(messageId === null ? [] : [`In-Reply-To: ${oneLineOf(messageId)}`, `References: ${oneLineOf(messageId)}`]),
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'Your message did not reach these recipients. The postmaster here has a copy,',
    'and can still send it on.',
    '',
    ...failed.map(({ to: { text }, why }) => `  ${oneLineOf(text)}: ${oneLineOf(why)}`),
    '',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    ...(parameters.envid === undefined ? [] : [`Original-Envelope-Id: ${oneLineOf(parameters.envid)}`]), // RFC 3464 2.2.1
    `Reporting-MTA: dns; ${hostname}`, // RFC 3464 2.2.2
    `Arrival-Date: ${dateOf(queuedAt)}`, // RFC 3464 2.2.5
    ...failed.flatMap(({ to: { text }, why }) => [
      '',
      `Final-Recipient: rfc822; ${oneLineOf(text)}`, // RFC 3464 2.3.2
      'Action: failed', // RFC 3464 2.3.3
      `Status: ${/\b5\.\d{1,3}\.\d{1,3}\b/.exec(why)?.[0] ?? '5.4.7'}`, // RFC 3464 2.3.4; RFC 3463 3.5: its time was over
      `Diagnostic-Code: smtp; ${oneLineOf(why)}`,
    ]),
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers', // RFC 3462 2
    '',
    ...(messageId === null ? [] : [`Message-ID: ${oneLineOf(messageId)}`]),
    `Subject: ${oneLineOf(subject ?? '')}`,
    '',
    `--${boundary}--`,
    '',
  ];
  return lines.join('\r\n');
}
