import { clean, defineCheck, finding, unsure } from '../check.ts';

/** The next hop refuses the recipient: its own answer goes to the client, so that nothing is accepted and bounced later. */
export const unknownRecipient = defineCheck({
  id: 'unknown-recipient',
  stages: ['rcpt'],
  kind: 'permission',
  facts: ['recipient'],
  defaults: { action: 'reject', onUnsure: 'defer' },
  options: () => undefined,

  run(_input, { recipient }) {
    if (recipient.kind === 'unknown') return unsure(recipient.why); // a hub that cannot be asked has not refused anybody
    if (recipient.value.kind !== 'refused') return clean;
    const { hubReply } = recipient.value;
    const evidence = { code: hubReply.code, said: (hubReply.lines[0] ?? '').slice(0, 200) };
    if (hubReply.code < 500) return finding('the next hop puts the recipient off', evidence, { hubReply, action: 'defer' });
    return finding('the next hop refuses the recipient', evidence, { hubReply });
  },
});
