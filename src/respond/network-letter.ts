// What the abuse contact of a network reads about viruses that came from it: a feedback report (RFC 5965, type virus) with the trace of the
// latest message. Never the message or any part of the virus, never an envelope address: the virus has made up the sender, and the recipients
// are nobody's business (RFC 6590). Pure.
import { plain } from './alerts/plain-letter.ts';

/** One message with a virus, as it was met. */
export interface InfectedMessage {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly ip: string;
  /** Port it came from; null where it is not known. Behind a translator it alone tells whose machine it was (RFC 6302). */
  readonly port: number | null;
  readonly helo: string;
  readonly messageId: string;
  /** The scanner's name of what it found. */
  readonly virus: string;
  /** It reached nobody: refused, kept or thrown away. */
  readonly stopped: boolean;
  readonly ref: string;
}

export interface NetworkNews {
  readonly network: string;
  readonly count: number;
  /** Not one of them reached anybody. */
  readonly allStopped: boolean;
  /** Of the first one, in ms since the epoch. */
  readonly since: number;
  /** The latest ones, newest last; at least one. */
  readonly latest: readonly InfectedMessage[];
}

export interface NetworkLetterStamp {
  readonly to: readonly string[];
  readonly hostname: string;
  /** Somebody reads it: RFC 6650 asks for a mailbox that works. */
  readonly postmaster: string;
  readonly reference: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The date form of RFC 5322. */
const dateOf = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');
const addressLiteral = (ip: string): string => (ip.includes(':') ? `IPv6:${ip}` : ip);

/** A whole message with CRLF, in ASCII. */
export function networkLetter(news: NetworkNews, stamp: NetworkLetterStamp): string {
  const { to, hostname, postmaster, reference, at } = stamp;
  const boundary = `=_${reference}`;
  const subject = `[${reference}] Virus mail from ${news.network}: ${news.count} ${news.count === 1 ? 'message' : 'messages'}`;
  const part = (type: string, lines: readonly string[]): readonly string[] => [`--${boundary}`, `Content-Type: ${type}`, '', ...lines, ''];
  return `${[
    `From: Postmaster of ${hostname} <${postmaster}>`,
    `To: ${to.join(', ')}`,
    `Subject: ${subject}`,
    `Date: ${dateOf(at)}`,
    `Message-ID: <${reference}.network@${hostname}>`,
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=feedback-report; boundary="${boundary}"`,
    '',
    ...part('text/plain; charset=us-ascii', words(news, stamp)),
    ...part('message/feedback-report', fields(news, stamp)),
    ...part('text/rfc822-headers', trace(news, stamp)),
    `--${boundary}--`,
  ].join('\r\n')}\r\n`;
}

function words({ network, count, allStopped, since, latest }: NetworkNews, { hostname, postmaster }: NetworkLetterStamp): readonly string[] {
  return [
    `Since ${new Date(since).toISOString().slice(0, 19)}Z the mail server ${hostname} was handed ${count} ${count === 1 ? 'message' : 'messages'} with a virus`,
    `by machines of the network ${network}, for which you are registered as abuse contact.${allStopped ? ' None was passed on.' : ''}`,
    'Please look at these machines: they are probably infected. Times are UTC.',
    '',
    ...latest.map(({ at, ip, port, virus }) =>
      plain(`${new Date(at).toISOString().slice(0, 19)}Z  ${ip}${port === null ? '' : ` port ${port}`}  ${virus}`, 200),
    ),
    ...(count > latest.length ? [`and ${count - latest.length} before them`] : []),
    '',
    'The addresses are those that connected to us. Envelope addresses, content and the virus are left out; the trace below is ours.',
    `A program wrote this, at most once a day for a network. Answers reach the postmaster: ${postmaster}`,
  ];
}

/** RFC 5965 3.1, 3.2; RFC 6692 for the port. */
function fields({ count, since, latest }: NetworkNews, { hostname }: NetworkLetterStamp): readonly string[] {
  const last = latest.at(-1);
  return [
    'Feedback-Type: virus',
    'User-Agent: Floodgate',
    'Version: 1',
    ...(last === undefined ? [] : [`Source-IP: ${last.ip}`, ...(last.port === null ? [] : [`Source-Port: ${last.port}`])]),
    `Arrival-Date: ${dateOf(last?.at ?? since)}`,
    `Incidents: ${count}`,
    `Reporting-MTA: dns; ${hostname}`,
  ];
}

/** The trace line that we would have put on top, and what lets the owner of a relay find it in his log. */
function trace({ latest }: NetworkNews, { hostname }: NetworkLetterStamp): readonly string[] {
  const last = latest.at(-1);
  if (last === undefined) return [];
  return [
    plain(`Received: from ${headerWord(last.helo) || 'unknown'} ([${addressLiteral(last.ip)}])`, 300),
    `\tby ${hostname} with SMTP id ${last.ref}; ${dateOf(last.at)}`,
    ...(last.messageId === '' ? [] : [plain(`Message-ID: ${last.messageId}`, 300)]),
  ];
}

/** What a stranger calls himself, without what would end a word of a header. */
const headerWord = (helo: string): string => helo.replace(/[^A-Za-z0-9.:_[\]-]/g, '?');
