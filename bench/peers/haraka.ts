// Haraka with smtp_forward at its defaults, but for the plugin that needs a name server with answers.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { harakaProgram } from './install.ts';
import { freePort, launch, scratchDirectory, stopProcess, untilBanner, type Server } from './process.ts';

/** Null where Haraka can run, otherwise why not. */
export const whyNoHaraka = (): string | null => (harakaProgram() === null ? 'Haraka is not installed (npm run bench -- --install-peers)' : null);

/** Starts Haraka in front of a hub; its reverse look-ups go to the name server on loopback. */
export async function startHaraka(hubPort: number, dnsPort: number): Promise<Server> {
  const program = harakaProgram();
  if (program === null) throw new Error(String(whyNoHaraka()));
  const directory = scratchDirectory('haraka');
  const target = { host: '127.0.0.1', port: await freePort() };
  const config = join(directory, 'config');
  cpSync(join(dirname(program), '../config'), config, { recursive: true });
  mkdirSync(join(directory, 'queue'));
  writeFileSync(join(config, 'smtp.ini'), `listen=127.0.0.1:${target.port}\n`);
  writeFileSync(join(config, 'plugins'), 'rcpt_to.in_host_list\nqueue/smtp_forward\n');
  writeFileSync(join(config, 'host_list'), 'bench.example\n');
  writeFileSync(join(config, 'me'), 'mx.bench.example\n');
  writeFileSync(join(config, 'smtp_forward.ini'), `host=127.0.0.1\nport=${hubPort}\n`);
  const preload = `data:text/javascript,import dns from 'node:dns';dns.setServers(['127.0.0.1:${dnsPort}'])`.replaceAll(' ', '%20');
  const child = launch({ command: process.execPath, args: [program, '-c', directory], cwd: directory, env: { NODE_OPTIONS: `--import=${preload}` } });
  const stop = async (): Promise<void> => {
    await stopProcess(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await untilBanner(child, target);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: 'Haraka', target, pid: child.pid ?? 0, stop };
}
