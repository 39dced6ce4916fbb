// A private Dovecot that checks passwords and does nothing else: own configuration, socket, log; no mail, no port.
import { readFileSync, existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { peer } from './peer.ts';
import { scratchDirectory, startProcess, stopProcess, type Owner } from './scratch.ts';
import { until } from './until.ts';

export interface Dovecot {
  /** For `auth: {dovecot: ...}`, and for Postfix's `smtpd_sasl_path`. */
  readonly socket: string;
  log(): string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const configuration = (directory: string, folder: string): string => `
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/log
libexec_dir = ${folder}/usr/lib/dovecot
import_environment = TZ LD_LIBRARY_PATH
protocols =
ssl = no
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
auth_mechanisms = plain login scram-sha-256
auth_verbose = yes
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = ${directory}/passwd
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}
service auth {
  unix_listener client {
    mode = 0666
  }
}
service anvil {
  chroot =
}
`;

const answers = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const client = connect(socket);
    client.once('error', () => resolve(false));
    client.once('close', () => resolve(false));
    client.once('data', () => {
      resolve(true);
      client.destroy();
    });
    client.write('VERSION\t1\t2\nCPID\t1\n');
  });

/** Starts one that knows these users, name to password. */
export async function startDovecot(owner: Owner, users: Readonly<Record<string, string>>): Promise<Dovecot> {
  const found = peer('dovecot');
  if (!found.found || found.folder === null) throw new Error('dovecot is not unpacked (npm run peers)');
  const { folder, libraries } = found;
  const directory = scratchDirectory(owner, 'dovecot');
  const file = join(directory, 'dovecot.conf');
  writeFileSync(file, configuration(directory, folder));
  writeFileSync(
    join(directory, 'passwd'),
    Object.entries(users)
      .map(([name, password]) => `${name}:{PLAIN}${password}\n`)
      .join(''),
    { mode: 0o644 },
  );
  const own = join(folder, 'usr/lib/dovecot');
  const socket = join(directory, 'run/client');
  const log = (): string => (existsSync(join(directory, 'log')) ? readFileSync(join(directory, 'log'), 'utf8') : '');
  let child: ChildProcess | null = null;
  const dovecot: Dovecot = {
    socket,
    log,
    async start() {
      // doveconf reads the configuration and becomes dovecot: dovecot itself would look for it in /usr/bin.
      const command = [
        join(folder, 'usr/bin/doveconf'),
        '-c',
        file,
        '-p',
        '-f',
        'service=master',
        '-e',
        join(folder, 'usr/sbin/dovecot'),
        '-F',
        '-c',
        file,
      ] as const;
      const [program, ...args] = command;
      const started = startProcess(owner, program, args, {
        env: { ...process.env, LD_LIBRARY_PATH: [own, join(own, 'modules/old-stats'), libraries].join(':') },
        stdio: 'ignore',
      });
      child = started;
      await until('Dovecot to answer', async () => started.exitCode !== null || (await answers(socket))).catch((error: unknown) => {
        throw new Error(`${String(error)}; its log:\n${log()}`, { cause: error });
      });
      if (started.exitCode !== null) throw new Error(`Dovecot ended with ${started.exitCode}; its log:\n${log()}`);
    },
    async stop() {
      if (child) await stopProcess(child);
      child = null;
    },
  };
  await dovecot.start();
  return dovecot;
}
