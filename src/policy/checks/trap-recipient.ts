import { addressOf } from '../../model/mailbox.ts';
import { clean, defineCheck, finding } from '../check.ts';
import { mayRelay } from '../relay.ts';

/**
 * Somebody writes to an address that nobody ever had, or to a honeypot: he found it on a page for address gatherers, or guessed it (mission B8).
 * He is refused in his session, so that no bounce comes of it.
 */
export const trapRecipient = defineCheck({
  id: 'trap-recipient',
  stages: ['rcpt'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'pass' },
  options: ({ traps, listeners }) => ({
    recipients: new Set(traps.recipients.map((address) => address.toLowerCase())),
    listeners: new Set(listeners.filter(({ trap }) => trap).map(({ name }) => name)),
  }),

  run(input, _facts, { recipients, listeners }) {
    const { client, to, from } = input;
    const isHoneypot = listeners.has(client.listener);
    if (!isHoneypot && (recipients.size === 0 || mayRelay(input) || !recipients.has(addressOf(to).toLowerCase()))) return clean;
    // A server that bounces to a forged sender is a victim as we are: it is refused, and not remembered as bad.
    return finding(isHoneypot ? 'the listener is a honeypot' : 'the recipient is a trap', {
      trap: isHoneypot ? client.listener : addressOf(to),
      report: from === null,
    });
  },
});
