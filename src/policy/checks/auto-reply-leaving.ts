import { clean, defineCheck, finding } from '../check.ts';
import { mayRelay } from '../relay.ts';

/**
 * A program answers in somebody's place, and the answer would leave the site: to a forged sender it is backscatter, to a spammer the proof that
 * the address is alive (mission B3).
 */
export const autoReplyLeaving = defineCheck({
  id: 'auto-reply-leaving',
  stages: ['message'],
  kind: 'abuse',
  facts: [],
  defaults: { action: 'reject', onUnsure: 'pass' },
  options: ({ autoReplies }) => autoReplies.leaving,

  run(input, _facts, leaving) {
    const { leavingAnswer: answer } = input;
    if (answer === undefined || leaving === 'allow' || !mayRelay(input)) return clean;
    const { kind, toNobody, toProven, underAttack } = answer;
    if (kind === 'bounce' || kind === 'delayed') return clean; // own-bounce-leaving looks at these
    const evidence = { kind, toNobody, toProven, underAttack };
    // The one case in which the operator may let it go: to a person who wrote, while nobody forges anything.
    if (leaving === 'careful' && kind === 'autoreply' && toProven && !toNobody && !underAttack) return clean;
    return finding('an automatic answer would leave the site', evidence, leaving === 'discard' ? { action: 'discard' } : {});
  },
});
