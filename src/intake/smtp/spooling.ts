// Mail whose next hop is away, or that the load level keeps from it, is taken all the same where nothing can come of that but its delivery:
// recipients the next hop has taken before, or an author who has proved to be a user of ours.
import type { Content, DeliveryOutcome, DeliveryRequest } from '../../model/delivery.ts';
import { addressOf, type Sender } from '../../model/mailbox.ts';
import { reply, type Reply } from '../../model/reply.ts';
import type { SenderProven, SpoolClass } from '../../model/spool.ts';
import type { ContentSummary } from '../../model/stage-input.ts';
import { replies, withReference } from '../../policy/replies.ts';
import { traitsOf } from '../../wire/message/traits.ts';
import type { DoorServices } from './services.ts';

export interface SpoolingParts {
  readonly session: string;
  readonly request: DeliveryRequest;
  /** The same for those who have not got it from an earlier try: they alone wait. */
  readonly unserved: DeliveryRequest;
  /** The envelope sender as its client wrote it; the next hop may see it with a tag of ours. */
  readonly sender: Sender;
  readonly summary: ContentSummary;
  readonly proven: SenderProven;
  readonly services: Pick<DoorServices, 'delivery' | 'spool' | 'record'>;
}

/** What became of it: what the next hop said, or that it waits (or could not even do that). */
export type Sent = DeliveryOutcome | { readonly kind: 'spooled' | 'spool-full' | 'spool-failed'; readonly reply: Reply; readonly reason: string };

/** Delivers, or lets it wait. Mail that may not wait has the outcome of its delivery. */
export async function deliverOrSpool(parts: SpoolingParts): Promise<Sent> {
  const { request, unserved, services } = parts;
  const { spool, delivery } = services;
  if (spool === null || unserved.recipients.length === 0 || !mayWait(unserved, spool)) return delivery.deliver(request);
  if (spool.isQueueing()) {
    const sent = await letWait(parts, 'the load level asks for it');
    if (sent.kind === 'spooled') return sent; // otherwise the next hop may still have room for it
  }
  const outcome = await delivery.deliver(request);
  return outcome.kind === 'unavailable' ? letWait(parts, outcome.why) : outcome;
}

/** A sender who cannot be told later must not hear 250 for what may not arrive: unknown recipients are deferred as ever. */
const mayWait = ({ handover: { user }, route, recipients, parameters }: DeliveryRequest, spool: NonNullable<DoorServices['spool']>): boolean =>
  spool.isFor(route) && parameters.requireTls !== true && (user !== null || recipients.every((to) => spool.isVerified(route, to)));

async function letWait({ session, unserved: request, sender, summary, proven, services }: SpoolingParts, why: string): Promise<Sent> {
  const { spool, record } = services;
  if (spool === null) throw new Error('without a spool nothing waits');
  const { reference, route, content, recipients, handover } = request;
  const ofClass = spool.isSorted(route) ? await classOf(content) : 'person';
  const outcome = await spool.keep({ session, request, sender, proven, subject: summary.subject, messageId: summary.messageId, class: ofClass, why });
  if (outcome.kind !== 'spooled') {
    const answer = outcome.kind === 'full' ? replies.storageFull : replies.spoolFailed;
    return { kind: `spool-${outcome.kind}`, reply: withReference(answer, reference), reason: `${why}; spool ${outcome.kind}: ${outcome.why}` };
  }
  record({
    type: 'message-spooled',
    session,
    ip: handover.client.ip,
    ref: reference,
    route: route.key,
    why,
    from: addressOf(sender),
    recipients: recipients.map(addressOf),
    bytes: content.wireBytes,
    expiresAt: outcome.expiresAt,
  });
  return { kind: 'spooled', reply: withReference(reply(250, '2.0.0', 'Accepted'), reference), reason: why };
}

/** Bytes in which the signs of a header are looked for. */
const headerBytes = 16 * 1024;

async function classOf(content: Content): Promise<SpoolClass> {
  for await (const chunk of content.chunks()) {
    const head = chunk.subarray(0, headerBytes);
    const end = head.indexOf('\r\n\r\n');
    const { bulk, list, automated } = traitsOf(end < 0 ? head : head.subarray(0, end + 2), '');
    return bulk || list ? 'bulk' : automated ? 'automatic' : 'person';
  }
  return 'person';
}
