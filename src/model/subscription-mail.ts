// The class of mail that a subscription bomb is made of, and the messages it is meant to hide. The detector counts by it, and the response
// diverts by it: both must mean the same.
import type { MessageTraits } from './message-traits.ts';

/** Weight (engineering 1.1) from which a message counts as sent by a sign-up form, a shop or a list. */
export const subscriptionWeight = 2;

/** Confirmations, welcomes, newsletters, automatic answers: what any form on the web can be made to send to anybody. */
export const isSubscriptionMail = (traits: MessageTraits): boolean =>
  (traits.subscription ?? 0) >= subscriptionWeight || traits.confirmation !== undefined || (traits.bulk === true && traits.reply !== true);

/**
 * A needle: notice of a payment, a sign-in, a changed password, that a person must not miss. A mere look of one is enough to let it
 * through; it is listed for the owner's eyes, not believed.
 */
export const isNeedle = (traits: MessageTraits): boolean => traits.transaction !== undefined;

/** What is known of a message when it is decided whether it belongs to a bomb. */
export interface BombSuspect {
  readonly traits: MessageTraits | null;
  /** The recipient has had mail from the sender's organisation before the bomb, or has written to it. */
  readonly isCorrespondent: boolean;
  readonly isAuthenticated: boolean;
}

/** Whether a message to a bombed mailbox is diverted: only strangers' subscription mail, and never what may be a needle. */
export const isDivertedAsBomb = ({ traits, isCorrespondent, isAuthenticated }: BombSuspect): boolean =>
  !isCorrespondent && !isAuthenticated && traits !== null && isSubscriptionMail(traits) && !isNeedle(traits);
