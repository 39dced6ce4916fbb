import { clean, defineCheck, finding } from '../check.ts';
import { destinationOf, lacksAuthentication, mayRelay, relayRulesOf } from '../relay.ts';
import type { MailInput, RcptInput } from '../../model/stage-input.ts';

/** Nobody permitted the client to send there: the network, the user and the listener may, the sender's address never does (R1, R2). */
export const relayNotAllowed = defineCheck({
  id: 'relay-not-allowed',
  stages: ['mail', 'rcpt'],
  kind: 'permission',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'defer' },
  options: relayRulesOf,

  run(input: MailInput | RcptInput, _facts, rules) {
    if (lacksAuthentication(input)) return finding('a submission listener takes mail of authenticated users only', { listener: input.client.listener });
    if (!('to' in input)) return clean;
    const destination = destinationOf(input.to, input.client.localIp, rules);
    if (destination === 'nowhere') return finding('nobody has this address', { domain: input.to.domain });
    if (destination !== 'outside' || mayRelay(input)) return clean;
    return finding('neither the client nor the recipient is ours', { domain: input.to.domain, client: input.client.ip });
  },
});
