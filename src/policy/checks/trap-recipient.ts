import { addressOf } from '../../model/mailbox.ts';
import { clean, defineCheck, finding } from '../check.ts';
import { mayRelay } from '../relay.ts';

/**
 * Somebody writes to an address that nobody ever had: he found it on a page for address gatherers, or guessed it (mission B8). He is refused in
 * his session, so that no bounce comes of it. Who comes to a honeypot is put off: where DNS names it as the last MX, RFC 5321 5.1 sends an honest
 * server there whenever the others put it off, and a refusal would cost its letter.
 */
export const trapRecipient = defineCheck({
  id: 'trap-recipient',
  stages: ['rcpt'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'pass' },
  options: ({ traps, listeners, checks }) => ({
    recipients: new Set(traps.recipients.map((address) => address.toLowerCase())),
    listeners: new Set(listeners.filter(({ trap }) => trap).map(({ name }) => name)),
    /** The operator's own word holds for both. */
    isSet: checks['trap-recipient']?.action !== undefined,
  }),

  run(input, _facts, { recipients, listeners, isSet }) {
    const { client, to, from } = input;
    const isTrap = recipients.size > 0 && recipients.has(addressOf(to).toLowerCase()) && !mayRelay(input);
    // A server that bounces to a forged sender is a victim as we are: it is refused, and not remembered as bad.
    if (isTrap) return finding('the recipient is a trap', { trap: addressOf(to), report: from === null });
    if (!listeners.has(client.listener)) return clean;
    return finding('the listener is a honeypot', { honeypot: client.listener, report: from === null }, isSet ? {} : { action: 'defer' });
  },
});
