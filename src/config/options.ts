// Every option: name, type, unit, default, range and one line of documentation. The JSON Schema, the reference page and the
// errors of `floodgate check` are made from this one table. Names and meanings of the first block are fixed (interfaces).
// No option holds a secret: passwords and keys stay in files of their own, and the configuration names the file.
import { z } from '../lib/zod.ts';
import { abuseContacts } from './abuse-contact-options.ts';
import { alerts } from './alert-options.ts';
import { autoReplies, bounces, traps } from './bounce-options.ts';
import { digest } from './digest-options.ts';
import { disk, respond } from './disk-options.ts';
import { places } from './place-options.ts';
import { playbook } from './playbook-options.ts';
import { quotas } from './quota-options.ts';
import { intake, spool, viruses } from './spool-options.ts';
import { count, duration, moment, size, sizeValue } from './units.ts';
import { cidr, domain, hostPort, hubAddress, mailAddress, mailPattern, path, pattern } from './value-types.ts';

const proxyTrust = z.strictObject({ trusted: z.array(cidr).min(1).describe('Networks of the peers whose word about the client is believed.') });

const listener = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'write it like mx or submission-2: lower-case letters, digits and -')
    .describe('Name in events, metrics and logs.'),
  address: hostPort.describe('Address and port to listen on; [::]:25 for all IPv6.'),
  role: z
    .enum(['mx', 'submission', 'smarthost'])
    .describe('mx: strangers and insiders. submission: AUTH required. smarthost: who reaches this address may relay.'),
  tls: z.enum(['starttls', 'implicit']).default('starttls').describe('implicit: TLS from the first byte (port 465).'),
  proxyProtocol: proxyTrust.optional().describe('Accept PROXY protocol v1/v2 from these peers only; they must send it.'),
  xclient: proxyTrust.optional().describe('Accept XCLIENT from these peers only.'),
  trap: z.boolean().default(false).describe('A honeypot: all recipients are put off (450); who comes straight to it is remembered as bad.'),
});

const relayTarget = z.strictObject({
  address: hubAddress.describe('host:port, lmtp://host:port, or maildir:/path.'),
  xforward: z.boolean().default(false).describe('Tell the next hop who the outside client was by XFORWARD (for its log).'),
  xclient: z.boolean().default(false).describe('Tell the next hop who the outside client was by XCLIENT (it then judges that client).'),
  tls: z.enum(['off', 'may', 'must']).default('off').describe('STARTTLS to the next hop: never, when offered, or required with a verified certificate.'),
  connections: count(50, { min: 1, max: 1000 }).describe('Connections to the next hop at most, over all door threads.'),
});

/** A next hop that holds mailboxes, so that it knows which recipients exist. */
const mailTarget = relayTarget.extend({
  verifyRecipients: z.boolean().default(true).describe('Ask at RCPT whether a recipient exists; the answer is kept (recipientCache).'),
});

const list = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'write it like bad-senders: lower-case letters, digits and -')
    .describe('Name in events and in `floodgate list`.'),
  matches: z
    .enum(['client', 'hostname', 'sender', 'recipient'])
    .describe('client: address or network. hostname: reverse name, .example.org for all below. sender, recipient: address, domain or .domain.'),
  file: path.describe('One entry a line, # starts a comment; read again when it changes.'),
  action: z
    .enum(['accept', 'observe', 'tag', 'delay', 'quarantine', 'discard', 'defer', 'reject', 'refuse-at-banner'])
    .default('reject')
    .describe('accept: abuse checks are skipped; never relay permission.'),
});

const ruleConditions = z
  .strictObject({
    client: z.array(cidr).min(1).optional().describe('Networks of the client.'),
    inside: z.boolean().optional().describe("The client is in the site's networks, or is not."),
    helo: pattern.optional().describe('Pattern in the HELO name.'),
    authenticated: z.boolean().optional().describe('AUTH has succeeded, or has not.'),
    user: pattern.optional().describe("Pattern in the authenticated user's name."),
    from: pattern.optional().describe('Pattern in the envelope sender; the null sender is the empty text.'),
    to: pattern.optional().describe('Pattern in an envelope recipient.'),
    subject: pattern.optional().describe('Pattern in the Subject: as it stands in the header, or decoded (RFC 2047), whichever it fits.'),
    messageId: pattern.optional().describe('Pattern in the Message-ID.'),
    sizeOver: sizeValue.optional().describe('The message is larger.'),
    recipientsOver: z.number().int().min(0).optional().describe('The message has more recipients.'),
  })
  .refine((when) => Object.keys(when).length > 0, 'has no condition: the rule would hold for all mail');

const rule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'write it like no-invoices: lower-case letters, digits and -')
    .describe('Name in findings, metrics and `explain`.'),
  when: ruleConditions.describe('All of these must hold. Patterns are RE2 (linear time); (?i) in front ignores case.'),
  action: z
    .enum(['observe', 'tag', 'delay', 'divert', 'quarantine', 'discard', 'defer', 'reject', 'refuse-at-banner'])
    .default('observe')
    .describe('What is done then. quarantine: kept until a person releases it. discard: taken and thrown away.'),
  because: z.string().max(200).optional().describe('Why, for the record; the client never hears it.'),
});

const checkSettings = z.strictObject({
  action: z.enum(['observe', 'tag', 'delay', 'divert', 'quarantine', 'defer', 'reject', 'refuse-at-banner']).optional().describe('What is done on a finding.'),
  onUnsure: z.enum(['pass', 'defer']).optional().describe('What is done when the check cannot tell.'),
});

type ThreeOf<T> = readonly [one: T, two: T, three: T];
const share = (fallback: number, meaning: string) => z.number().min(0).max(1_000_000).default(fallback).describe(meaning);

/** Values of one signal above which the load level is 1, 2 and 3; `meaning` is a sentence without its full stop. */
const shareLevels = ([one, two, three]: ThreeOf<number>, meaning: string) =>
  z
    .strictObject({
      level1: share(one, `${meaning}: level 1 above this.`),
      level2: share(two, 'The same: level 2.'),
      level3: share(three, 'The same: level 3.'),
    })
    .prefault({});
const delayLevels = ([one, two, three]: ThreeOf<string>, meaning: string) =>
  z
    .strictObject({
      level1: duration(one).describe(`${meaning}: level 1 above this.`),
      level2: duration(two).describe('The same: level 2.'),
      level3: duration(three).describe('The same: level 3.'),
    })
    .prefault({});

export const options = z.strictObject({
  site: z
    .strictObject({
      hostname: domain.describe('Our name in the banner and in Received.'),
      networks: z.array(cidr).prefault([]).describe('Inside: clients here may send to anyone.'),
      domains: z.array(domain).min(1).describe('Our mail domains.'),
      sharedAddresses: z.array(cidr).prefault([]).describe('Inside addresses that many hosts share on purpose; never taken for lost client addresses.'),
      customerDomains: z.array(domain).prefault([]).describe('Domains we relay for: backup MX, hosted mailboxes.'),
      bulkSenders: z
        .array(z.string().min(1).max(320))
        .prefault([])
        .describe('Users, addresses and domains of ours that may write to many strangers: newsletters, monitoring. Detectors expect it of them.'),
      postmaster: mailAddress.describe('Where the gateway sends what a person must read.'),
    })
    .describe('Who we are.'),
  hub: mailTarget.describe('Where mail for our domains goes.'),
  routes: z.record(domain, mailTarget).default({}).describe("Customers' own servers, by domain."),
  outbound: relayTarget.optional().describe("Where insiders' mail to the world goes; default the hub."),
  listeners: z.array(listener).min(1).describe('Doors for SMTP.'),
  state: path.prefault('./floodgate-data').describe('Directory of journal, database and mail in hand; made when missing.'),
  web: z
    .strictObject({ address: hostPort.describe('Address and port to listen on.') })
    .optional()
    .describe('API, /metrics, /healthz, /readyz. Keep it on loopback; elsewhere reading needs a token (floodgate token add).'),
  telemetry: z
    .strictObject({ module: path.describe('A JavaScript or TypeScript module that exports onEvent(event).') })
    .optional()
    .describe('A module of your own that hears each decision, for OpenTelemetry and the like; see docs/telemetry.md.'),
  kernel: z
    .strictObject({ socket: path.describe('Socket of `floodgate kernel-helper`, like /run/floodgate-kernel/kernel.sock.') })
    .optional()
    .describe('Measures with the action drop are kept in the kernel by a helper of its own rights; see docs/kernel.md.'),
  mode: z
    .enum(['enforce', 'observe'])
    .default('enforce')
    .describe('observe: abuse checks and automatic measures only record; permission, protocol rules and limits always hold.'),
  observeUntil: moment.optional().describe('With mode observe: from this moment on mode is enforce. A day alone begins at midnight UTC.'),
  threads: z
    .union([z.literal('auto'), z.number().int().min(1).max(64)], 'is neither auto nor a whole number from 1 to 64')
    .default('auto')
    .describe('Door threads; auto: one fewer than processors, at least one.'),
  tls: z
    .strictObject({
      cert: path.describe('PEM file: our certificate, then those that lead to the root.'),
      key: path.describe('PEM file: its private key; readable to Floodgate only.'),
      clientCa: path.optional().describe('PEM file: authorities whose client certificates count; clients are asked for one, and need none.'),
    })
    .optional()
    .describe('PEM files; offered as STARTTLS when present; read again at SIGHUP.'),
  auth: z
    .strictObject({
      users: path.optional().describe('File of name:{SCHEME}value lines, one a user; `floodgate users add` writes it.'),
      dovecot: path.optional().describe('Socket of a Dovecot that checks the passwords.'),
      hub: z.boolean().optional().describe('The hub checks the passwords.'),
      certificates: path.optional().describe('File of client certificates that stand for users, for AUTH EXTERNAL; needs tls.clientCa.'),
      contacts: path.optional().describe("File of user: address lines, a user's second contact: told when his account seems stolen. Never the account itself."),
    })
    .optional()
    .describe('Who checks the passwords of AUTH; without it no listener offers AUTH.'),
  milter: z
    .strictObject({ address: hostPort.describe('Address and port to listen on.') })
    .optional()
    .describe('Milter door.'),
  policyService: z
    .strictObject({ address: hostPort.describe('Address and port to listen on.') })
    .optional()
    .describe('Postfix policy service door.'),
  logs: z
    .array(z.strictObject({ path: path.describe('Log file.'), format: z.string().default('auto').describe('Program that wrote it; auto finds out.') }))
    .default([])
    .describe('Mail logs to watch.'),
  dns: z
    .strictObject({
      servers: z.array(hostPort).min(1).optional().describe("Resolvers to ask; default: the system's."),
      timeout: duration('2s').describe('Wait for one answer.'),
    })
    .prefault({})
    .describe('Name service.'),
  quotas,

  limits: z
    .strictObject({
      sessions: count(12_000, { min: 1, max: 100_000 }).describe('Sessions at once in all; one in ten is kept for insiders.'),
      sessionsPerAddress: count(20, { min: 1, max: 65_535 }).describe('Sessions at once from one outside address (IPv6: a /64).'),
      sessionsPerNetwork: count(100, { min: 1, max: 65_535 }).describe('Sessions at once from one outside network (IPv4 /24, IPv6 /56).'),
      reservedShare: z.number().min(0).max(0.5).default(0.1).describe('Share of the sessions kept for clients inside the site.'),
      reservedForKnown: z
        .number()
        .min(0)
        .max(0.8)
        .default(0.3)
        .describe('Further share of the sessions that only known good correspondents may take besides them.'),
      commandLine: size('2048').describe('Longest command line, with CRLF; AUTH lines may have 12,288 (RFC 4954 4).'),
      header: size('100 KiB').describe(
        'Largest message header; servers and users of ours have 64 KiB more, for what they write above a message that was taken.',
      ),
      headerLines: count(1000, { min: 10 }).describe('Most lines in a message header; 256 more for servers and users of ours.'),
      message: size('25 MiB').describe('Largest message; announced as SIZE. 1 MiB more for servers and users of ours.'),
      messageInMemory: size('256 KiB').describe('Larger content waits in a temporary file in the state directory.'),
      freeDisk: size('100 MiB').describe('Free space in the state directory below which content is refused with 452.'),
      receivedLines: count(50, { min: 10 }).describe('Received lines at which a message is a loop: refused, or held where a server or user of ours brings it.'),
      passes: count(5, { min: 2 }).describe('The same for Received lines of our own: so often a message has been here before.'),
      recipientsPerMessage: count(1000, { min: 1 }).describe('Recipients per message from insiders and authenticated users.'),
      outsideRecipientsPerMessage: count(100, { min: 1 }).describe('Recipients per message from outside (RFC 5321 4.5.3.1.8 asks for 100).'),
      recipientsPerSession: count(10_000, { min: 1 }).describe('Recipients per session from insiders and authenticated users.'),
      outsideRecipientsPerSession: count(1000, { min: 1 }).describe('Recipients per session from outside.'),
      messagesPerSession: count(10_000, { min: 1 }).describe('Messages per session; 421 after that.'),
      errors: count(20, { min: 1 }).describe(
        'Refused commands per session before 421. The first 1,000 recipients that are put off to another message (452 4.5.3) do not count.',
      ),
      errorsBeforeDelay: count(10, { min: 0 }).describe('Refused commands after which each further reply waits a second.'),
      junkCommands: count(100, { min: 1 }).describe('NOOP, RSET, VRFY, HELP and the like between two messages before 421.'),
      authFailures: count(3, { min: 1 }).describe('Failed AUTH attempts per session before 421.'),
      minBytesPerSecond: count(500, { min: 1 }).describe('Floor for content: each second of DATA must bring so many bytes.'),
    })
    .prefault({})
    .describe('Caps on what clients may use.'),
  rates: z
    .strictObject({
      connectionsPerAddress: count(30).describe(
        'New connections a minute from one unknown outside address (IPv6: a /64); more wait for their banner. 0: no limit.',
      ),
      burstPerAddress: count(20, { min: 1 }).describe('So many at once before that rate holds.'),
      connectionsPerNetwork: count(120).describe('New connections a minute from one unknown outside network (IPv4 /24, IPv6 /56); more wait. 0: no limit.'),
      burstPerNetwork: count(60, { min: 1 }).describe('So many at once before that rate holds.'),
      connectionsPerSecond: count(3000).describe('New connections from outside a second, in all; more wait. 0: no limit.'),
      knownFactor: count(10, { min: 1, max: 1000 }).describe('Known correspondents may come so many times as often, and so may who comes to submit.'),
      waiting: count(2000, { min: 1, max: 50_000 }).describe(
        'Connections that wait for their banner at once; more hear 421. Each costs a socket, not a session.',
      ),
      waitingPerNetwork: count(100, { min: 1, max: 50_000 }).describe('Of these from one outside network.'),
      longestWait: duration('30s').describe('A client that would wait longer for its banner hears 421.'),
    })
    .prefault({})
    .describe('How fast connections may come (L1). All figures are over all door threads. See docs/load.md.'),
  load: z
    .strictObject({
      eventLoopLag: delayLevels(['50ms', '70ms', '200ms'], "99th percentile of the delay of a busy door thread's event loop over five seconds"),
      bannerQueue: shareLevels([1, 3, 10], 'Intervals of five seconds in which nobody in the banner queue was served within 500 ms'),
      sessions: shareLevels([0.7, 0.85, 0.95], 'Share of the sessions in use: of all, or of those that strangers may have; the larger'),
      hubQueue: shareLevels([0.1, 0.5, 0.75], 'Share of the time to hand a message over that it waits for a connection to the hub'),
      systemLoad: shareLevels([8, 12, 16], "The machine's load of one minute for each processor"),
      memory: shareLevels([0.9, 0.95, 0.98], 'Share of the memory in use: of the machine, or of our control group'),
      calm: duration('10s').describe('The level falls a step when nothing has asked for it for so long.'),
      replyDelay: duration('1s').describe('At level 1 strangers wait so long for each reply; 0s: never.'),
    })
    .prefault({})
    .describe('Values above which the load level is 1, 2 or 3, and work is shed. See docs/load.md.'),
  timeouts: z
    .strictObject({
      command: duration('300s').describe('For a whole command line, counted from our last reply (RFC 5321 4.5.3.2.7).'),
      data: duration('180s').describe('For content without progress at the floor rate.'),
      session: duration('30m').describe('For a session that has not begun a message.'),
      greetingWait: duration('0s').describe('Wait before the banner for outside clients, to catch early talkers; 4s is a good value.'),
      proxyHeader: duration('5s').describe('For the PROXY protocol header.'),
      hubConnect: duration('10s').describe('For connecting to a next hop.'),
      hubCommand: duration('60s').describe('For the reply of a next hop to a command.'),
      hubFinalDot: duration('540s').describe("For the next hop's reply to the final dot; stays under the client's 10 minutes (RFC 5321 4.5.3.2.6)."),
      hubIdle: duration('10s').describe('An idle pooled connection is closed after this.'),
      probe: duration('6s').describe('For one recipient probe; then 450.'),
      drain: duration('30s').describe('After SIGTERM, for sessions in the middle of a message.'),
      doorSilence: duration('30s')
        .refine((ms) => ms >= 1000, 'is too short (1s at least): a busy moment would end a door')
        .describe('A door thread whose event loop stands still for so long is ended and replaced.'),
    })
    .prefault({})
    .describe('Deadlines.'),
  smtp: z
    .strictObject({
      lineEnds: z
        .enum(['normalize', 'reject'])
        .default('normalize')
        .describe('Bare CR or LF in content: made CRLF (stuffed where that makes a new line), or refused with 550 5.5.2.'),
      etrnNetworks: z.array(cidr).prefault([]).describe('Who may say ETRN (RFC 1985).'),
      probeSender: z
        .union([z.literal(''), mailAddress], 'is not a mail address')
        .default('')
        .describe('Sender of recipient probes; empty: the null sender.'),
    })
    .prefault({})
    .describe('Details of the SMTP conversation.'),
  recipientCache: z
    .strictObject({
      positive: duration('24h').describe('An accepted recipient is not asked again for so long.'),
      negative: duration('1h').describe('A refused recipient is not asked again for so long.'),
      entries: count(100_000, { min: 100 }).describe('Answers kept; the one not used for longest goes first.'),
    })
    .prefault({})
    .describe('Kept answers to recipient probes.'),
  lists: z.array(list).prefault([]).describe('Accept and refuse lists; see also `floodgate list`.'),
  neverBlock: z
    .strictObject({
      networks: z.array(cidr).prefault([]).describe('Clients that no automatic measure may touch; site.networks always belong to them.'),
      senders: z.array(mailPattern).prefault([]).describe('Senders: address, domain, .domain, or "<>" for the null sender.'),
      recipients: z
        .array(mailPattern)
        .prefault([])
        .describe('Recipients: address, domain or .domain; postmaster and abuse of our domains always belong to them.'),
    })
    .prefault({})
    .describe('Whom measures must spare; an operator who means it says --force (`floodgate measure add`).'),
  quarantine: z
    .strictObject({
      keepFor: duration('30d').describe('What nobody has released by then is removed, and that is an event.'),
      maxBytes: size('5 GiB').describe('Messages kept, discarded ones of the last day included; beyond it 452, and nothing kept is dropped.'),
      maxMessages: count(100_000, { min: 1, max: 1_000_000 }).describe('The same for their number.'),
      freeDisk: size('500 MiB').describe('Free space in the state directory below which nothing more is kept: 452.'),
      undoFor: duration('24h').describe('A discarded message can be had back for so long.'),
      takesDiverted: z.boolean().default(false).describe('The action divert keeps the message here instead of delivering it with a mark.'),
      digest,
      keyFile: path.optional().describe('Keys with which messages are encrypted on the disk; `floodgate quarantine key new` writes it.'),
      keepRefused: z
        .array(z.string().min(1).max(60))
        .default([])
        .describe('Checks and rules of whose refusals (5xx at the end of a message) a copy is kept; the client hears the refusal all the same.'),
      refusedFor: duration('7d').describe('Such a copy is removed then.'),
      refusedShare: count(10, { min: 0, max: 50 }).describe('Per cent of maxMessages and maxBytes that such copies may take.'),
    })
    .prefault({})
    .describe('Held mail: whole messages until a person releases them. See docs/quarantine.md.'),
  spool,
  intake,
  viruses,
  abuseContacts,
  content: z
    .strictObject({
      traits: z
        .enum(['auto', 'off'])
        .default('auto')
        .describe('auto: the header and first words of each message are looked at, but under load (from level 2 on). Without it no bomb can be diverted.'),
    })
    .prefault({})
    .describe('What is read of the content of messages. See docs/content-traits.md.'),
  senderAuthentication: z
    .strictObject({
      perSecond: count(50, { min: 0, max: 1000 }).describe('Messages from outside a second whose SPF, DKIM and DMARC are looked up, in each door; 0: none.'),
      timeout: duration('2s').describe('No message waits longer for it.'),
    })
    .prefault({})
    .describe('Who has proved to have sent a message: for detectors, which blame the proven sender and not the address.'),
  bounces,
  traps,
  autoReplies,
  alerts,
  rules: z.array(rule).default([]).describe('Rules of your own; `floodgate rules try` shows what they would have hit.'),
  ownChecks: path.optional().describe('Folder of checks of your own, one TypeScript file each; see docs/own-checks.md.'),
  checks: z.record(z.string(), checkSettings).default({}).describe('Settings of single checks by id; see the page of each.'),
  playbook,
  places,
  detectors: z
    .record(
      z.string(),
      z
        .union([z.literal('off'), z.record(z.string(), z.number().describe('A number of the detector.'))], 'is neither off nor a section of numbers')
        .describe('Numbers of one detector, or off.'),
    )
    .default({})
    .describe('Numbers of single detectors by id, or off; see the page of each in docs/detectors/.'),
  journal: z
    .strictObject({
      segment: size('64 MiB').describe('A segment is closed and compressed at this size.'),
      maxSize: size('2 GiB').describe('Oldest segments are removed above this.'),
      maxAge: duration('30d').describe('Older segments are removed.'),
      maxRate: size('8 MiB').describe('Bytes a second over a while; of a flood beyond it what tells least is left out and counted. 0: no limit.'),
    })
    .prefault({})
    .describe('The record of everything that happened.'),
  disk,
  respond,
  log: z
    .strictObject({
      format: z.enum(['text', 'json', 'logfmt']).default('text').describe('How a line is written.'),
      level: z.enum(['error', 'warn', 'info', 'debug']).default('info').describe('Least important kind of line that is written.'),
    })
    .prefault({})
    .describe('One line a decision, on standard error.'),
});

/** What an operator may write. */
export type ConfigInput = z.input<typeof options>;
/** The whole configuration with every default filled in; sizes in bytes, times in milliseconds. Frozen by `loadConfig`. */
export type Config = z.output<typeof options>;
export type ListenerConfig = Config['listeners'][number];
export type RelayTarget = Config['hub'] | NonNullable<Config['outbound']>;
