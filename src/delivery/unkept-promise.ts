// What the client was offered because the next hop took it, and what it then asked for: handed on or refused, never dropped.
import type { DeliveryOutcome, DeliveryRequest, HubAbilities } from '../model/delivery.ts';
import { reply } from '../model/reply.ts';

/** Null: all wishes can be kept. Otherwise the hop shrank after our promise (engineering 4.4): 451, and at the retry EHLO tells what is left. */
export function unkeptPromise(
  { parameters, recipients }: Pick<DeliveryRequest, 'parameters' | 'recipients'>,
  can: Pick<HubAbilities, 'dsn' | 'requireTls'>,
): DeliveryOutcome | null {
  // RFC 8689 2: without the next hop's REQUIRETLS over verified TLS the message must not go on.
  if (parameters.requireTls && !can.requireTls)
    return { kind: 'refused', hubReply: reply(451, '4.7.30', 'REQUIRETLS cannot be kept for the moment'), at: 'mail' };
  // RFC 3461 5.2.3 would have a relay before a hop without DSN send a notification of its own; we make no mail.
  if (can.dsn || !wantsNotifications(parameters, recipients)) return null;
  return { kind: 'refused', hubReply: reply(451, '4.3.3', 'Delivery status notifications cannot be asked for any more; try again'), at: 'mail' };
}

const wantsNotifications = ({ ret, envid }: DeliveryRequest['parameters'], recipients: DeliveryRequest['recipients']): boolean =>
  ret !== undefined || envid !== undefined || recipients.some(({ notify, orcpt }) => notify !== undefined || orcpt !== undefined);
