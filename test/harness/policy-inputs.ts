// Inputs of the stages and configurations for tests: say what matters, the rest is an ordinary stranger writing to us.
import { options, type Config } from '../../src/config/options.ts';
import type { Client } from '../../src/model/client.ts';
import type { Mailbox } from '../../src/model/mailbox.ts';
import type { ConnectInput, ContentSummary, HeloInput, MailInput, MessageInput, RcptInput, SessionConduct } from '../../src/model/stage-input.ts';
import { known, type Facts } from '../../src/policy/facts.ts';

const least = {
  site: {
    hostname: 'mx.example.org',
    networks: ['10.20.0.0/16'],
    domains: ['example.org', 'example.net'],
    customerDomains: ['customer.example'],
    postmaster: 'postmaster@example.org',
  },
  hub: { address: '192.0.2.25:25' },
  listeners: [{ name: 'mx', address: '198.51.100.1:25', role: 'mx' }],
};

/** The least configuration with whole sections put in its place; values as an operator writes them. */
export const configOf = (sections: Readonly<Record<string, unknown>> = {}): Config => options.parse({ ...least, ...sections });

export const siteOf = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({ ...least.site, ...changes });

export const clientOf = (changes: Partial<Client> = {}): Client => ({
  ip: '203.0.113.7',
  port: 40_000,
  localIp: '198.51.100.1',
  localPort: 25,
  listener: 'mx',
  role: 'mx',
  inside: false,
  ...changes,
});

export const insider = clientOf({ ip: '10.20.1.2', inside: true });

export const conductOf = (changes: Partial<SessionConduct> = {}): SessionConduct => ({
  talkedBeforeBanner: false,
  pipelinedTooEarly: false,
  errors: 0,
  junkCommands: 0,
  messages: 0,
  recipients: 0,
  ...changes,
});

/** `a@b` as a parser would give it; the last @ divides. */
export function mailboxOf(address: string, sourceRoute: string | null = null): Mailbox {
  const at = address.lastIndexOf('@');
  const localPart = at < 0 ? address : address.slice(0, at);
  return { localPart, domain: at < 0 ? '' : address.slice(at + 1), text: `${sourceRoute === null ? '' : `${sourceRoute}:`}${address}`, sourceRoute };
}

export const connectInput = (changes: Partial<ConnectInput> = {}): ConnectInput => ({
  session: '1M7YNPXHV1000',
  client: clientOf(),
  conduct: conductOf(),
  ...changes,
});
export const heloInput = (changes: Partial<HeloInput> = {}): HeloInput => ({
  ...connectInput(),
  helo: 'mail.sender.example',
  esmtp: true,
  tls: null,
  user: null,
  ...changes,
});
export const mailInput = (changes: Partial<MailInput> = {}): MailInput => ({
  ...heloInput(),
  from: mailboxOf('someone@sender.example'),
  parameters: { size: null, body: null, smtputf8: false, auth: null },
  ...changes,
});
export const rcptInput = (changes: Partial<RcptInput> = {}): RcptInput => ({ ...mailInput(), to: mailboxOf('user@example.org'), accepted: [], ...changes });

export const contentOf = (changes: Partial<ContentSummary> = {}): ContentSummary => ({
  bytes: 2000,
  headerBytes: 600,
  headerLines: 12,
  receivedLines: 2,
  passes: 0,
  messageId: '<1@sender.example>',
  subject: 'hello',
  bareLineEnds: 0,
  nulBytes: 0,
  longestLine: 78,
  sha256: '0'.repeat(64),
  ...changes,
});
export const messageInput = (changes: Partial<MessageInput> = {}): MessageInput => ({
  ...mailInput(),
  recipients: [mailboxOf('user@example.org')],
  content: contentOf(),
  ...changes,
});

/** Facts of an ordinary client: on no list, no reverse name, the recipient exists. */
export const factsOf = (changes: Partial<Facts> = {}): Facts => ({
  lists: known([]),
  measures: known([]),
  quota: known(null),
  reverseName: known({ kind: 'none' }),
  recipient: known({ kind: 'exists' }),
  ...changes,
});
