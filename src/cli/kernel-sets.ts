// `floodgate kernel-helper`: the process with CAP_NET_ADMIN that keeps the kernel's sets for a gateway that has none. It reads little of
// the configuration, and none of the gateway's state: what it must never drop it knows by itself.
import { chmodSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { connect, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { whyUnreadable } from '../config/file-look.ts';
import { valueAt } from '../config/schema-problems.ts';
import { readYaml } from '../config/yaml-file.ts';
import { parseCidr } from '../lib/ip.ts';
import { createKernelSets } from '../respond/kernel/sets.ts';
import { systemNft } from '../respond/kernel/nft.ts';
import { createNetworkGuard, type ProtectedNetwork } from '../respond/network-guard.ts';
import { CliError, type Subcommand } from './command-line.ts';

interface Options {
  readonly socket: string;
  readonly never?: string;
  readonly config?: string;
  readonly ports: string;
}

/** Adds `kernel-helper` to the program. */
export const kernelSets: Subcommand = (program) => {
  program
    .command('kernel-helper')
    .description('keep the nftables sets of dropped clients for a gateway (kernel.socket); needs CAP_NET_ADMIN and nft; SIGTERM takes the table away')
    .requiredOption('--socket <path>', 'Unix socket to listen on; user and group may use it')
    .option('--never <networks>', 'networks that are never dropped, like 10.20.0.0/16,2001:db8:7::/48')
    .option('--config <file>', "take them from a gateway's configuration too: site.networks, neverBlock.networks, next hops")
    .option('--ports <ports>', 'TCP ports that dropped clients must not reach', '25,465,587')
    .action(run);
};

async function run({ socket, never, config, ports }: Options): Promise<void> {
  if (never === undefined && config === undefined) throw new CliError('name what must never be dropped: --never, --config, or both', 2);
  const said = (line: string): void => void process.stderr.write(`floodgate kernel-helper: ${line}\n`);
  const spared = [...onCommandLine(never), ...inConfiguration(config), ...ofThisMachine()];
  const helper = createKernelSets({ nft: systemNft(), guard: createNetworkGuard(spared), ports: portsOf(ports), say: said });
  await takeSocket(socket);
  // The group of the gateway may connect, others may not; set before the socket is there, so that there is no moment between.
  process.umask(0o117);
  await helper.listen(socket).catch((error: unknown) => {
    throw new CliError(error instanceof Error ? error.message : String(error));
  });
  chmodSync(socket, 0o660);
  process.stdout.write(`floodgate kernel-helper ready ${socket}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await helper.close();
}

function onCommandLine(text: string | undefined): readonly ProtectedNetwork[] {
  return (text ?? '').split(',').flatMap((each) => {
    const network = each.trim();
    if (network === '') return [];
    if (parseCidr(network) === null) throw new CliError(`--never ${network} is no network; write it like 10.20.0.0/16`, 2);
    return [{ network, whose: '--never' }];
  });
}

/** What the configuration names; the rest of it may be unreadable to us, or wrong. */
function inConfiguration(file: string | undefined): readonly ProtectedNetwork[] {
  if (file === undefined) return [];
  const { value } = readYaml(textOf(file));
  const networks = (['site', 'neverBlock'] as const).flatMap((section) =>
    textsIn(valueAt(value, [section, 'networks'])).map((network) => ({ network, section })),
  );
  if (networks.length === 0) throw new CliError(`${file} names no networks (site.networks): --never names them instead`);
  for (const { network, section } of networks) if (parseCidr(network) === null) throw new CliError(`${section}.networks in ${file}: ${network} is no network`);
  const routes = valueAt(value, ['routes']);
  const hops = [
    valueAt(value, ['hub', 'address']),
    valueAt(value, ['outbound', 'address']),
    ...Object.values(typeof routes === 'object' ? (routes ?? {}) : {}).map((hop) => valueAt(hop, ['address'])),
  ];
  return [
    ...networks.map(({ network, section }) => ({ network, whose: `${section}.networks` })),
    ...textsIn(hops).flatMap((hop) => {
      // host:port, [host]:port, lmtp://host:port: an address is spared, a name is the gateway's to look up.
      const host = /^(?:lmtp:\/\/)?\[?([^\]/]*?)\]?(?::\d+)?$/.exec(hop)?.[1] ?? '';
      return isIP(host) === 0 ? [] : [{ network: host, whose: 'a next hop' }];
    }),
  ];
}

const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${whyUnreadable(error)}`);
  }
}

const ofThisMachine = (): readonly ProtectedNetwork[] =>
  Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => ({ network: address.replace(/%.*$/, ''), whose: 'this machine' })));

function portsOf(text: string): readonly number[] {
  const ports = text.split(',').map((each) => (/^[1-9]\d{0,4}$/.test(each.trim()) ? Number(each) : 0));
  if (ports.some((port) => port < 1 || port > 65_535)) throw new CliError(`--ports ${text}: write them like 25,465,587`, 2);
  return [...new Set(ports)];
}

/** Clears away the socket of a helper that was killed; leaves one that is in use, and what is no socket. */
async function takeSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new CliError(`${path} is there and is no socket`);
  const isUsed = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (isUsed) throw new CliError(`another helper listens on ${path}`);
  rmSync(path);
}
