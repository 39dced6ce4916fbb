// Options of alerts: who is told when something goes wrong, by which ways, and how often.
import { z } from '../lib/zod.ts';
import { count, duration } from './units.ts';
import { hostPort, mailAddress } from './value-types.ts';

const webAddress = z.url({ protocol: /^https?$/, error: 'is not a web address; write it like https://chat.example.org/hook' });

const webhook = z.strictObject({
  url: webAddress.describe('Where a JSON object is posted.'),
  bearerFile: z.string().min(1).optional().describe('File that holds a token, sent as Authorization: Bearer.'),
});

export const alerts = z
  .strictObject({
    mail: z
      .array(mailAddress)
      .optional()
      .describe("Who gets letters; default: site.postmaster. Addresses outside the site's own domains go by outbound, or by mailVia. Empty: nobody."),
    mailVia: hostPort.optional().describe('A mail server that is tried before the hub: letters about a flood must not depend on the server that is flooded.'),
    webhooks: z.array(webhook).default([]).describe('Web addresses that are told.'),
    syslog: z
      .strictObject({
        address: hostPort.describe('Address and port of a syslog server.'),
        protocol: z.enum(['udp', 'tcp']).default('udp').describe('RFC 5426 or RFC 6587.'),
      })
      .optional()
      .describe('A syslog server that is told (RFC 5424, facility mail).'),
    gather: duration('10s').describe('Alerts of one moment go out together: so long is waited for more.'),
    perHour: count(6, { min: 1, max: 1000 }).describe('Alerts an hour and way; more wait and go out together.'),
    escalate: z
      .strictObject({
        after: duration('30m').describe('An alert that nobody has acknowledged by then is told to these, and again after twice the time.'),
        mail: z.array(mailAddress).default([]).describe('Who gets letters then.'),
        webhooks: z.array(webhook).default([]).describe('Web addresses that are told then.'),
      })
      .prefault({})
      .describe('Whom to wake when nobody answers.'),
  })
  .prefault({})
  .describe('Who is told when something goes wrong. See docs/alerts.md.');

export type AlertOptions = z.output<typeof alerts>;
