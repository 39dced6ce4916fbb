// Every option: name, type, unit, default, range and one line of documentation. The JSON Schema, the reference page and the
// errors of `floodgate check` are made from this one table. Names and meanings of the first block are fixed (interfaces).
import { z } from 'zod';
import { count, duration, size } from './units.ts';
import { cidr, domain, hostPort, hubAddress, mailAddress } from './value-types.ts';

const proxyTrust = z.strictObject({ trusted: z.array(cidr).min(1).describe('Peers whose word about the client is believed.') });

const listener = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'use lower-case letters, digits and -').describe('Name in events, metrics and logs.'),
  address: hostPort.describe('Address and port to listen on; [::]:25 for all IPv6.'),
  role: z.enum(['mx', 'submission', 'smarthost']).describe('mx: strangers and insiders. submission: AUTH required. smarthost: who reaches this address may relay.'),
  tls: z.enum(['starttls', 'implicit']).default('starttls').describe('implicit: TLS from the first byte (port 465).'),
  proxyProtocol: proxyTrust.optional().describe('Accept PROXY protocol v1/v2 from these peers only; they must send it.'),
  xclient: proxyTrust.optional().describe('Accept XCLIENT from these peers only.'),
});

const relayTarget = z.strictObject({
  address: hubAddress.describe('host:port, lmtp://host:port, or maildir:/path.'),
  xforward: z.boolean().default(false).describe('Tell the next hop who the outside client was by XFORWARD (for its log).'),
  xclient: z.boolean().default(false).describe('Tell the next hop who the outside client was by XCLIENT (it then judges that client).'),
  tls: z.enum(['off', 'may', 'must']).default('off').describe('STARTTLS to the next hop: never, when offered, or required with a verified certificate.'),
  connections: count(50, { min: 1, max: 1000 }).describe('Connections to the next hop at most, over all door threads.'),
});

const list = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/),
  matches: z.enum(['client', 'hostname', 'sender', 'recipient']).describe('client: address or network. hostname: reverse name, .example.org for all below. sender, recipient: address, domain or .domain.'),
  file: z.string().describe('One entry a line, # starts a comment; read again when it changes.'),
  action: z.enum(['accept', 'observe', 'tag', 'delay', 'defer', 'reject', 'refuse-at-banner']).default('reject').describe('accept: abuse checks are skipped; never relay permission.'),
});

const checkSettings = z.strictObject({
  action: z.enum(['observe', 'tag', 'delay', 'divert', 'defer', 'reject', 'refuse-at-banner']).optional().describe('What is done on a finding.'),
  onUnsure: z.enum(['pass', 'defer']).optional().describe('What is done when the check cannot tell.'),
});

export const options = z.strictObject({
  site: z.strictObject({
    hostname: domain.describe('Our name in the banner and in Received.'),
    networks: z.array(cidr).default([]).describe('Inside: clients here may send to anyone.'),
    domains: z.array(domain).min(1).describe('Our mail domains.'),
    customerDomains: z.array(domain).default([]).describe('Domains we relay for: backup MX, hosted mailboxes.'),
    postmaster: mailAddress.describe('Where the gateway sends what a person must read.'),
  }),
  hub: relayTarget.extend({
    verifyRecipients: z.boolean().default(true).describe('Ask the hub at RCPT whether a recipient exists; cached.'),
  }),
  routes: z.record(domain, relayTarget.extend({ verifyRecipients: z.boolean().default(true) })).default({}).describe("Customers' own servers, by domain."),
  outbound: relayTarget.optional().describe("Where insiders' mail to the world goes; default the hub."),
  listeners: z.array(listener).min(1).describe('Doors for SMTP.'),
  state: z.string().default('./floodgate-data').describe('Directory of journal, database and mail in hand; made when missing.'),
  web: z.strictObject({ address: hostPort }).optional().describe('API, /metrics, /healthz, /readyz. Keep it on loopback.'),
  mode: z.enum(['enforce', 'observe']).default('enforce').describe('observe: abuse checks and automatic measures only record; permission, protocol rules and limits always hold.'),
  threads: z.union([z.literal('auto'), z.number().int().min(1).max(64)]).default('auto').describe('Door threads; auto: one a processor.'),
  tls: z.strictObject({ cert: z.string(), key: z.string() }).optional().describe('PEM files; offered as STARTTLS when present; read again at SIGHUP.'),
  auth: z
    .strictObject({ users: z.string().optional(), dovecot: z.string().optional(), hub: z.boolean().optional() })
    .optional()
    .describe('users: a file of name:{SCHEME}value lines.'),
  milter: z.strictObject({ address: hostPort }).optional().describe('Milter door.'),
  policyService: z.strictObject({ address: hostPort }).optional().describe('Postfix policy service door.'),
  logs: z.array(z.strictObject({ path: z.string(), format: z.string().default('auto') })).default([]).describe('Mail logs to watch.'),
  dns: z.strictObject({ servers: z.array(hostPort).min(1).optional().describe("Default: the system's."), timeout: duration('2s').describe('Wait for one answer.') }).prefault({}),
  quotas: z
    .strictObject({
      user: z
        .strictObject({ externalRecipientsPerHour: count(500), internalRecipientsPerHour: count(1000), recipientsPerDay: count(1000) })
        .prefault({}),
    })
    .prefault({})
    .describe('Outgoing quotas.'),

  limits: z
    .strictObject({
      sessions: count(2000, { min: 1, max: 100_000 }).describe('Sessions at once in all; one in ten is kept for insiders.'),
      sessionsPerAddress: count(20, { min: 1, max: 65_535 }).describe('Sessions at once from one outside address (IPv6: a /64).'),
      sessionsPerNetwork: count(100, { min: 1, max: 65_535 }).describe('Sessions at once from one outside network (IPv4 /24, IPv6 /56).'),
      reservedShare: z.number().min(0).max(0.5).default(0.1).describe('Share of the sessions kept for clients inside the site.'),
      commandLine: size('2048').describe('Longest command line, with CRLF; AUTH lines may have 12,288 (RFC 4954 4).'),
      header: size('100 KiB').describe('Largest message header.'),
      headerLines: count(1000, { min: 10 }).describe('Most lines in a message header.'),
      message: size('25 MiB').describe('Largest message; announced as SIZE.'),
      messageInMemory: size('256 KiB').describe('Larger content waits in a temporary file in the state directory.'),
      freeDisk: size('100 MiB').describe('Free space in the state directory below which content is refused with 452.'),
      receivedLines: count(50, { min: 10 }).describe('Received lines at which a message is refused as a loop.'),
      recipientsPerMessage: count(1000, { min: 1 }).describe('Recipients per message from insiders and authenticated users.'),
      outsideRecipientsPerMessage: count(100, { min: 1 }).describe('Recipients per message from outside (RFC 5321 4.5.3.1.8 asks for 100).'),
      recipientsPerSession: count(10_000, { min: 1 }).describe('Recipients per session from insiders and authenticated users.'),
      outsideRecipientsPerSession: count(1000, { min: 1 }).describe('Recipients per session from outside.'),
      messagesPerSession: count(100, { min: 1 }).describe('Messages per session; 421 after that.'),
      errors: count(20, { min: 1 }).describe('Refused commands per session before 421.'),
      errorsBeforeDelay: count(10, { min: 0 }).describe('Refused commands after which each further reply waits a second.'),
      junkCommands: count(100, { min: 1 }).describe('NOOP, RSET, VRFY, HELP and the like between two messages before 421.'),
      authFailures: count(3, { min: 1 }).describe('Failed AUTH attempts per session before 421.'),
      minBytesPerSecond: count(500, { min: 0 }).describe('Floor for content: each second of DATA must bring so many bytes.'),
    })
    .prefault({}),
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
    })
    .prefault({}),
  smtp: z
    .strictObject({
      lineEnds: z.enum(['normalize', 'reject']).default('normalize').describe('Bare CR or LF in content: made CRLF (stuffed where that makes a new line), or refused with 550 5.5.2.'),
      etrnNetworks: z.array(cidr).default([]).describe('Who may say ETRN (RFC 1985).'),
      probeSender: z.string().default('').describe('Sender of recipient probes; empty: the null sender.'),
    })
    .prefault({}),
  recipientCache: z
    .strictObject({ positive: duration('24h'), negative: duration('1h'), entries: count(100_000, { min: 100 }) })
    .prefault({})
    .describe('How long the answers to recipient probes are kept, and how many.'),
  lists: z.array(list).default([]).describe('Accept and refuse lists; see also `floodgate list`.'),
  checks: z.record(z.string(), checkSettings).default({}).describe('Settings of single checks by id; see the page of each.'),
  journal: z
    .strictObject({
      segment: size('64 MiB').describe('A segment is closed and compressed at this size.'),
      maxSize: size('2 GiB').describe('Oldest segments are removed above this.'),
      maxAge: duration('30d').describe('Older segments are removed.'),
    })
    .prefault({}),
  log: z.strictObject({ format: z.enum(['text', 'json', 'logfmt']).default('text'), level: z.enum(['error', 'warn', 'info', 'debug']).default('info') }).prefault({}).describe('One line a decision, on standard error.'),
});

/** The whole configuration with every default filled in; sizes in bytes, times in milliseconds. Frozen by `load`. */
export type Config = z.output<typeof options>;
export type ListenerConfig = Config['listeners'][number];
export type RelayTarget = Config['hub'] | Config['routes'][string] | NonNullable<Config['outbound']>;
