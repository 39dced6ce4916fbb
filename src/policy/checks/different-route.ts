import { clean, defineCheck, finding } from '../check.ts';
import { createRouter } from '../router.ts';

/** The recipient's mail goes elsewhere than that of the message's first recipient: one DATA cannot be answered for both. */
export const differentRoute = defineCheck({
  id: 'different-route',
  stages: ['rcpt'],
  kind: 'permission',
  facts: [],
  defaults: { action: 'defer', onUnsure: 'defer' },
  options: createRouter,

  run({ client, to, accepted }, _facts, router) {
    const first = accepted[0];
    if (first === undefined) return clean;
    const [before, here] = [router.routeOf({ to: first, client }).key, router.routeOf({ to, client }).key];
    return before === here ? clean : finding('recipients of one message go different ways', { first: before, this: here });
  },
});
