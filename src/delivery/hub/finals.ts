// What the hub answers to the final dot: one reply with SMTP, one a recipient with LMTP (RFC 2033 4.2).
import type { DeliveryOutcome } from '../../model/delivery.ts';
import type { Mailbox } from '../../model/mailbox.ts';
import { oneLine, reply, type Reply } from '../../model/reply.ts';
import type { BurstEnd } from './burst.ts';
import { isLost, type HubClient } from './client.ts';
import type { ReleaseState } from './pool.ts';
import { queueIdIn } from './queue-id.ts';

const end = (outcome: DeliveryOutcome, after: ReleaseState): BurstEnd => ({ kind: 'done', outcome, after });
const classOf = (answer: Reply): number => Math.floor(answer.code / 100);
const afterwards = (answer: Reply): ReleaseState => (answer.code === 421 ? 'destroy' : classOf(answer) === 2 ? 'keep' : 'reset');

/** Whatever is not a clear yes or no leaves it open whether the hub has the message; nobody tries again from here. */
export async function finalOfSmtp(client: HubClient, deadlineMs: number): Promise<BurstEnd> {
  const answer = await client.read(deadlineMs);
  if (isLost(answer)) return end({ kind: 'ambiguous', why: answer.lost }, 'destroy');
  if (classOf(answer) === 3) return end({ kind: 'ambiguous', why: `the next hop answered the final dot with ${oneLine(answer)}` }, 'destroy');
  if (classOf(answer) !== 2) return end({ kind: 'refused', hubReply: answer, at: 'dot' }, afterwards(answer));
  return end({ kind: 'delivered', hubReply: answer, queueId: queueIdIn(answer) }, 'keep');
}

/** Reads a reply for each recipient. When the connection breaks in between, those who have theirs keep it; the others may come twice. */
export async function finalOfLmtp(client: HubClient, recipients: readonly Mailbox[], deadlineMs: number): Promise<BurstEnd> {
  const perRecipient: { to: Mailbox; hubReply: Reply }[] = [];
  const until = performance.now() + deadlineMs;
  let after: ReleaseState = 'keep';
  for (const to of recipients) {
    const answer = after === 'destroy' ? null : await client.read(Math.max(1, until - performance.now()));
    const usable = answer !== null && !isLost(answer) && classOf(answer) !== 3;
    if (!usable && perRecipient.length === 0)
      return end({ kind: 'ambiguous', why: answer !== null && isLost(answer) ? answer.lost : 'the next hop answered the final dot with 3xx' }, 'destroy');
    const hubReply = usable ? answer : reply(451, '4.4.2', 'The connection was lost after the final dot');
    perRecipient.push({ to, hubReply });
    if (!usable || afterwards(hubReply) === 'destroy') after = 'destroy';
    else if (afterwards(hubReply) === 'reset' && after === 'keep') after = 'reset';
  }
  return end(lmtpOutcome(perRecipient), after);
}

function lmtpOutcome(perRecipient: readonly { readonly to: Mailbox; readonly hubReply: Reply }[]): DeliveryOutcome {
  const [first] = perRecipient;
  if (first === undefined || !perRecipient.every(({ hubReply }) => classOf(hubReply) === classOf(first.hubReply)))
    return { kind: 'mixed', at: 'dot', perRecipient };
  if (classOf(first.hubReply) === 2) return { kind: 'delivered', hubReply: first.hubReply, queueId: queueIdIn(first.hubReply) };
  return { kind: 'refused', hubReply: first.hubReply, at: 'dot' };
}
