// Options of outgoing quotas: how much one user, host, network or customer may send to the outside and to ourselves (mission R5).
import { z } from '../lib/zod.ts';
import { count } from './units.ts';

/** Recipients at most that any quota may name. */
const most = 1_000_000;

interface Limits {
  readonly external: number;
  readonly internal: number;
  readonly day: number;
}

const limits = ({ external, internal, day }: Limits, whose: string) =>
  z
    .strictObject({
      externalRecipientsPerHour: count(external, { max: most }).describe('Recipients elsewhere, an hour. 0: no limit.'),
      internalRecipientsPerHour: count(internal, { max: most }).describe('Recipients in our own and customer domains, an hour. 0: no limit.'),
      recipientsPerDay: count(day, { max: most }).describe('All recipients, a day. 0: no limit.'),
    })
    .prefault({})
    .describe(whose);

const noLimit: Limits = { external: 0, internal: 0, day: 0 };
const one = (meaning: string) => z.number().int().min(0).max(most).optional().meta({ unit: 'count' }).describe(meaning);

const userLimits = z.strictObject({
  externalRecipientsPerHour: one('In place of quotas.user.externalRecipientsPerHour.'),
  internalRecipientsPerHour: one('In place of quotas.user.internalRecipientsPerHour.'),
  recipientsPerDay: one('In place of quotas.user.recipientsPerDay.'),
});

export const quotas = z
  .strictObject({
    user: limits({ external: 500, internal: 1000, day: 1000 }, 'What one authenticated user may send; beyond it his mail is held.'),
    users: z.record(z.string(), userLimits.describe('The quota of one user.')).default({}).describe('Users with a quota of their own, by name.'),
    host: limits(noLimit, 'What one inside address may send without AUTH (IPv6: a /64); beyond it 450. Off: a hub or list server sends for many.'),
    network: limits(noLimit, 'What one inside network may send without AUTH (IPv4 /24, IPv6 /56); beyond it 450. Off.'),
    customer: limits(noLimit, 'What our own clients may send in the name of one customer domain (site.customerDomains); beyond it 450. Off.'),
  })
  .prefault({})
  .describe('Outgoing quotas. See docs/quotas.md.');
