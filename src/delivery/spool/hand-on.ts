// One attempt to deliver a spooled message: which recipients have it now, which are to be tried again, which the next hop refuses for good.
import type { Delivery, DeliveryOutcome, DeliveryRequest } from '../../model/delivery.ts';
import type { Mailbox } from '../../model/mailbox.ts';
import { deliverAsPossible } from '../as-possible.ts';
import { isPositive, oneLine, type Reply } from '../../model/reply.ts';

export interface HandedOn {
  readonly served: readonly Mailbox[];
  readonly deferred: readonly Mailbox[];
  readonly refused: readonly { readonly to: Mailbox; readonly why: string }[];
  /** In the next hop's words, or ours where it said nothing. */
  readonly said: string;
  readonly queueId: string | null;
  /** The next hop is not to be had: nobody else's mail gets there either. */
  readonly away: boolean;
  /** The connection was lost after the final dot: it may have the message, and whether it is there is not known. */
  readonly doubtful: boolean;
}

/** Never rejects. Those who were taken where others were refused before content was sent are served alone. */
export async function handOn(request: DeliveryRequest, delivery: Pick<Delivery, 'deliver'>): Promise<HandedOn> {
  const outcome = await deliverAsPossible(request, delivery).catch((error: unknown): DeliveryOutcome => ({ kind: 'unavailable', why: String(error) }));
  switch (outcome.kind) {
    case 'delivered':
      return { ...nobody, served: request.recipients, said: oneLine(outcome.hubReply), queueId: outcome.queueId };
    case 'refused':
      return answered(request.recipients.map((to) => ({ to, hubReply: outcome.hubReply })));
    case 'mixed': {
      if (outcome.at === 'dot') return answered(outcome.perRecipient);
      const taken = outcome.perRecipient.filter(({ hubReply }) => isPositive(hubReply)).map(({ to }) => to);
      const others = answered(outcome.perRecipient.filter(({ hubReply }) => !isPositive(hubReply)));
      if (taken.length === 0 || taken.length === request.recipients.length) return { ...others, deferred: [...others.deferred, ...taken] };
      const rest = await handOn({ ...request, recipients: taken }, delivery);
      return { ...rest, deferred: [...others.deferred, ...rest.deferred], refused: [...others.refused, ...rest.refused] };
    }
    case 'unavailable':
      return { ...nobody, deferred: request.recipients, said: outcome.why, away: true };
    case 'ambiguous':
      // A second copy is better than none. It may be this message that breaks its filter: that must not stop all others.
      return { ...nobody, deferred: request.recipients, said: outcome.why, doubtful: true };
    default:
      return outcome satisfies never;
  }
}

const nobody: HandedOn = { served: [], deferred: [], refused: [], said: '', queueId: null, away: false, doubtful: false };

function answered(answers: readonly { readonly to: Mailbox; readonly hubReply: Reply }[]): HandedOn {
  const of = (belongs: (answer: Reply) => boolean): typeof answers => answers.filter(({ hubReply }) => belongs(hubReply));
  const last = answers.at(-1);
  return {
    ...nobody,
    served: of(isPositive).map(({ to }) => to),
    deferred: of(({ code }) => code >= 400 && code < 500).map(({ to }) => to),
    refused: of(({ code }) => code >= 500).map(({ to, hubReply }) => ({ to, why: oneLine(hubReply) })),
    said: last === undefined ? '' : oneLine(last.hubReply),
    away: answers.some(({ hubReply }) => hubReply.code === 421),
  };
}
