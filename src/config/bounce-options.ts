// Options about bounces: what comes back of our mail, what somebody forged in our name, and what must not leave us.
import { z } from '../lib/zod.ts';
import { count, duration } from './units.ts';
import { domain, mailAddress, path } from './value-types.ts';

/** Telling our own bounces from forged ones. */
export const bounces = z
  .strictObject({
    othersSendForUs: z
      .boolean()
      .default(false)
      .describe('Mail of our addresses also leaves by ways that do not pass here: a report that proves nothing is marked, not refused.'),
    countries: path.optional().describe('Table of networks and countries, a line like 192.0.2.0/24,NL each: cases of forged senders then name countries.'),
    batv: z.boolean().default(false).describe('Envelope senders of mail that leaves carry a tag (BATV); read docs/backscatter.md first.'),
    signingKeys: z
      .array(
        z.strictObject({
          domain: domain.describe('One of our domains: d= of the signature.'),
          selector: z
            .string()
            .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,100}[A-Za-z0-9])?$/, 'is no selector')
            .describe('s= of the signature.'),
          key: z
            .string()
            .regex(/(?:^|;)\s*p\s*=\s*[A-Za-z0-9+/]/, 'is no key record: it has no p=')
            .describe('The record as it stands in DNS: v=DKIM1; k=rsa; p=...'),
        }),
      )
      .default([])
      .describe('Public keys with which our mail is signed (DKIM), where DNS is not to be asked for them: what returns with such a signature is ours.'),
    useDns: z
      .boolean()
      .default(true)
      .describe('Of reports that nothing else proves, our DKIM keys and SPF record are looked up in DNS (never, with senderAuthentication.perSecond: 0).'),
    askCatchAll: duration('12h').describe(
      'How often each server of ours is asked, with names that nobody has, whether it takes any name (status and an alert tell); 0s: never.',
    ),
    remember: count(1_000_000, { min: 1000, max: 100_000_000 }).describe(
      'Recipients and messages of ours remembered for 14 days; 8 MiB of memory a million. Another number takes effect at a restart, and begins anew.',
    ),
  })
  .prefault({})
  .describe('Our own bounces and forged ones. See docs/backscatter.md.');
/** Addresses that nobody writes to in good faith. */
export const traps = z
  .strictObject({
    recipients: z.array(mailAddress).prefault([]).describe('Addresses of ours that nobody ever had: who writes there is refused and remembered as bad.'),
    sinks: z
      .array(mailAddress)
      .prefault([])
      .describe('Addresses of ours that were made up by somebody: mail to them is taken, counted and thrown away, a sample kept in the quarantine.'),
    maxSample: count(20, { max: 10_000 }).describe('Messages to sinks kept a day, over all of them.'),
  })
  .prefault({})
  .describe('Traps and sinks. See docs/backscatter.md.');
/** Answers by programs. */
export const autoReplies = z
  .strictObject({
    leaving: z
      .enum(['refuse', 'discard', 'careful', 'allow'])
      .default('refuse')
      .describe(
        'Absence notices and other answers by programs that would leave the site. careful: only to who is proven to have written, never to lists and daemons, nor during an attack.',
      ),
  })
  .prefault({})
  .describe('Automatic answers. See docs/checks/auto-reply-leaving.md.');
