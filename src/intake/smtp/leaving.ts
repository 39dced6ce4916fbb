// Mail that goes out: it is remembered before anybody can have it, and carries our mark, so that what comes back of it can be told from what
// somebody forged.
import type { Mailbox, Sender } from '../../model/mailbox.ts';
import type { ContentSummary, MailInput, MessageInput } from '../../model/stage-input.ts';
import { mayRelay } from '../../policy/relay.ts';
import { provenBy } from './sender-proven.ts';
import type { DoorServices } from './services.ts';

export interface Leaving {
  /** The envelope sender as the next hop sees it. */
  readonly sender: Sender;
  /** A header field in front of the message; '' for mail that does not leave us. */
  readonly header: string;
}

interface About {
  readonly reference: string;
  readonly summary: Pick<ContentSummary, 'messageId'>;
  readonly services: Pick<DoorServices, 'outgoing'>;
}

/**
 * Remembers what one of our addresses sends. Mail within the house is remembered as well, for the hub may forward it; its header stays as it
 * is. Senders elsewhere get their bounces elsewhere.
 */
export function leaving(input: MailInput, recipients: readonly Mailbox[], { reference, summary, services: { outgoing } }: About): Leaving {
  const { from, parameters } = input;
  if (!mayRelay(input) || !outgoing.isOurs(from)) return { sender: from, header: '' };
  outgoing.remember({ id: reference, sender: from, recipients, messageId: summary.messageId, envelopeId: parameters.envid ?? null });
  if (recipients.every((to) => outgoing.isOurs(to))) return { sender: from, header: '' };
  return { sender: outgoing.tagged(from), header: outgoing.traceLine({ id: reference, sender: from }) };
}

/** Somebody outside wrote and was proven to have: what answers him reaches no third party. */
export function noteWriter(input: MessageInput, { outgoing }: Pick<DoorServices, 'outgoing'>): void {
  const { from, traits, recipients } = input;
  if (from !== null && !mayRelay(input) && provenBy(from, recipients.length, traits ?? {}) !== null) outgoing.rememberWriter(from, recipients);
}
