import { clean, defineCheck, finding } from '../check.ts';
import { addressOfLiteral } from '../relay.ts';

/** A stranger says in HELO that it is this very gateway. */
export const heloClaimsOurName = defineCheck({
  id: 'helo-claims-our-name',
  stages: ['helo'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'pass' },
  options: ({ site }) => ({ ourName: site.hostname }),

  run({ client, user, helo }, _facts, { ourName }) {
    if (client.inside || user !== null || client.role !== 'mx') return clean;
    const claimed = helo.toLowerCase().replace(/\.$/, '');
    const isOurs = claimed === ourName || (claimed.startsWith('[') && addressOfLiteral(claimed) === client.localIp);
    return isOurs ? finding('HELO is our own name', { helo: claimed }) : clean;
  },
});
