// A message that is taken and does not go on: kept in the quarantine, where 250 is said when it is on the disk, or discarded, where the
// record is all that is left of it.
import type { DeliveryRequest } from '../../model/delivery.ts';
import { addressOf } from '../../model/mailbox.ts';
import type { HeldBecause } from '../../model/quarantine.ts';
import { reply, type Reply } from '../../model/reply.ts';
import type { ContentSummary } from '../../model/stage-input.ts';
import type { Finding } from '../../model/verdict.ts';
import { replies, withReference } from '../../policy/replies.ts';
import { sinkCheck } from '../../policy/treatment.ts';
import type { DoorServices } from './services.ts';

export interface Withheld {
  readonly reply: Reply;
  readonly reason: string;
  /** Null: it could not be kept, and its sender still has it. */
  readonly outcome: 'held' | 'discarded' | null;
}

export interface WithholdingParts {
  readonly session: string;
  readonly request: DeliveryRequest;
  readonly summary: ContentSummary;
  /** What asks for it: its action is quarantine or discard. */
  readonly finding: Finding;
  /** A scan found a virus in it: whatever else is found, its recipient must not release it. */
  readonly virus?: boolean;
  readonly services: Pick<DoorServices, 'quarantine' | 'record' | 'sinks'>;
}

/** The same words as for mail that goes on: whoever sent it must not learn by them what was found. */
const accepted = reply(250, '2.0.0', 'Accepted');

/** Keeps or discards a message that nothing refuses. */
export async function withhold({ session, request, summary, finding, virus, services }: WithholdingParts): Promise<Withheld> {
  const { reference, handover, from, recipients, content } = request;
  const because = becauseOf(finding);
  const told = {
    session,
    ip: handover.client.ip,
    ref: reference,
    ...because,
    from: addressOf(from),
    recipients: recipients.map(addressOf),
    bytes: content.wireBytes,
    sha256: content.sha256,
  };
  if (isThrownAway(finding, recipients, services)) {
    services.record({ type: 'message-discarded', ...told });
    return { reply: withReference(accepted, reference), reason: finding.check, outcome: 'discarded' };
  }
  const { subject, messageId } = summary;
  const held = await services.quarantine.keep({ session, request, subject, messageId, because, ...(virus === true && { virus }) });
  if (held.kind !== 'kept') return { reply: withReference(replies.storageFull, reference), reason: `quarantine ${held.kind}: ${held.why}`, outcome: null };
  services.record({ type: 'message-quarantined', ...told, expiresAt: held.expiresAt, ...(virus === true && { virus }) });
  return { reply: withReference(accepted, reference), reason: finding.check, outcome: 'held' };
}

/** A person asks for it; for sinks in their name alone, whoever else they stand beside. */
function isThrownAway({ action, check }: Finding, recipients: DeliveryRequest['recipients'], { sinks }: WithholdingParts['services']): boolean {
  if (check !== sinkCheck) return action === 'discard';
  return recipients.every(sinks.has) && (action === 'discard' || !sinks.takeSample());
}

/** The finding that decided, as it is kept with a message. */
export function becauseOf({ check, outcome }: Finding): HeldBecause {
  if (outcome.kind === 'unsure') return { check, because: `unsure: ${outcome.why}`, measure: null, incident: null };
  const { measure, incident, reason } = outcome.evidence;
  return {
    check,
    because: typeof reason === 'string' ? `${outcome.because}: ${reason}` : outcome.because,
    measure: typeof measure === 'string' ? measure : null,
    incident: typeof incident === 'string' ? incident : null,
  };
}
