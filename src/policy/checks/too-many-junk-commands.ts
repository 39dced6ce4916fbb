import { clean, defineCheck, finding } from '../check.ts';

/** The session spends its time on NOOP, RSET, VRFY and the like instead of sending mail. */
export const tooManyJunkCommands = defineCheck({
  id: 'too-many-junk-commands',
  stages: ['helo', 'mail', 'rcpt'],
  kind: 'protocol',
  facts: [],
  defaults: { action: 'defer', onUnsure: 'pass' },
  options: ({ limits }) => ({ limit: limits.junkCommands }),

  run({ conduct }, _facts, { limit }) {
    return conduct.junkCommands > limit ? finding('too many commands that move nothing', { junkCommands: conduct.junkCommands, limit }) : clean;
  },
});
