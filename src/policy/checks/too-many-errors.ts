import { clean, defineCheck, finding } from '../check.ts';

/** The session had so many refused commands that it is closed: a harvest or a broken program. */
export const tooManyErrors = defineCheck({
  id: 'too-many-errors',
  stages: ['helo', 'mail', 'rcpt'],
  kind: 'protocol',
  facts: [],
  defaults: { action: 'defer', onUnsure: 'pass' },
  options: ({ limits }) => ({ limit: limits.errors }),

  run({ conduct }, _facts, { limit }) {
    return conduct.errors >= limit ? finding('too many refused commands', { errors: conduct.errors, limit }) : clean;
  },
});
