// Floodgate itself, started as an operator starts it, with its default policy.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn, type ChildProcess } from 'node:child_process';
import { freePort, scratchDirectory, stopProcess, type Server } from './process.ts';

export interface GatewayOptions {
  readonly node: string;
  readonly hubPort: number;
  readonly dnsPort: number;
  /** Caps to raise, by the names of the configuration; left out: the defaults. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Rates and load levels at their defaults; without it neither is in force: what is measured is what the gateway can do, not what it lets in. */
  readonly ladder?: boolean;
  /** Port on loopback where its metrics are read; absent: none. */
  readonly webPort?: number;
  /** Networks refused at the banner. */
  readonly denied?: readonly string[];
}

export interface Gateway extends Server {
  /** Milliseconds from the start of the process to the line `floodgate ready`. */
  readonly readyMs: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Null where the gateway can run, otherwise why not. */
export const whyNoGateway = (): string | null => (existsSync(`${root}/src/main.ts`) || existsSync(`${root}/dist/main.js`) ? null : 'the gateway is not built');

const never = { level1: 1_000_000, level2: 1_000_000, level3: 1_000_000 };
const withoutLadder = {
  rates: { connectionsPerAddress: 0, connectionsPerNetwork: 0, connectionsPerSecond: 0 },
  load: { eventLoopLag: { level1: '1d', level2: '1d', level3: '1d' }, bannerQueue: never, sessions: never, hubQueue: never, systemLoad: never, memory: never },
};

/** The least configuration, as JSON, which is YAML. The clients of all comparisons are strangers to the site. */
function configuration(options: GatewayOptions, directory: string, port: number): object {
  const { hubPort, dnsPort, limits = {}, denied = [], ladder = false, webPort } = options;
  const file = join(directory, 'denied');
  writeFileSync(file, denied.map((network) => `${network}\n`).join(''));
  const lists = denied.length === 0 ? {} : { lists: [{ name: 'denied', matches: 'client', file, action: 'refuse-at-banner' }] };
  return {
    site: { hostname: 'mx.bench.example', networks: ['192.0.2.0/24'], domains: ['bench.example'], postmaster: 'postmaster@bench.example' },
    hub: { address: `127.0.0.1:${hubPort}`, verifyRecipients: true },
    listeners: [{ name: 'mx', address: `127.0.0.1:${port}`, role: 'mx' }],
    state: join(directory, 'state'),
    dns: { servers: [`127.0.0.1:${dnsPort}`] },
    limits: ladder ? limits : { reservedForKnown: 0, ...limits },
    ...(ladder ? {} : withoutLadder),
    // Detectors watch; what they would do about a load that looks like a bomb is not what is measured.
    mode: 'observe',
    alerts: { mail: [] },
    ...(JSON.parse(process.env['FLOODGATE_BENCH_CONFIG'] ?? '{}') as object),
    ...(webPort === undefined ? {} : { web: { address: `127.0.0.1:${webPort}` } }),
    ...lists,
  };
}

function untilReady(child: ChildProcess): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('floodgate ready')) resolve(performance.now() - started);
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code} before it was ready; FLOODGATE_BENCH_VERBOSE=1 shows why`)));
  });
}

/** Starts the gateway. Its log goes to /dev/null: Postfix has no log daemon to wait for either. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const directory = scratchDirectory('gateway');
  const target = { host: '127.0.0.1', port: await freePort() };
  const file = join(directory, 'floodgate.yaml');
  writeFileSync(file, JSON.stringify(configuration(options, directory, target.port)));
  const isVerbose = process.env['FLOODGATE_BENCH_VERBOSE'] !== undefined;
  const nodeFlags = (process.env['FLOODGATE_BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');
  const child = spawn(options.node, [...nodeFlags, `${root}/bin/floodgate.mjs`, 'run', '--config', file], {
    stdio: ['ignore', 'pipe', isVerbose ? 'inherit' : 'ignore'],
  });
  const endWithUs = (): void => void child.kill('SIGTERM');
  process.once('exit', endWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', endWithUs);
    await stopProcess(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const readyMs = await untilReady(child);
    return { name: 'Floodgate', target, pid: child.pid ?? 0, readyMs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
