import { canonicalIp } from '../../lib/ip.ts';
import { clean, defineCheck, finding } from '../check.ts';
import { destinationOf, relayRulesOf } from '../relay.ts';

/** The hub hands us mail for the world and we have nowhere to send it but back to the hub. */
export const loopToHub = defineCheck({
  id: 'loop-to-hub',
  stages: ['rcpt'],
  kind: 'permission',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'defer' },
  options: (config) => ({
    rules: relayRulesOf(config),
    routed: new Set(Object.keys(config.routes)),
    hubIp: config.outbound === undefined && config.hub.address.kind !== 'maildir' ? foreignIp(config.hub.address.host) : '',
  }),

  run({ client, user, to }, _facts, { rules, routed, hubIp }) {
    // A user who authenticates on the hub's machine (webmail) submits for himself.
    if (hubIp === '' || client.ip !== hubIp || user !== null || routed.has(to.domain)) return clean;
    return destinationOf(to, client.localIp, rules) === 'outside'
      ? finding('the hub submits mail for outside, and no outbound is configured', { hub: hubIp })
      : clean;
  },
});

/** Not on the loopback interface: there the hub and every other program of the machine look alike. */
function foreignIp(host: string): string {
  const ip = canonicalIp(host);
  return ip.startsWith('127.') || ip === '::1' ? '' : ip;
}
