// What the client hears when the next hop has spoken about its message: the final answer to DATA.
import type { DeliveryOutcome } from '../model/delivery.ts';
import type { Mailbox } from '../model/mailbox.ts';
import { isPermanent, isPositive, reply, type Reply } from '../model/reply.ts';
import { cleanHubReply } from './answer.ts';
import { replies, withReference } from './replies.ts';

/** The answer to the final dot. Only `delivered` is positive: 250 is never said before the next hop (or the mailbox store) has said it. */
export function answerToOutcome(outcome: DeliveryOutcome, reference: string): Reply {
  switch (outcome.kind) {
    case 'delivered':
      return withReference(reply(250, '2.0.0', outcome.queueId === null ? 'Delivered' : `Delivered, queued as ${outcome.queueId}`), reference);
    case 'refused':
      return withReference(cleanHubReply(outcome.hubReply), reference);
    case 'mixed':
      // RFC 5321 has one answer for all recipients; a mixed one would force a bounce. The retry is answered a recipient at a time.
      return withReference(reply(451, '4.3.0', 'Not all recipients could be served at once; try again'), reference);
    case 'unavailable':
      return withReference(reply(451, '4.4.1', 'The mail server behind this gateway cannot be reached; try again later'), reference);
    case 'ambiguous':
      return withReference(reply(451, '4.4.2', 'The mail server behind this gateway broke off; try again later'), reference);
    default:
      return outcome satisfies never;
  }
}

export type MixedOutcome = Extract<DeliveryOutcome, { kind: 'mixed' }>;

/**
 * The answers to a client that hears one for each recipient (draft-hall-prdr), in the order of `recipients`, and then one for the whole:
 * 250 when somebody has the message, or the client takes it back from everybody.
 */
export function answersToMixed(
  { at, perRecipient }: MixedOutcome,
  recipients: readonly Mailbox[],
  reference: string,
): { readonly whole: Reply; readonly each: readonly Reply[] } {
  const said = new Map(perRecipient.map(({ to, hubReply }) => [to, hubReply]));
  const each = recipients.map((to) => {
    const hubReply = said.get(to);
    // At RCPT nothing was sent: a yes there is no delivery.
    if (hubReply === undefined || (isPositive(hubReply) && at === 'rcpt')) return withReference(notServedYet, reference);
    return isPositive(hubReply) ? withReference(served, reference) : withReference(cleanHubReply(hubReply), reference);
  });
  const [first] = each;
  if (each.some(isPositive)) return { whole: withReference(reply(250, '2.0.0', 'Delivered to those answered 250'), reference), each };
  return { whole: first !== undefined && each.every(isPermanent) ? first : withReference(notServedYet, reference), each };
}

const served = reply(250, '2.1.5', 'Delivered');
const notServedYet = reply(451, '4.3.0', 'Not delivered yet; try again');

/** The answer to content that the door itself cannot take. */
export function answerToFault(fault: 'message-too-big' | 'header-too-big' | 'storage', reference: string): Reply {
  switch (fault) {
    case 'message-too-big':
      return withReference(replies.tooBig, reference);
    case 'header-too-big':
      return withReference(reply(552, '5.3.4', 'Message header too big'), reference);
    case 'storage':
      return withReference(replies.storageFull, reference);
    default:
      return fault satisfies never;
  }
}
