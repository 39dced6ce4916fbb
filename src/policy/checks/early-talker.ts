import { clean, defineCheck, finding } from '../check.ts';

/** The client spoke before its turn: before the banner, or further commands before the answer to EHLO (RFC 5321 4.3.1, RFC 2920 3.1). */
export const earlyTalker = defineCheck({
  id: 'early-talker',
  stages: ['connect', 'helo'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'observe', onUnsure: 'pass' },
  options: () => undefined,

  run({ client, conduct }) {
    if (client.inside) return clean; // scripts of the house are often impatient
    if (conduct.talkedBeforeBanner) return finding('spoke before the banner');
    return conduct.pipelinedTooEarly ? finding('sent commands before it could know that pipelining is offered') : clean;
  },
});
