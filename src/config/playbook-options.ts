// Options of the playbook: what is done by itself when a detector alarms.
import { z } from '../lib/zod.ts';
import { duration } from './units.ts';

const answer = z.strictObject({
  action: z
    .enum(['tag', 'delay', 'divert', 'defer', 'quarantine', 'reject', 'refuse-at-banner', 'drop'])
    .optional()
    .describe('What is done; discard is for persons only.'),
  from: z.enum(['alert', 'severe']).optional().describe('The level from which it is done.'),
  for: duration('15m').optional().describe('How long the first time; twice as long each further time within a day, a day at most.'),
  carryOut: z.boolean().optional().describe('false: it is only recorded what it would have done.'),
});

export const playbook = z
  .record(z.string(), z.union([z.literal('off'), answer], 'is neither off nor a section').describe('The answer to one detector, or off.'))
  .default({})
  .describe('Answers to alarms by detector id, over the defaults. See docs/playbook.md.');

export type PlaybookOptions = z.output<typeof playbook>;
