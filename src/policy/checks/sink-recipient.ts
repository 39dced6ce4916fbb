import { addressOf } from '../../model/mailbox.ts';
import { clean, defineCheck, finding } from '../check.ts';

/**
 * An address of ours that a forger has made up. The operator wants what comes to it taken, counted and thrown away, and a few kept to look at
 * (mission B7); nobody is ever answered.
 */
export const sinkRecipient = defineCheck({
  id: 'sink-recipient',
  stages: ['rcpt'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'observe', onUnsure: 'pass' },
  options: ({ traps }) => ({ sinks: new Set(traps.sinks.map((address) => address.toLowerCase())), isSampled: traps.maxSample > 0 }),

  run({ to }, _facts, { sinks, isSampled }) {
    if (sinks.size === 0 || !sinks.has(addressOf(to).toLowerCase())) return clean;
    // What is beyond the day's sample is thrown away at the end of the message. An order of the operator holds in observe mode too.
    return finding('the recipient is a sink', { sink: addressOf(to) }, { action: isSampled ? 'quarantine' : 'discard' });
  },
});
