// The configuration that `floodgate init` writes: short, commented, and observing for the first seven days.

export interface FirstAnswers {
  readonly hostname: string;
  readonly networks: readonly string[];
  readonly domains: readonly string[];
  readonly hub: string;
  /** The hub may be told the outside client by XFORWARD. */
  readonly xforward: boolean;
  /** host:port that strangers reach. */
  readonly listen: string;
  /** host:port at which the hub hands over what people send; null: it is only shown how. */
  readonly outgoing: string | null;
  /** The state directory. */
  readonly state: string;
  /** When observing ends, as 2026-09-01 or 2026-09-01T06:00:00Z. */
  readonly observeUntil: string;
}

/** A scalar as YAML: in quotes unless it is plainly a word or path ("::1/128" and "[::1]:25" need them). */
const scalar = (value: string): string => (/^[A-Za-z0-9./][A-Za-z0-9./_@-]*(:\d+)?$/.test(value) ? value : JSON.stringify(value));
const list = (values: readonly string[]): string => `[${values.map(scalar).join(', ')}]`;

/** The text of a first configuration file. */
export function firstConfig({ hostname, networks, domains, hub, xforward, listen, outgoing, state, observeUntil }: FirstAnswers): string {
  return `# Floodgate. Every option: docs/reference/options.md. Check after each change: floodgate check
# Relative paths start at the folder of this file.

site:
  hostname: ${scalar(hostname)} # our name in the banner and in Received; what DNS has for our address
  networks: ${list(networks)} # inside: may send to anyone. Never more than your own hosts
  domains: ${list(domains)} # ours
  # customerDomains: [customer.example] # we relay for them: backup MX, hosted mailboxes
  postmaster: ${scalar(`postmaster@${domains[0] ?? 'example.org'}`)}

hub:
  address: ${scalar(hub)} # the mail server behind the gateway
  ${xforward ? '' : '# '}xforward: true # tell a Postfix hub who the outside client was
  verifyRecipients: true # ask the hub at RCPT whether a recipient exists

# outbound: {address: "10.20.0.5:25"} # where insiders' mail to the world goes; default the hub

listeners:
  - {name: mx, address: ${JSON.stringify(listen)}, role: mx} # in real life "0.0.0.0:25", where DNS's MX points; "[::]:25" for IPv6 too
  # Your own server hands over here what your people send, or bounces of it cannot be told from forged ones: docs/backscatter.md
  ${outgoing === null ? '# ' : ''}- {name: out, address: ${JSON.stringify(outgoing ?? '127.0.0.1:2627')}, role: smarthost}

state: ${scalar(state)} # journal, database and mail in hand
web: {address: "127.0.0.1:8025"} # API, /metrics, /healthz

# The first seven days only watch: what abuse checks and detectors find is recorded, not carried out. Relay permission,
# protocol rules and limits hold from the start. At the moment below mode becomes enforce by itself.
mode: observe
observeUntil: ${observeUntil}
`;
}
