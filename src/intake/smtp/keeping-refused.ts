// A copy of what is refused, where the operator wants to see what a check refuses. It is for him alone: the client has heard 5xx, the message is its
// sender's, and nothing that becomes of the copy changes that.
import { setTimeout as later } from 'node:timers/promises';
import type { DeliveryRequest } from '../../model/delivery.ts';
import { addressOf } from '../../model/mailbox.ts';
import { isPermanent, type Reply } from '../../model/reply.ts';
import type { ContentSummary } from '../../model/stage-input.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { DoorServices } from './services.ts';
import { becauseOf } from './withholding.ts';

export interface RefusedParts {
  readonly session: string;
  readonly verdict: Verdict;
  readonly answer: Reply;
  readonly summary: ContentSummary;
  readonly services: Pick<DoorServices, 'quarantine' | 'record'>;
  /** Checks of whose refusals a copy is wanted. */
  readonly wanted: readonly string[];
  /** The message as it would have been handed on. */
  request(): Promise<DeliveryRequest>;
  /** How long the answer waits for the disk, in ms; default some seconds. */
  readonly patienceMs?: number;
}

/** A disk that hangs must not make a client wait that has only a refusal to hear. How many copies may then be under way, the quarantine bounds. */
const usualPatienceMs = 5000;

/** Keeps the copy if one is wanted; resolves when it is on the disk, could not be kept, or takes too long. Never rejects. */
export async function keepRefused({ verdict, answer, wanted, patienceMs = usualPatienceMs, ...parts }: RefusedParts): Promise<void> {
  const { decisive } = verdict;
  // What is only put off comes again.
  if (decisive === null || !wanted.includes(decisive.check) || !isPermanent(answer)) return;
  const given = new AbortController();
  const failed = (error: unknown): void =>
    parts.services.record({ type: 'quarantine-broken', why: `a copy of what is refused was not kept: ${String(error)}` });
  const keeping = keepCopy(parts, becauseOf(decisive))
    .catch(failed)
    .finally(() => given.abort());
  await Promise.race([keeping, later(patienceMs, undefined, { signal: given.signal }).catch(() => undefined)]);
}

async function keepCopy({ session, request, summary, services }: Omit<RefusedParts, 'verdict' | 'answer' | 'wanted'>, because: ReturnType<typeof becauseOf>) {
  const wouldBe = await request();
  const { reference, handover, from, recipients, content } = wouldBe;
  const kept = await services.quarantine.keep({
    session,
    request: wouldBe,
    subject: summary.subject,
    messageId: summary.messageId,
    because,
    refused: true,
  });
  services.record({
    type: 'refused-copy',
    session,
    ip: handover.client.ip,
    ref: reference,
    ...because,
    from: addressOf(from),
    recipients: recipients.map(addressOf),
    bytes: content.wireBytes,
    sha256: content.sha256,
    outcome: kept.kind,
    why: kept.kind === 'kept' ? '' : kept.why,
    expiresAt: kept.kind === 'kept' ? kept.expiresAt : null,
  });
}
