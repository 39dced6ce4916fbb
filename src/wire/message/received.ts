// The trace line that we put in front of every message (RFC 5321 4.4; RFC 2505 2.2: a gateway must name the outside caller).
import type { TlsState } from '../../model/client.ts';

export interface ReceivedTrace {
  /** As the client said it: hostile text. */
  readonly helo: string;
  readonly esmtp: boolean;
  readonly smtputf8: boolean;
  /** Canonical text of the client's address, and its port (RFC 6302). */
  readonly ip: string;
  readonly port: number;
  /** Only a name that resolves back to the address; null for any other. */
  readonly reverseName: string | null;
  readonly tls: TlsState | null;
  readonly authenticated: boolean;
  /** Our host name. */
  readonly by: string;
  readonly id: string;
  /** `local@domain`; null with several recipients, or the line would tell the Bcc (RFC 5321 7.2). */
  readonly forRecipient: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** RFC 5321 4.5.3.1.2: a domain has at most 255 octets; nothing that is put into the line may be longer, so no line passes 998. */
const MAX_NAME_LENGTH = 255;

/** The whole header field, folded, ended by CRLF. Pure ASCII unless the message is SMTPUTF8. */
export function receivedLine(trace: ReceivedTrace): string {
  const { tls } = trace;
  const clauses = [`from ${heloText(trace.helo)} (${safeName(trace.reverseName ?? 'unknown')} [${ipLiteral(trace.ip)}]:${trace.port})`];
  if (tls !== null) clauses.push(`(version=${safeName(tls.protocol)} cipher=${safeName(tls.cipher)})`);
  // Never the user's name: the line goes to strangers.
  if (trace.authenticated) clauses.push('(authenticated)');
  clauses.push(`by ${safeName(trace.by)} with ${protocolOf(trace)} id ${safeName(trace.id)}`);
  if (trace.forRecipient !== null) clauses.push(`for <${addressText(trace.forRecipient, trace.smtputf8)}>`);
  return `Received: ${clauses.join('\r\n\t')};\r\n\t${dateTime(trace.at)}\r\n`;
}

/** RFC 3848, RFC 6531 4.3. HELO knows neither TLS nor AUTH; there the keyword is SMTP. */
function protocolOf({ esmtp, smtputf8, tls, authenticated }: ReceivedTrace): string {
  if (!esmtp) return 'SMTP';
  return `${smtputf8 ? 'UTF8SMTP' : 'ESMTP'}${tls === null ? '' : 'S'}${authenticated ? 'A' : ''}`;
}

/** RFC 5322 3.3 in UTC, for example `Tue, 03 Feb 2026 04:05:06 +0000`. `at` in milliseconds since the epoch. */
export function dateTime(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}

/** RFC 5321 4.1.3 */
const ipLiteral = (ip: string): string => safeName(ip.includes(':') ? `IPv6:${ip}` : ip);

/**
 * Letters, digits and what names and literals are made of; anything else could end the comment, the field, or forge a clause.
 * A name never begins a comment or a quoted string, so it cannot hide what follows.
 */
function safeName(raw: string): string {
  return raw.slice(0, MAX_NAME_LENGTH).replace(/[^A-Za-z0-9._:\-+/=]/g, '?') || 'unknown';
}

/** The client's HELO: a name, or a literal whose brackets stay. */
function heloText(raw: string): string {
  const literal = /^\[([^[\]]*)\]$/.exec(raw);
  return literal === null ? safeName(raw) : `[${safeName(literal[1] ?? '')}]`;
}

/** An address that was parsed; its local part is quoted again where it must be (RFC 5321 4.1.2). */
function addressText(address: string, smtputf8: boolean): string {
  const at = address.lastIndexOf('@');
  const local = (at < 0 ? address : address.slice(0, at)).slice(0, MAX_NAME_LENGTH);
  const domain = at < 0 ? '' : `@${address.slice(at + 1).slice(0, MAX_NAME_LENGTH)}`;
  const isDotString = /^[^\s"(),:;<>@[\\\]]+$/.test(local) && !/^\.|\.\.|\.$/.test(local);
  const text = `${isDotString ? local : `"${local.replace(/["\\]/g, '\\$&')}"`}${domain.replace(/[\s"(),;<>\\]/g, '?')}`;
  return text.replace(smtputf8 ? /[\p{Cc}\u2028\u2029]/gu : /[^ -~]/gu, '?');
}
