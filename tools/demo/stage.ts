// The gateway of the demo: a process of its own with an embedded mailbox store, in a folder that goes away with it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Target } from '../../bench/load/bounds.ts';
import { createMailbox } from '../../src/delivery/maildir/mailboxes.ts';

export interface Stage extends AsyncDisposable {
  readonly smtp: Target;
  readonly web: Target;
  readonly recipient: string;
  readonly folder: string;
  /** Sessions open now; null when the gateway does not tell. */
  sessions(): Promise<number | null>;
  /** Messages in the mailbox. */
  delivered(): Promise<number>;
  /** What `floodgate explain` says, without the session's timeline. */
  explain(reference: string): Promise<string>;
}

const program = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));
const recipient = 'alice@example.org';

/** Two ports of loopback that nobody has. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

/** As an operator would write it. A short wait before the banner catches who cannot wait; strangers are all but 127.0.0.1. */
const configText = (smtpPort: number, webPort: number): string => `site:
  hostname: mx.example.org
  networks: [127.0.0.1/32]
  domains: [example.org]
  postmaster: postmaster@example.org
hub: {address: maildir:./mailboxes}
listeners: [{name: mx, address: "127.0.0.1:${smtpPort}", role: mx}]
state: ./state
web: {address: "127.0.0.1:${webPort}"}
timeouts: {greetingWait: 300ms}
checks: {early-talker: {action: reject}}
`;

/** Starts the gateway; ends it and removes its folder when disposed. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'floodgate-demo-'));
  const [smtpPort, webPort] = await freePorts();
  const configFile = join(folder, 'floodgate.yaml');
  const mailbox = await createMailbox(join(folder, 'mailboxes'), recipient);
  await writeFile(configFile, configText(smtpPort, webPort));
  // In a group of its own: a terminal's Ctrl-C is for the demo, which ends the gateway when honest mail is through.
  const gateway = spawn(process.execPath, [program, 'run', '--config', configFile], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const clearAtOnce = (): void => {
    gateway.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', clearAtOnce);
  const close = async (): Promise<void> => {
    if (gateway.exitCode === null && gateway.signalCode === null) {
      gateway.kill('SIGTERM');
      await once(gateway, 'exit');
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    process.removeListener('exit', clearAtOnce);
  };
  try {
    await untilReady(gateway);
  } catch (error) {
    await close();
    throw error;
  }
  const web: Target = { host: '127.0.0.1', port: webPort };
  return {
    smtp: { host: '127.0.0.1', port: smtpPort },
    web,
    recipient,
    folder,
    sessions: () => sessionsAt(web),
    delivered: async () => (await readdir(join(mailbox, 'new'))).length,
    explain: async (reference) => {
      const explain = spawn(process.execPath, [program, 'explain', reference, '--config', configFile], { stdio: ['ignore', 'pipe', 'ignore'] });
      return (await text(explain.stdout)).replace(/^ {2}session [^]*/m, '');
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Rejects with what the gateway said last when it ends before it is ready. Its log is read and thrown away: it would hide the figures. */
function untilReady(gateway: ChildProcess): Promise<void> {
  let said = '';
  gateway.stderr?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-1000)));
  return new Promise((resolve, reject) => {
    gateway.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('floodgate ready')) resolve();
    });
    gateway.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${said.trim()}`)));
    gateway.once('error', reject);
  });
}

async function sessionsAt({ host, port }: Target): Promise<number | null> {
  try {
    const answer = await fetch(`http://${host}:${port}/api/v1/status`, { signal: AbortSignal.timeout(1000) });
    const { sessions } = (await answer.json()) as { readonly sessions: { readonly inside: number; readonly outside: number } };
    return sessions.inside + sessions.outside;
  } catch {
    return null; // a gateway under load may be late, or has ended
  }
}
