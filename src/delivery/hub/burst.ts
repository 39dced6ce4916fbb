// One message on one connection: XCLIENT or XFORWARD, then MAIL, RCPT and DATA in one burst, the content, the final dot, the answer.
// What each way to fail means for the client is the table "final-dot window": before the dot nothing has happened, after it all may have.
import type { DeliveryOutcome, DeliveryRequest } from '../../model/delivery.ts';
import type { Mailbox } from '../../model/mailbox.ts';
import { oneLine, type Reply } from '../../model/reply.ts';
import { unkeptPromise } from '../unkept-promise.ts';
import { isLost, type HubClient, type Lost } from './client.ts';
import { sendContent, type Unreadable } from './content.ts';
import { mailCommand, rcptCommand } from './envelope.ts';
import { finalOfLmtp, finalOfSmtp } from './finals.ts';
import { forwardCommands, impersonate } from './handover.ts';
import type { ReleaseState } from './pool.ts';

export interface BurstOptions {
  readonly protocol: 'smtp' | 'lmtp';
  /** Tell who the client is, where the hub offers it. */
  readonly xclient: boolean;
  readonly xforward: boolean;
  /** Our name in EHLO, where the client's own cannot be used. */
  readonly hostname: string;
  readonly commandMs: number;
  readonly finalDotMs: number;
  /** Nothing may be read before it resolves: an answer is still owed to the one before. */
  readonly before: Promise<void> | null;
  /** The dot is sent: from here on somebody else may speak, who is answered behind us. Null where nobody may. */
  readonly dotSent: (() => void) | null;
}

export type BurstEnd =
  | { readonly kind: 'done'; readonly outcome: DeliveryOutcome; readonly after: ReleaseState }
  /** The dot was not sent. `early`: not even a reply to RCPT had come, as with a connection that was stale. */
  | { readonly kind: 'lost'; readonly why: string; readonly early: boolean; readonly timedOut: boolean; readonly said421: boolean };

const done = (outcome: DeliveryOutcome, after: ReleaseState): BurstEnd => ({ kind: 'done', outcome, after });
const isOk = (answer: Reply): boolean => answer.code >= 200 && answer.code < 300;
const isRefusal = (answer: Reply): boolean => answer.code >= 400;

/** Hands one message over. Never rejects for what the hub does; throws only where our own caller broke its word. */
export async function sendBurst(client: HubClient, request: DeliveryRequest, options: BurstOptions): Promise<BurstEnd> {
  if (options.xclient && client.capabilities.xclient.size > 0) {
    const refusal = await impersonate(client, request.handover, options);
    if (refusal !== null)
      return isLost(refusal) || refusal.code === 421 ? lost(refusal, true) : done({ kind: 'refused', hubReply: refusal, at: 'mail' }, 'destroy');
  }
  const { dsn, requireTls } = client.capabilities;
  const unkept = unkeptPromise(request, { dsn, requireTls: client.verified && requireTls });
  if (unkept !== null) return done(unkept, 'keep');
  const entered = await sendEnvelope(client, request, options);
  if ('kind' in entered) return entered;
  const { accepted } = entered;
  const answers = options.protocol === 'lmtp' ? accepted.length : 1;
  if (options.dotSent !== null) client.cork();
  const interrupted = await sendContent(client, request, { answers, stallMs: options.commandMs, totalMs: options.finalDotMs });
  if (interrupted !== null) return stopContent(interrupted);
  options.dotSent?.();
  const end = await (options.protocol === 'lmtp' ? finalOfLmtp(client, accepted, options.finalDotMs) : finalOfSmtp(client, options.finalDotMs));
  return end.kind === 'done' ? { ...end, outcome: withRefused(end.outcome, request, entered) } : end;
}

/** The envelope is taken, the content may come. */
interface Entered {
  readonly accepted: readonly Mailbox[];
  /** Refused at RCPT; some only where the client can be told so. */
  readonly refused: ReadonlyMap<Mailbox, Reply>;
}

/** The way from MAIL to 354. */
async function sendEnvelope(client: HubClient, request: DeliveryRequest, options: BurstOptions): Promise<BurstEnd | Entered> {
  const hub = client.capabilities;
  const forward = options.xforward && !client.impersonating ? forwardCommands(request, hub) : [];
  const bytes = request.content.wireBytes + Buffer.byteLength(request.prependedHeaders);
  const mail = mailCommand(request.from, request.parameters, hub, bytes);
  const rcpts = request.recipients.map((to) => rcptCommand(to, hub));
  const say = speaker(client, [...forward, mail, ...rcpts, 'DATA'], options.commandMs);
  if (options.before !== null) await options.before;

  for (const _ of forward) {
    const answer = await say(); // for the hub's log only: its refusal is no reason to keep the mail
    if (isGone(answer)) return lost(answer, true);
  }
  const atMail = await say();
  if (isGone(atMail)) return lost(atMail, true);
  if (!isOk(atMail)) return stop(atMail, 'mail', await say.skipRest());

  const atRcpt: Reply[] = [];
  for (const _ of rcpts) {
    const answer = await say();
    if (isGone(answer)) return lost(answer, atRcpt.length === 0);
    atRcpt.push(answer);
  }
  const entered = sortRecipients(request, atRcpt);
  if (entered === null) return refusedRecipients(request, atRcpt, await say.skipRest());
  const atData = await say();
  if (isGone(atData)) return lost(atData, false);
  return atData.code === 354 ? entered : stop(atData, 'data', 'reset');
}

/** Null: nothing may be sent, because nobody was taken, or not all were and the client has only one answer for all. */
function sortRecipients({ recipients, perRecipientAnswers }: DeliveryRequest, answers: readonly Reply[]): Entered | null {
  const refused = new Map<Mailbox, Reply>();
  for (const [i, to] of recipients.entries()) {
    const answer = answers[i];
    if (answer !== undefined && !isOk(answer)) refused.set(to, answer);
  }
  if (refused.size === 0) return { accepted: recipients, refused };
  if (perRecipientAnswers !== true || refused.size === recipients.length || ![...refused.values()].every(isRefusal)) return null;
  return { accepted: recipients.filter((to) => !refused.has(to)), refused };
}

/** What came of those who were taken, and the refusals of the others, in one outcome. */
function withRefused(outcome: DeliveryOutcome, { recipients }: DeliveryRequest, { refused }: Entered): DeliveryOutcome {
  if (refused.size === 0 || outcome.kind === 'unavailable' || outcome.kind === 'ambiguous') return outcome;
  const answered = outcome.kind === 'mixed' ? new Map(outcome.perRecipient.map(({ to, hubReply }) => [to, hubReply])) : null;
  const hubReplyOf = (to: Mailbox): Reply | undefined => refused.get(to) ?? (outcome.kind === 'mixed' ? answered?.get(to) : outcome.hubReply);
  return {
    kind: 'mixed',
    at: 'dot',
    perRecipient: recipients.flatMap((to) => {
      const hubReply = hubReplyOf(to);
      return hubReply === undefined ? [] : [{ to, hubReply }];
    }),
  };
}

interface Speaker {
  /** The reply to the next of the commands. */
  (): Promise<Reply | Lost>;
  /** What becomes of the connection when the rest of the commands, DATA at last, are of no interest any more. */
  skipRest(): Promise<ReleaseState>;
}

/** With PIPELINING (RFC 2920) all commands go in one write; without it each waits for the reply to the one before. */
function speaker(client: HubClient, commands: readonly string[], commandMs: number): Speaker {
  const { pipelining } = client.capabilities;
  let next = 0;
  if (pipelining) client.send(...commands);
  const say = (): Promise<Reply | Lost> => {
    if (!pipelining) client.send(commands[next] ?? '');
    next += 1;
    return client.read(commandMs);
  };
  const skipRest = async (): Promise<ReleaseState> => {
    if (!pipelining) return 'reset';
    let last: Reply | Lost | null = null;
    while (next < commands.length) {
      last = await say();
      if (isGone(last)) return 'destroy';
    }
    // DATA was taken although nothing is to be sent: RSET would be content now, and so would a dot. RFC 2920 3.1
    return last === null || last.code === 354 ? 'destroy' : 'reset';
  };
  return Object.assign(say, { skipRest });
}

/** Nothing is sent: the client has only one answer to give to all recipients. */
function refusedRecipients({ recipients }: DeliveryRequest, answers: readonly Reply[], after: ReleaseState): BurstEnd {
  const odd = answers.find((answer) => !isOk(answer) && !isRefusal(answer));
  if (odd !== undefined) return stop(odd, 'rcpt', after);
  const [first] = answers;
  const alike = answers.every((answer) => isRefusal(answer) && Math.floor(answer.code / 100) === Math.floor((first?.code ?? 0) / 100));
  if (first !== undefined && alike) return done({ kind: 'refused', hubReply: first, at: 'rcpt' }, after);
  return done(
    { kind: 'mixed', at: 'rcpt', perRecipient: recipients.flatMap((to, i) => (answers[i] === undefined ? [] : [{ to, hubReply: answers[i] }])) },
    after,
  );
}

/** The hub said something before it had the dot: a refusal is an answer to the whole, anything else the end of the connection. */
function stopContent(answer: Reply | Lost | Unreadable): BurstEnd {
  if ('unreadable' in answer) return done({ kind: 'unavailable', why: answer.unreadable }, 'destroy');
  if (isLost(answer) || answer.code === 421 || !isRefusal(answer)) return lost(answer, false);
  return done({ kind: 'refused', hubReply: answer, at: 'data' }, 'destroy');
}

/** A reply that is not the one to go on with: a refusal is handed on, anything else is not SMTP. */
function stop(answer: Reply, at: 'mail' | 'rcpt' | 'data', after: ReleaseState): BurstEnd {
  if (isRefusal(answer)) return done({ kind: 'refused', hubReply: answer, at }, after);
  return done({ kind: 'unavailable', why: `the next hop answered ${at.toUpperCase()} with ${oneLine(answer)}` }, 'destroy');
}

/** 421 may answer anything, and the connection is closed then. RFC 5321 3.8 */
const isGone = (answer: Reply | Lost): answer is Lost | (Reply & { code: 421 }) => isLost(answer) || answer.code === 421;

function lost(answer: Reply | Lost, early: boolean): BurstEnd {
  if (isLost(answer)) return { kind: 'lost', why: answer.lost, early, timedOut: answer.timedOut, said421: false };
  return { kind: 'lost', why: `the next hop said ${oneLine(answer)}`, early, timedOut: false, said421: true };
}
