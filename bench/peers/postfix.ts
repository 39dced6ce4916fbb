// A private Postfix on loopback, built from the installed programs: own configuration, queue and port; nothing of the machine's own is touched.
// Needs root, because Postfix's master does.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, launch, scratchDirectory, stopProcess, untilBanner, type Server } from './process.ts';

/** before-queue: smtpd_proxy_filter to the hub. refuse: smtpd with a recipient map. banner: postscreen with a deny list. */
export type PostfixRole = 'before-queue' | 'refuse' | 'banner';

/** Null where a private Postfix can run, otherwise why not. */
export function whyNoPostfix(): string | null {
  if (!existsSync('/usr/lib/postfix/sbin/master')) return 'Postfix is not installed (npm run peers)';
  return process.getuid?.() === 0 ? null : 'Postfix needs root';
}

const services = (role: PostfixRole, port: number, hubPort: number): string => {
  const door = {
    'before-queue': `127.0.0.1:${port} inet n - n - - smtpd\n  -o smtpd_proxy_filter=127.0.0.1:${hubPort}`,
    refuse: `127.0.0.1:${port} inet n - n - - smtpd`,
    banner: `127.0.0.1:${port} inet n - n - 1 postscreen\nsmtpd pass - - n - - smtpd\ndnsblog unix - - n - 0 dnsblog\ntlsproxy unix - - n - 0 tlsproxy`,
  }[role];
  return `${door}
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
cleanup unix n - n - 0 cleanup
proxymap unix - - n - - proxymap
`;
};

/** Defaults of Postfix but for what a private instance on loopback needs. No DNS; the client is a stranger, as for the gateway. */
const mainConfig = (directory: string): string => `compatibility_level = 3.6
queue_directory = ${directory}/spool
data_directory = ${directory}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.bench.example
mydestination =
mynetworks = 192.0.2.0/24
alias_maps =
inet_interfaces = loopback-only
inet_protocols = ipv4
relay_domains = bench.example
relay_recipient_maps = regexp:${directory}/recipients
smtpd_peername_lookup = no
postscreen_access_list = cidr:${directory}/denied
postscreen_blacklist_action = drop
`;

/** The process we started is a shell around the master, which does not pass signals on. */
function stopMaster(pidFile: string): void {
  try {
    process.kill(Number(readFileSync(pidFile, 'latin1')), 'SIGTERM');
  } catch {
    // It never came up, or has ended by itself.
  }
}

/** Starts a private instance in the given role. */
export async function startPostfix(role: PostfixRole, hubPort = 9): Promise<Server> {
  const directory = scratchDirectory('postfix');
  const target = { host: '127.0.0.1', port: await freePort() };
  chmodSync(directory, 0o755); // its processes run as the user postfix
  for (const name of ['etc', 'spool', 'data']) mkdirSync(join(directory, name), { mode: 0o755 });
  spawnSync('chown', ['postfix', join(directory, 'data')]);
  writeFileSync(join(directory, 'etc/main.cf'), mainConfig(directory));
  writeFileSync(join(directory, 'etc/master.cf'), services(role, target.port, hubPort));
  writeFileSync(join(directory, 'recipients'), '/^user.*@bench\\.example$/ x\n');
  writeFileSync(join(directory, 'denied'), '127.0.0.0/8 reject\n');
  const child = launch({ command: '/usr/sbin/postfix', args: ['-c', join(directory, 'etc'), 'start-fg'] });
  const endWithUs = (): void => stopMaster(join(directory, 'spool/pid/master.pid'));
  process.once('exit', endWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', endWithUs);
    endWithUs();
    await stopProcess(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await untilBanner(child, target);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: role === 'banner' ? 'postscreen' : 'Postfix smtpd', target, pid: child.pid ?? 0, stop };
}
