// A private Postfix on a high port: own configuration, queue and log, no chroot, nothing shared with the machine's own.
import { chownSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outsideWorld } from '../outside-world.ts';
import { peerPath } from '../peer.ts';
import { atEnd, endWithUs, freePort, runProgram, scratchDirectory, stopDaemon, type Owner } from '../scratch.ts';
import { hubDefaults, Mailboxes, type Hub, type HubOptions } from './hub.ts';

/** Debian's `nobody`, which owns the mailboxes. */
const mailOwner = { uid: 65_534, gid: 65_534 };

export interface PostfixHub extends Hub {
  /** Further main.cf lines; take effect at the next restart. */
  set(settings: Readonly<Record<string, string>>): void;
  /** Directory of main.cf. */
  readonly config: string;
}

export interface PostfixOptions extends HubOptions {
  /** main.cf lines that win over ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further lines of master.cf. */
  readonly services?: readonly string[];
  /** Listens on every address: Postfix does not warn of its process limit where only loopback can reach it. */
  readonly everywhere?: boolean;
}

const mainCf = (directory: string, settings: Readonly<Record<string, string>>): string =>
  Object.entries({
    compatibility_level: '3.6',
    queue_directory: join(directory, 'queue'),
    data_directory: join(directory, 'data'),
    maillog_file: join(directory, 'mail.log'),
    maillog_file_prefixes: '/',
    alias_maps: '',
    alias_database: '',
    local_recipient_maps: '',
    mydestination: '',
    inet_interfaces: 'all',
    inet_protocols: 'ipv4',
    smtp_bind_address: '127.0.0.1',
    biff: 'no',
    smtp_dns_support_level: 'disabled',
    virtual_mailbox_domains: `texthash:${join(directory, 'domains')}`,
    virtual_mailbox_maps: `texthash:${join(directory, 'mailboxes')}`,
    virtual_mailbox_base: join(directory, 'mail'),
    virtual_uid_maps: `static:${mailOwner.uid}`,
    virtual_gid_maps: `static:${mailOwner.gid}`,
    // The gateway is a proxy that it trusts to name the client (mission R10).
    smtpd_authorized_xclient_hosts: '127.0.0.0/8',
    smtpd_authorized_xforward_hosts: '127.0.0.0/8',
    smtpd_relay_restrictions: 'permit_mynetworks, reject_unauth_destination',
    smtpd_recipient_restrictions: '',
    smtpd_peername_lookup: 'no',
    // One address brings all connections: Postfix's own brakes would measure the gateway, not the test.
    smtpd_client_connection_count_limit: '0',
    smtpd_hard_error_limit: '1000',
    smtpd_soft_error_limit: '1000',
    smtpd_recipient_limit: '2000',
    default_process_limit: '60',
    in_flow_delay: '0',
    minimal_backoff_time: '1s',
    queue_run_delay: '1s',
    ...settings,
  })
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');

/** Postfix's programs that a hub needs; `n` for chroot throughout. */
const masterCf = (listenOn: string): string => `${listenOn} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
showq unix n - n - - showq
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

/** Users whose mailbox is a file that has reached its limit. */
interface FullMailboxes {
  readonly full: readonly string[];
  /** The limit, in bytes. */
  readonly limit: number;
}

function layOut(directory: string, { users, domains }: Pick<Required<HubOptions>, 'users' | 'domains'>, { full, limit }: FullMailboxes): void {
  for (const name of ['queue', 'data', 'etc']) mkdirSync(join(directory, name), { recursive: true });
  const owner = Number(readFileSync('/etc/passwd', 'utf8').match(/^postfix:[^:]*:(\d+):/m)?.[1] ?? 0);
  chownSync(join(directory, 'data'), owner, 0);
  writeFileSync(join(directory, 'domains'), domains.map((domain) => `${domain} here\n`).join(''));
  writeFileSync(
    join(directory, 'mailboxes'),
    domains.flatMap((domain) => users.map((user) => `${user}@${domain} ${full.includes(user) ? `full-${user}` : `${user}/`}\n`)).join(''),
  );
  for (const user of full) {
    const path = join(directory, 'mail', `full-${user}`);
    writeFileSync(path, '');
    truncateSync(path, limit); // a hole: it takes no room
    chownSync(path, mailOwner.uid, mailOwner.gid);
  }
}

/** Starts Postfix as a hub. Its address is on IPv4 loopback. */
export async function postfixHub(owner: Owner, options: PostfixOptions = {}): Promise<PostfixHub> {
  const { domains, users, networks, maxBytes, full, netns } = { ...hubDefaults, ...options };
  const domain = domains[0] ?? 'hub.example';
  const outside = await outsideWorld(owner);
  const directory = scratchDirectory(owner, 'postfix');
  const port = await freePort();
  const mailboxes = new Mailboxes(join(directory, 'mail'), users, mailOwner);
  layOut(directory, { users, domains }, { full, limit: maxBytes });
  const config = join(directory, 'etc');
  const logFile = join(directory, 'mail.log');
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  let settings: Readonly<Record<string, string>> = {
    myhostname: `mail.${domain}`,
    myorigin: domain,
    mynetworks: networks.map((one) => one.replace(/^(.*:.*)\/(\d+)$/, '[$1]/$2')).join(' '),
    relayhost: `[127.0.0.1]:${outside.port}`,
    message_size_limit: String(maxBytes),
    virtual_mailbox_limit: full.length === 0 ? '0' : String(maxBytes),
    ...options.settings,
  };
  let master: number | null = null;
  let ended = (): void => undefined;

  const hub: PostfixHub = {
    product: 'postfix',
    config,
    port,
    address: `127.0.0.1:${port}`,
    domain,
    users,
    outside,
    messages: (user) => mailboxes.messages(user),
    deliveredTokens: (user) => mailboxes.deliveredTokens(user),
    delivery: (user, ...tokens) => mailboxes.delivery(user, tokens, log),
    log,
    logFile,
    set: (more) => {
      settings = { ...settings, ...more };
    },
    async start() {
      writeFileSync(join(config, 'main.cf'), mainCf(directory, settings));
      const listenOn = options.everywhere === true || netns !== null ? String(port) : `127.0.0.1:${port}`;
      writeFileSync(join(config, 'master.cf'), `${masterCf(listenOn)}${(options.services ?? []).map((line) => `${line}\n`).join('')}`);
      mkdirSync(settings['queue_directory'] ?? join(directory, 'queue'), { recursive: true });
      // Returns when the daemon has its listeners.
      const [program, ...first] = netns === null ? [peerPath('postfix')] : ['ip', 'netns', 'exec', netns, peerPath('postfix')];
      const { code } = await runProgram(program, [...first, '-c', config, 'start']);
      if (code !== 0) throw new Error(`Postfix does not start:\n${log()}`);
      master = Number(readFileSync(join(settings['queue_directory'] ?? join(directory, 'queue'), 'pid/master.pid'), 'utf8'));
      ended = endWithUs(master);
    },
    async stop() {
      if (master !== null) await stopDaemon(master);
      master = null;
      ended();
    },
    async restart() {
      await hub.stop();
      await hub.start();
    },
  };
  atEnd(owner, () => hub.stop());
  await hub.start();
  return hub;
}
