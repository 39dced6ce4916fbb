// A message that was taken when its next hop could do more than it can today.
import type { Delivery, DeliveryOutcome, DeliveryRequest } from '../model/delivery.ts';
import type { Mailbox } from '../model/mailbox.ts';

/** What its sender wanted to be told of it must not keep it for ever from a next hop that cannot tell: then it goes without (RFC 3461 5.2.3). */
export async function deliverAsPossible(request: DeliveryRequest, delivery: Pick<Delivery, 'deliver'>): Promise<DeliveryOutcome> {
  const outcome = await delivery.deliver(request);
  if (outcome.kind !== 'refused' || outcome.hubReply.enhanced !== '4.3.3') return outcome;
  const { ret: _ret, envid: _envid, ...parameters } = request.parameters;
  const recipients = request.recipients.map(({ notify: _notify, orcpt: _orcpt, ...to }): Mailbox => to);
  return delivery.deliver({ ...request, parameters, recipients });
}
