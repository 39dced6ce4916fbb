// A session of the past, put together again from its events: who came, and what each stage was asked with. What the journal does not hold is
// taken from what the checks of then had found, so that a limit can be tried on the number that had passed it.
import { outcomeTextOf } from './wording.ts';
import type { Client, ReverseName, Role, TlsState } from '../../model/client.ts';
import type { Event } from '../../model/events.ts';
import type { Mailbox, Sender } from '../../model/mailbox.ts';
import type { ReportJudgement } from '../../model/report-judgement.ts';
import type { VirusScan } from '../../model/virus-scan.ts';
import type { ConnectInput, ContentSummary, HeloInput, MailInput, SessionConduct } from '../../model/stage-input.ts';
import type { Evidence, Finding } from '../../model/verdict.ts';
import { wordsSaid } from '../../wire/message/encoded-word.ts';
import { parseMailbox } from '../../wire/smtp/path.ts';

export type Judged = Extract<Event, { readonly type: 'stage-judged' }>;

/** What is remembered of a session of the past; the same under any configuration. */
export interface PastSession {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  readonly listener: string;
  readonly role: Role | null;
  readonly nextHop: boolean;
  readonly localIp: string | null;
  readonly localPort: number | null;
  helo: string | null;
  user: string | null;
  tls: TlsState | null;
  reverseName: ReverseName | null;
  /** Envelope sender of the transaction under way; undefined outside of one. */
  from: Sender | undefined;
  size: number | null;
  report: ReportJudgement | null;
  messages: number;
  /** The connect stage was not judged again yet: it leaves no event where nothing was found. */
  isFresh: boolean;
}

/** Takes up a session at the first of its events that the journal has. */
export function beginSession(event: Extract<Event, { readonly session: string }>): PastSession {
  const opened = event.type === 'session-opened' ? event : null;
  const arrived = opened ?? (event.type === 'connection-refused' ? event : null);
  return {
    id: event.session,
    ip: event.ip,
    port: arrived?.port ?? 0,
    listener: arrived?.listener ?? '',
    role: opened?.role ?? null,
    nextHop: opened?.nextHop === true,
    localIp: opened?.localIp ?? null,
    localPort: opened?.localPort ?? null,
    helo: null,
    user: null,
    tls: null,
    reverseName: null,
    from: undefined,
    size: null,
    report: null,
    messages: 0,
    isFresh: opened !== null,
  };
}

/** What an event adds to what is known of its session, before it is judged. */
export function learn(past: PastSession, event: Event): void {
  switch (event.type) {
    case 'tls-started':
      past.tls = { protocol: event.protocol, cipher: event.cipher };
      return;
    case 'report-judged':
      past.report = event;
      return;
    case 'message-finished':
      past.messages += 1;
      return;
    case 'stage-judged':
      return learnStage(past, event);
    default:
  }
}

function learnStage(past: PastSession, { stage, input, facts }: Judged): void {
  past.helo = input.helo ?? past.helo;
  past.user = input.user ?? past.user;
  const name = facts['reverseName'];
  if (name !== undefined && 'value' in name) past.reverseName = name.value as ReverseName; // the recorder wrote it
  if (stage !== 'mail') return;
  past.from = input.from === undefined || input.from === '' ? null : mailboxOf(input.from);
  past.size = input.size ?? null;
  past.report = null;
}

/** The address as an envelope's; null where it is none (the null sender, a damaged record). */
export function mailboxOf(address: string): Mailbox | null {
  const parsed = parseMailbox(address, { smtputf8: true });
  return parsed.kind === 'ok' ? parsed.mailbox : null;
}

/** The recipient as it was written: a source route is only in what was found of it. */
export function recipientOf(address: string, findings: readonly Finding[]): Mailbox | null {
  const mailbox = address.toLowerCase() === 'postmaster' ? { localPart: address, domain: '', text: address, sourceRoute: null } : mailboxOf(address);
  const { route } = evidenceOf(findings, 'relay-trick');
  return mailbox !== null && typeof route === 'string' ? { ...mailbox, sourceRoute: route } : mailbox;
}

/** Protocol sins, as far as the checks of then told of them. */
export function conductOf({ messages }: PastSession, findings: readonly Finding[], recipients: number): SessionConduct {
  const early = outcomeTextOf(findings.find(({ check }) => check === 'early-talker'));
  return {
    talkedBeforeBanner: early.includes('before the banner'),
    pipelinedTooEarly: early.includes('pipelining'),
    errors: numberOf(evidenceOf(findings, 'too-many-errors')['errors']),
    junkCommands: numberOf(evidenceOf(findings, 'too-many-junk-commands')['junkCommands']),
    messages,
    recipients,
  };
}

export const connectInput = (past: PastSession, client: Client, conduct: SessionConduct): ConnectInput => ({ session: past.id, client, conduct });

export const heloInput = (past: PastSession, client: Client, conduct: SessionConduct): HeloInput => ({
  ...connectInput(past, client, conduct),
  helo: past.helo ?? '',
  esmtp: true,
  tls: past.tls,
  user: past.user,
});

export const mailInput = (past: PastSession, client: Client, conduct: SessionConduct): MailInput => ({
  ...heloInput(past, client, conduct),
  from: past.from ?? null,
  parameters: { size: past.size, body: null, smtputf8: false, auth: null },
});

/** Of the content the journal keeps what a rule may look at; line ends and loops are known where they were found. */
export function contentOf({ input, findings }: Judged): ContentSummary {
  return {
    bytes: input.size ?? 0,
    headerBytes: 0,
    headerLines: 0,
    receivedLines: Math.max(input.traits?.hops ?? 0, numberOf(evidenceOf(findings, 'mail-loop')['receivedLines'])),
    passes: numberOf(evidenceOf(findings, 'mail-loop')['passes']),
    messageId: input.messageId ?? null,
    subject: input.subject ?? null,
    subjectText: wordsSaid(input.subject ?? null),
    bareLineEnds: numberOf(evidenceOf(findings, 'bad-line-ends')['bareLineEnds']),
    nulBytes: 0,
    longestLine: 0,
    sha256: '',
  };
}

/** What the virus scanner had said, as far as it was found: nobody scans the past again. */
export function scanOf(findings: readonly Finding[]): VirusScan | undefined {
  for (const { check, outcome } of findings) {
    if (check !== 'virus-found' && check !== 'too-large-to-scan') continue;
    const { virus, why } = outcome.kind === 'finding' ? outcome.evidence : { virus: null, why: outcome.why };
    if (typeof virus === 'string') return { kind: 'found', found: virus };
    return { kind: check === 'virus-found' ? 'unknown' : 'too-large', why: String(why ?? '') };
  }
  return undefined;
}

/** The evidence of a check's finding; empty where it found nothing. */
export function evidenceOf(findings: readonly Finding[], check: string): Evidence {
  const found = findings.find((each) => each.check === check);
  return found?.outcome.kind === 'finding' ? found.outcome.evidence : {};
}

const numberOf = (value: Evidence[string] | undefined): number => (typeof value === 'number' ? value : 0);
