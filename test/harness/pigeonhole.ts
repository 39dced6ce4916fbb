// A private Dovecot with Pigeonhole as the hub behind the gateway: takes mail by LMTP into Maildirs, runs each user's Sieve script, and hands
// what the script sends to the gateway's outgoing listener.
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Mailboxes } from './hubs/hub.ts';
import { peer } from './peer.ts';
import { freePort, scratchDirectory, startProcess, type Owner } from './scratch.ts';
import { until } from './until.ts';

export interface Pigeonhole {
  /** For `hub: {address: ...}`. */
  readonly address: string;
  /** Resolves when the user has a message with each of these tokens. */
  delivery(user: string, ...tokens: readonly string[]): Promise<void>;
  log(): string;
}

export interface PigeonholeOptions {
  /** Sieve script of each user. */
  readonly users: Readonly<Record<string, string>>;
  /** Where what scripts send is handed to: a port on loopback. */
  readonly wayOut: number;
  /** Answers have the user as envelope sender instead of none. */
  readonly sendsAsUser?: boolean;
}

/** Debian's `nobody`, who owns the mail. */
const owner = { uid: 65_534, gid: 65_534 };

const configuration = (directory: string, folder: string, { port, wayOut, sendsAsUser }: { port: number; wayOut: number; sendsAsUser: boolean }): string => `
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/log
libexec_dir = ${folder}/usr/lib/dovecot
mail_plugin_dir = ${folder}/usr/lib/dovecot/modules
import_environment = TZ LD_LIBRARY_PATH
protocols = lmtp
ssl = no
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
auth_username_format = %Ln
hostname = mail.hub.example
postmaster_address = postmaster@hub.example
submission_host = 127.0.0.1:${wayOut}
mail_location = maildir:~/
userdb {
  driver = passwd-file
  args = ${directory}/passwd
}
passdb {
  driver = passwd-file
  args = ${directory}/passwd
}
protocol lmtp {
  mail_plugins = sieve
}
plugin {
  sieve = file:${directory}/scripts;active=${directory}/scripts/%Ln.sieve
  sieve_vacation_send_from_recipient = ${sendsAsUser ? 'yes' : 'no'}
}
service anvil {
  chroot =
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${port}
  }
}
`;

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const client = connect(port, '127.0.0.1');
    client.once('error', () => resolve(false));
    client.once('data', () => {
      resolve(true);
      client.end('QUIT\r\n');
    });
  });

/** Starts one. */
export async function startPigeonhole(t: Owner, { users, wayOut, sendsAsUser = false }: PigeonholeOptions): Promise<Pigeonhole> {
  const found = peer('pigeonhole');
  if (!found.found || found.folder === null) throw new Error('Pigeonhole is not unpacked (npm run peers)');
  const { folder, libraries } = found;
  const directory = scratchDirectory(t, 'pigeonhole');
  const [port, names] = [await freePort(), Object.keys(users)];
  const mailboxes = new Mailboxes(join(directory, 'mail'), names, owner);
  const scripts = join(directory, 'scripts');
  mkdirSync(scripts);
  chownSync(scripts, owner.uid, owner.gid); // the compiled form is written beside the script
  for (const [user, script] of Object.entries(users)) writeFileSync(join(scripts, `${user}.sieve`), script);
  writeFileSync(join(directory, 'passwd'), names.map((user) => `${user}:{PLAIN}secret:${owner.uid}:${owner.gid}::${directory}/mail/${user}\n`).join(''));
  const file = join(directory, 'dovecot.conf');
  writeFileSync(file, configuration(directory, folder, { port, wayOut, sendsAsUser }));
  const log = (): string => (existsSync(join(directory, 'log')) ? readFileSync(join(directory, 'log'), 'utf8') : '');
  const own = join(folder, 'usr/lib/dovecot');
  // doveconf reads the configuration and becomes dovecot: dovecot itself would look for it in /usr/bin.
  const args = ['-c', file, '-p', '-f', 'service=master', '-e', join(folder, 'usr/sbin/dovecot'), '-F', '-c', file];
  // Its delivery agent looks for modules where Debian puts them, whatever the configuration says: there they are, for this process alone.
  const mount = `mount -t overlay -o lowerdir='${join(folder, 'usr/lib')}':/usr/lib overlay /usr/lib && exec "$@"`;
  const child = startProcess(t, 'unshare', ['--mount', '--propagation', 'private', 'sh', '-c', mount, 'sh', join(folder, 'usr/bin/doveconf'), ...args], {
    env: { ...process.env, LD_LIBRARY_PATH: [own, join(own, 'modules/old-stats'), libraries].join(':') },
    stdio: 'ignore',
  });
  await until('Dovecot to answer', async () => child.exitCode !== null || (await answers(port))).catch((error: unknown) => {
    throw new Error(`${String(error)}; its log:\n${log()}`, { cause: error });
  });
  if (child.exitCode !== null) throw new Error(`Dovecot ended with ${child.exitCode}; its log:\n${log()}`);
  return { address: `lmtp://127.0.0.1:${port}`, delivery: (user, ...tokens) => mailboxes.delivery(user, tokens, log), log };
}
