import { clean, defineCheck, finding } from '../check.ts';
import { mayRelay } from '../relay.ts';

/** A server of ours took mail, could not deliver it, and tells somebody who is not proven to have sent it: backscatter (mission B1, D13). */
export const ownBounceLeaving = defineCheck({
  id: 'own-bounce-leaving',
  stages: ['message'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'observe', onUnsure: 'pass' },
  options: () => undefined,

  run(input) {
    const { leavingAnswer: answer } = input;
    if (answer === undefined || (answer.kind !== 'bounce' && answer.kind !== 'delayed') || !mayRelay(input)) return clean;
    const { kind, toNobody, toProven, underAttack } = answer;
    if (toProven) return clean; // he did write: he must hear that it failed (RFC 5321 6.1)
    return finding('our own server reports a failure to somebody who is not proven to have written', { kind, toNobody, toProven, underAttack });
  },
});
