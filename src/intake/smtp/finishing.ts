// From the final dot to the final answer: judge the whole message, hand it on, say what the next hop said.
import { createHash } from 'node:crypto';
import type { Config } from '../../config/options.ts';
import type { ReverseName } from '../../model/client.ts';
import type { Content, DeliveryOutcome, DeliveryRequest, Route } from '../../model/delivery.ts';
import { addressOf } from '../../model/mailbox.ts';
import { isPermanent, isTransient, oneLine, type Reply } from '../../model/reply.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { ContentSummary, MessageInput } from '../../model/stage-input.ts';
import { isRefusal, type Finding } from '../../model/verdict.ts';
import { networkOf } from '../../lib/ip.ts';
import { answerTo } from '../../policy/answer.ts';
import { answersToMixed, answerToFault, answerToOutcome, type MixedOutcome } from '../../policy/outcome-answer.ts';
import { replies, withReference } from '../../policy/replies.ts';
import { treatingFinding } from '../../policy/treatment.ts';
import { receivedLine } from '../../wire/message/received.ts';
import type { Collecting } from './collecting.ts';
import { keepRefused } from './keeping-refused.ts';
import { leaving, noteWriter } from './leaving.ts';
import { reportEvent, traitsWith, whatReturns } from './report-at-the-door.ts';
import type { Conversation, OpenTransaction } from './conversation.ts';
import type { DoorServices, UnconfirmedFinals } from './services.ts';
import { scanFor, virusTrait } from './scanning.ts';
import { provenBy } from './sender-proven.ts';
import { deliverOrSpool } from './spooling.ts';
import { withhold } from './withholding.ts';

export interface FinalAnswer {
  readonly reply: Reply;
  /** The key under which the answer is kept should the client turn out not to have heard it; null where a retry does no harm. */
  readonly unconfirmedKey: (() => string) | null;
  /** It was kept from an earlier try of this client, whose message was not delivered again. */
  readonly answeredBefore: boolean;
  /** One a recipient in the order of RCPT, to be said before `reply`; absent where the client has not asked for that (PRDR). */
  readonly perRecipient?: readonly Reply[];
  /** Where recipients had different answers and the client has not heard them. */
  rememberUnheard?(finals: UnconfirmedFinals): void;
}

/** An answer a recipient, where the client asked for it and there are several (draft-hall-prdr). */
export const wantsAnswerEach = ({ parameters, to }: OpenTransaction): boolean => parameters.prdr === true && to.length > 1;

interface Finished extends Pick<FinalAnswer, 'rememberUnheard'> {
  readonly reply: Reply;
  /** Where they differ. */
  readonly perRecipient?: readonly Reply[];
  readonly reason: string;
  readonly hubReply: Reply | null;
  readonly hubQueueId: string | null;
  readonly hubMs: number;
  readonly unconfirmedKey: (() => string) | null;
  readonly tags: readonly string[];
  /** What became of it where the next hop had no part in it. */
  readonly outcome?: 'held' | 'discarded' | 'spooled' | null;
}

/** Judges, delivers and records one message whose content is complete. Lets go of the content whatever happens. */
export async function finishMessage(
  conversation: Conversation,
  transaction: OpenTransaction,
  collecting: Collecting,
  site: { readonly services: DoorServices; readonly config: Config },
): Promise<FinalAnswer> {
  const { services } = site;
  const reference = collecting.reference;
  const last = transaction.to.at(-1);
  if (last === undefined) throw new Error('a message without recipients');
  const route = services.router.routeOf(conversation.rcptInput(transaction, last));
  const collected = await collecting.finish();
  if ('fault' in collected) {
    const reply = answerToFault(collected.fault, reference);
    record(
      conversation,
      transaction,
      { route, reference, bytes: collecting.bytes, summary: null, services },
      { ...nothingFromHub, reply, reason: collected.fault },
    );
    return { ...toEach(transaction, { reply }), unconfirmedKey: null, answeredBefore: false };
  }
  const { content, summary } = collected;
  try {
    const { site: ours, quarantine } = site.config;
    const job = { reference, route, content, summary, services, hostname: ours.hostname, keepRefused: quarantine.keepRefused };
    const finished = await judgeAndDeliver(conversation, transaction, job);
    record(conversation, transaction, { route, reference, bytes: summary.bytes, summary, services }, finished);
    return { ...toEach(transaction, finished), unconfirmedKey: finished.unconfirmedKey, answeredBefore: finished.reason === answeredBefore };
  } finally {
    content.dispose();
  }
}

/** The answers as the client wants them. */
function toEach(
  transaction: OpenTransaction,
  { reply, perRecipient, rememberUnheard }: Pick<Finished, 'reply' | 'perRecipient' | 'rememberUnheard'>,
): Pick<FinalAnswer, 'reply' | 'perRecipient' | 'rememberUnheard'> {
  if (!wantsAnswerEach(transaction)) return { reply };
  const each = { reply, perRecipient: perRecipient ?? transaction.to.map(() => reply) };
  return rememberUnheard === undefined ? each : { ...each, rememberUnheard };
}

interface Job {
  readonly reference: string;
  readonly route: Route;
  readonly content: Content;
  readonly summary: ContentSummary;
  readonly services: DoorServices;
  readonly hostname: string;
  /** Checks of whose refusals a copy is kept. */
  readonly keepRefused: readonly string[];
  /** It is refused: nothing of ours has left. */
  readonly stays?: true;
}

/** The reason in the record where the answer was known from an earlier try. */
const answeredBefore = 'answered-before';
const nothingFromHub = { hubReply: null, hubQueueId: null, hubMs: 0, unconfirmedKey: null, tags: [] } as const;

async function judgeAndDeliver(conversation: Conversation, transaction: OpenTransaction, job: Job): Promise<Finished> {
  const { services, reference, summary } = job;
  const messageInput = conversation.messageInput(transaction, summary);
  const returning = await whatReturns(messageInput, job.content, services);
  const scanned = await scanFor({ session: conversation.id, ip: conversation.client.ip, reference, content: job.content, services });
  const told = traitsWith(returning, { ...(await traitsOf(messageInput, job)), ...virusTrait(scanned) });
  const input = { ...messageInput, ...returning, ...told, ...scanned };
  const judgement = await services.judge('message', input);
  const { verdict } = judgement;
  const answer = isRefusal(verdict) ? answerTo(verdict, { stage: 'message', reference }) : null;
  const stageRecord = {
    from: addressOf(transaction.from),
    recipients: transaction.to.map(addressOf),
    size: summary.bytes,
    messageId: summary.messageId,
    subject: summary.subject,
    ...told,
  };
  if (returning.report !== undefined) services.record(reportEvent(conversation.id, input, { ...returning.report, ref: reference }));
  services.record(conversation.judged('message', stageRecord, judgement, answer === null ? null : { ref: reference, answer }));
  if (answer !== null) {
    const request = () => requestFor(conversation, transaction, { ...job, stays: true }, verdict.findings);
    await keepRefused({ session: conversation.id, verdict, answer, summary, services, wanted: job.keepRefused, request });
    return { ...nothingFromHub, reply: answer, reason: verdict.decisive?.check ?? 'policy' };
  }
  noteWriter(input, services);

  const key = (): string => unconfirmedKey(conversation, transaction, summary.sha256);
  const kept = mayBeMeantAnew(summary) ? null : key;
  const earlier = services.finals.size === 0 ? null : services.finals.find(key());
  if (earlier !== null) return { ...nothingFromHub, reply: withReference(earlier, reference), reason: answeredBefore, unconfirmedKey: key };
  // Whether the earlier try was delivered is not known yet; a second copy is certain (engineering 4.2).
  if (services.finals.size > 0 && services.finals.isUnderWay(key()))
    return { ...nothingFromHub, reply: withReference(replies.stillUnderWay, reference), reason: 'still-under-way' };
  conversation.underWay.begin(key, services.finals);

  const findings = [...conversation.marks.all, ...verdict.findings];
  const tags = tagsOf(findings);
  const request = await requestFor(conversation, transaction, job, findings);
  const treating = treatingFinding(findings);
  const unserved = services.finals.forUnserved(request);
  if (treating !== null && unserved.recipients.length > 0) {
    const virus = scanned.scan?.kind === 'found';
    const withheld = await withhold({ session: conversation.id, request: unserved, summary, finding: treating, virus, services });
    if (withheld.outcome !== null) services.finals.forgetServed(request);
    return { ...nothingFromHub, ...withheld, unconfirmedKey: withheld.outcome === null ? null : kept, tags };
  }
  const startedAt = services.now();
  const outcome = await deliverOrSpool({
    session: conversation.id,
    request,
    unserved,
    sender: transaction.from,
    summary,
    proven: provenBy(transaction.from, transaction.to.length, told.traits ?? {}),
    services,
  });
  const hubMs = services.now() - startedAt;
  if (outcome.kind === 'delivered' || outcome.kind === 'spooled') services.finals.forgetServed(request);
  if (outcome.kind === 'mixed' && wantsAnswerEach(transaction)) return { ...nothingFromHub, ...answerEach(outcome, transaction, job), hubMs, tags };
  if ('reply' in outcome) {
    const waits = outcome.kind === 'spooled';
    return {
      ...nothingFromHub,
      reply: outcome.reply,
      reason: outcome.reason,
      outcome: waits ? 'spooled' : null,
      hubMs,
      unconfirmedKey: waits ? kept : null,
      tags,
    };
  }
  const reply = answerToOutcome(outcome, reference);
  return { reply, reason: outcome.kind, ...hubPart(outcome), hubMs, unconfirmedKey: outcome.kind === 'delivered' ? kept : null, tags };
}

/** What its content tells; nothing where that is not looked at. */
async function traitsOf({ session, client, helo, user, from, recipients }: MessageInput, { services, content }: Job): Promise<MessageTraits | undefined> {
  const { reader } = services;
  return reader === null ? undefined : ((await reader.read({ session, client, helo, user, from, recipients, content })) ?? undefined);
}

/** The message as it is handed on, or kept. */
async function requestFor(conversation: Conversation, transaction: OpenTransaction, job: Job, findings: readonly Finding[]): Promise<DeliveryRequest> {
  const reverseName = await (conversation.reverseName ?? { kind: 'unknown' as const });
  const leaves = job.stays ? { sender: transaction.from, header: '' } : leaving(conversation.mailInput(transaction), transaction.to, job);
  return {
    reference: job.reference,
    handover: {
      client: conversation.client,
      reverseName: confirmedName(reverseName),
      helo: transaction.helo,
      esmtp: transaction.esmtp,
      tls: conversation.tls,
      user: conversation.user,
    },
    route: job.route,
    from: leaves.sender,
    parameters: transaction.parameters,
    recipients: transaction.to,
    prependedHeaders: `${headersFor(conversation, transaction, job, { findings, reverseName })}${leaves.header}`,
    content: job.content,
    ...(wantsAnswerEach(transaction) ? { perRecipientAnswers: true } : {}),
    ...(mayBeMeantAnew(job.summary) ? { mayBeMeantAnew: true } : {}),
  };
}

/** Recipients had different answers, and the client hears them (B9): nobody is bounced, nobody dropped, nobody served twice. */
function answerEach(
  outcome: MixedOutcome,
  { from, to }: OpenTransaction,
  { reference, summary }: Job,
): Pick<Finished, 'reply' | 'perRecipient' | 'reason' | 'rememberUnheard'> {
  const { whole, each } = answersToMixed(outcome, to, reference);
  const served = { reply: whole, perRecipient: each, reason: outcome.kind };
  if (outcome.at !== 'dot' || mayBeMeantAnew(summary)) return served;
  return { ...served, rememberUnheard: (finals) => finals.rememberServed({ from, sha256: summary.sha256 }, outcome.perRecipient) };
}

function hubPart(outcome: DeliveryOutcome): Pick<Finished, 'hubReply' | 'hubQueueId'> {
  if (outcome.kind === 'delivered') return { hubReply: outcome.hubReply, hubQueueId: outcome.queueId };
  return { hubReply: outcome.kind === 'refused' ? outcome.hubReply : null, hubQueueId: null };
}

const confirmedName = (name: ReverseName): string | null => (name.kind === 'confirmed' ? name.name : null);

/** The classes of a message that is tagged or diverted: what found it. */
const tagsOf = (findings: readonly Finding[]): readonly string[] => [
  ...new Set(findings.filter(({ action }) => action === 'tag' || action === 'divert').map(classOf)),
];

/** The check; of an automatic measure the detector whose alarm it answers: a filter behind us wants to know of what the message is a part. */
function classOf({ check, outcome }: Finding): string {
  const by = outcome.kind === 'finding' ? outcome.evidence['by'] : null;
  return check === 'standing-measure' && typeof by === 'string' && by.startsWith('auto ') ? by.slice('auto '.length) : check;
}

/** Our trace line (RFC 5321 4.4) and, for a marked message, what a mail client or Sieve can filter on (mission R8). */
function headersFor(
  conversation: Conversation,
  transaction: OpenTransaction,
  job: Job,
  known: { readonly findings: readonly Finding[]; readonly reverseName: ReverseName },
): string {
  const { client, tls, user } = conversation;
  const [only, ...others] = transaction.to;
  const received = receivedLine({
    helo: transaction.helo,
    esmtp: transaction.esmtp,
    smtputf8: transaction.parameters.smtputf8,
    ip: client.ip,
    port: client.port,
    reverseName: confirmedName(known.reverseName),
    tls,
    authenticated: user !== null,
    by: job.hostname,
    id: job.reference,
    forRecipient: only !== undefined && others.length === 0 ? addressOf(only) : null, // RFC 5321 4.4: more would tell Bcc
    at: job.services.now(),
  });
  const tags = tagsOf(known.findings);
  if (tags.length === 0) return received;
  const divert = known.findings.some(({ action }) => action === 'divert') ? 'X-Floodgate-Divert: yes\r\n' : '';
  return `${received}X-Floodgate-Class: ${tags.join(', ')}\r\nX-Floodgate-Reference: ${job.reference}\r\n${divert}`;
}

/**
 * Nothing in it tells it from its repetition: the next alarm of a device is the same to the octet, and one that is answered from memory is an
 * alarm that nobody gets. What a mail server hands on has a Received line of its own at least.
 */
const mayBeMeantAnew = ({ messageId, dated, receivedLines }: ContentSummary): boolean => !messageId && dated !== true && receivedLines === 0;

/** The same message from the same origin to the same recipients (engineering 4.2): a retry after an answer that was not heard. */
function unconfirmedKey(conversation: Conversation, transaction: OpenTransaction, sha256: string): string {
  const origin = networkOf(conversation.client.ip, 24, 56);
  const recipients = transaction.to.map(addressOf).sort().join(',');
  return createHash('sha256')
    .update(`${origin}\n${addressOf(transaction.from)}\n${recipients}\n${sha256}`)
    .digest('base64url');
}

interface About {
  readonly route: Route;
  readonly reference: string;
  readonly bytes: number;
  readonly summary: ContentSummary | null;
  readonly services: DoorServices;
}

function record(conversation: Conversation, transaction: OpenTransaction, about: About, finished: Finished): void {
  const heard = isPermanent(finished.reply) ? 'refused' : isTransient(finished.reply) ? 'deferred' : 'delivered';
  const outcome = finished.outcome ?? heard;
  about.services.record({
    type: 'message-finished',
    session: conversation.id,
    ip: conversation.client.ip,
    ref: about.reference,
    outcome,
    reply: oneLine(finished.reply),
    ...(finished.perRecipient === undefined ? {} : { answers: finished.perRecipient.map(oneLine) }),
    reason: finished.reason,
    from: addressOf(transaction.from),
    recipients: transaction.to.map(addressOf),
    route: about.route.key,
    bytes: about.bytes,
    messageId: about.summary?.messageId ?? null,
    subject: about.summary?.subject ?? null,
    ...conversation.knownName(),
    sha256: about.summary?.sha256 ?? '',
    hubReply: finished.hubReply === null ? null : oneLine(finished.hubReply),
    hubQueueId: finished.hubQueueId,
    hubMs: finished.hubMs,
    tags: finished.tags,
  });
}
