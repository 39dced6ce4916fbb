// Options of mail that waits for its next hop, of the mail of domains whose own server is away, and of viruses.
import { z } from '../lib/zod.ts';
import { count, duration, size } from './units.ts';
import { domain, path } from './value-types.ts';

/** Mail that waits. */
export const spool = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Mail whose next hop is away is taken and waits on the disk: for verified recipients, and from users to anyone.'),
    routes: z
      .array(z.union([z.enum(['hub', 'outbound']), domain], 'is neither hub nor outbound nor a domain of routes'))
      .prefault([])
      .describe('Only for these next hops: hub, outbound, or domains of routes. Empty: for all.'),
    atLoadLevel: count(0, { max: 3 }).describe('From this load level on such mail waits without being offered to its next hop first; 0: never.'),
    keepFor: duration('5d').describe('What is not delivered by then goes to the quarantine, for a person.'),
    reports: z
      .enum(['proven', 'never'])
      .default('proven')
      .describe(
        'What becomes of mail that could not be delivered: it is always kept for a person; its author gets one delivery report where SPF or DMARC has proven him when it came, or he is a user or host of ours. never: nobody gets one.',
      ),
    longestPause: duration('60s').describe('A next hop that is away is tried again after so long at most.'),
    connections: count(10, { min: 1, max: 1000 }).describe('Connections at once for mail that waited, to one next hop.'),
    maxBytes: size('10 GiB').describe('Mail that waits, in all; beyond it mail is put off as without a spool.'),
    maxMessages: count(200_000, { min: 1, max: 5_000_000 }).describe('The same for their number; each takes about a kilobyte of memory.'),
    freeDisk: size('1 GiB').describe('Free space in the state directory below which nothing more waits.'),
  })
  .prefault({})
  .describe('Mail that waits for a next hop which is away. See docs/spool.md.');

/** Emergency intake. */
export const intake = z
  .array(
    z.strictObject({
      domain: domain.describe('The domain; it stands in routes too, with its own server.'),
      recipients: path
        .optional()
        .describe('File of its addresses, one a line: these are taken, all others refused. Without it: those the server itself has accepted before.'),
      recipientDelimiter: z
        .string()
        .regex(/^[+=._#&!-]{0,4}$/, 'is none of + - = . _ # & !')
        .default('+')
        .describe('What divides anna+shop for that server: who is listed is taken with such an addition. Empty: additions are listed too or refused.'),
      keepFor: duration('30d').describe('Mail for it waits so long instead of spool.keepFor.'),
    }),
  )
  .prefault([])
  .describe('Domains whose own server is away: their mail is taken and kept in the spool until it is back. See docs/emergency-intake.md.');

/** Viruses. */
export const viruses = z
  .strictObject({
    clamd: z
      .string()
      .regex(/^(?:\/.+|[^/\s]+:\d{1,5})$/, 'is neither a path nor host:port; write it like /run/clamav/clamd.ctl or 127.0.0.1:3310')
      .describe('Socket of a clamd: a path, or host:port.'),
    action: z
      .enum(['observe', 'quarantine', 'discard', 'reject'])
      .default('reject')
      .describe('What is done with a message that has one. reject: 550 in the session. Nothing is ever sent to its envelope sender.'),
    leaving: z
      .enum(['observe', 'quarantine', 'reject'])
      .default('quarantine')
      .describe('The same for mail from users and inside hosts: kept, so that somebody looks at that machine.'),
    tellNetwork: z
      .boolean()
      .default(false)
      .describe('The abuse contact of the network that connected is told, once a day and network; never for our own. It is found as abuseContacts says.'),
    tellAfter: duration('10m').describe('A network is told so long after its first message, of all that came until then.'),
    tellPerHour: count(20, { min: 1, max: 1000 }).describe('Networks told an hour at most; others wait for their turn.'),
    whenAway: z.enum(['pass', 'defer']).default('pass').describe('When clamd cannot be asked: the mail goes on, or is put off.'),
    whenTooLarge: z
      .enum(['quarantine', 'reject', 'pass'])
      .default('quarantine')
      .describe('A message that is larger than maxSize, or than clamd takes: kept, refused, or let through unseen. Padding must not carry a virus past clamd.'),
    timeout: duration('60s').describe('For looking at one message.'),
    maxSize: size('32 MiB').describe('Larger messages are not looked at: whenTooLarge. Keep it above limits.message and below StreamMaxLength of clamd.'),
    atOnce: count(10, { min: 1, max: 1000 }).describe('Messages looked at at once, over all door threads; others wait for their turn.'),
  })
  .optional()
  .describe('A virus scanner that sees each message before it is accepted. See docs/viruses.md.');
