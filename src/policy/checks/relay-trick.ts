import { clean, defineCheck, finding } from '../check.ts';
import { destinationOf, hidesAddress, mayRelay, relayRulesOf } from '../relay.ts';

/** The address is ours by its domain but hides another one behind it: a hub that trusts us would relay it (R3). */
export const relayTrick = defineCheck({
  id: 'relay-trick',
  stages: ['rcpt'],
  kind: 'permission',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'defer' },
  options: relayRulesOf,

  run(input, _facts, rules) {
    // Who may send to anyone gains nothing by a trick. Outside destinations are relay-not-allowed's: their local parts are not ours to read.
    if (mayRelay(input) || destinationOf(input.to, input.client.localIp, rules) === 'outside') return clean;
    // RFC 5321 3.3 lets a server ignore a source route or refuse it; the hub would see it, so we refuse it.
    if (input.to.sourceRoute !== null) return finding('source route', { route: input.to.sourceRoute.slice(0, 100) });
    return hidesAddress(input.to.localPart) ? finding('the local part hides another address', { localPart: input.to.localPart.slice(0, 64) }) : clean;
  },
});
