// What a flood costs the gateway: 5,000 connection attempts a second from 4,096 networks, dropped in the kernel and, for comparison,
// refused at the banner; and how fast the helper fills its sets. By hand, as root: `node bench/kernel.ts [SECONDS]`. In network
// namespaces of its own; prints the page that docs/kernel.md quotes.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as later } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startGateway, type Gateway } from '../test/harness/gateway.ts';
import { connectHosts, makeHost, type Host } from '../test/harness/netns.ts';
import { scratchDirectory, startProcess, type Owner } from '../test/harness/scratch.ts';
import { until } from '../test/harness/until.ts';
import { describeMachine } from './measure/machine.ts';
import { cpuSeconds } from './measure/process-tree.ts';

const program = fileURLToPath(new URL('../bin/floodgate.mjs', import.meta.url));
const knocker = fileURLToPath(new URL('load/knocker.ts', import.meta.url));
const address = '10.99.0.2';
const port = 2525;
const rate = 5000;
/** Milliseconds until what was asked before is written and forgotten. */
const settleMs = 6000;
const seconds = Number(process.argv[2] ?? 15);

const endings: (() => unknown)[] = [];
const owner: Owner = { after: (end) => void endings.push(end) };

interface Scene {
  readonly world: Host;
  readonly site: Host;
  readonly gateway: Gateway;
  readonly socket: string;
}

async function begin(): Promise<Scene> {
  const world = makeHost(owner, 'world');
  const site = makeHost(owner, 'site');
  connectHosts({ host: world, address: '10.99.0.1/24' }, { host: site, address: `${address}/24` }, 'fg-bench');
  world.run('ip', 'route', 'add', 'local', '198.18.0.0/16', 'dev', 'lo');
  site.run('ip', 'route', 'add', '198.18.0.0/16', 'via', '10.99.0.1');
  const socket = join(scratchDirectory(owner, 'kernel'), 'kernel.sock');
  const helper = startProcess(owner, 'ip', [
    'netns',
    'exec',
    site.name,
    process.execPath,
    program,
    'kernel-helper',
    '--socket',
    socket,
    '--never',
    '10.99.0.0/24',
    '--ports',
    String(port),
  ]);
  if (helper.stdout !== null) await once(helper.stdout, 'data');
  const gateway = await startGateway(owner, {
    netns: site.name,
    hub: '127.0.0.1:1',
    config: {
      site: { networks: ['10.99.0.0/24', '127.0.0.0/8'] },
      hub: { verifyRecipients: false },
      listeners: [{ name: 'mx', address: `${address}:${port}`, role: 'mx' }],
      kernel: { socket },
      threads: 'auto',
    },
  });
  await gateway.event('kernel-helper-found');
  return { world, site, gateway, socket };
}

/** One question to the gateway's control socket. */
function ask(gateway: Gateway, method: string, path: string, body?: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { host: 'floodgate', 'x-floodgate-user': 'bench', ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const asked = request({ socketPath: join(gateway.state, 'control.sock'), method, path, headers }, (answer) => {
      let said = '';
      answer.setEncoding('utf8').on('data', (more: string) => (said += more));
      answer.on('end', () => (answer.statusCode === 200 ? resolve(JSON.parse(said)) : reject(new Error(said))));
    });
    asked.on('error', reject).end(text);
  });
}

const add = async (gateway: Gateway, client: string, action: string): Promise<string> => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const { measure } = (await ask(gateway, 'POST', '/api/v1/measures', { scope: { client }, action, reason: 'bench', expiresAt })) as {
    measure: { id: string };
  }; // our own
  return measure.id;
};

interface Cost {
  readonly name: string;
  readonly cpuShare: number;
  readonly said: string;
}

/** CPU time of the whole gateway, as a share of one processor, while something happens. */
async function costOf(gateway: Gateway, name: string, work: () => Promise<string>): Promise<Cost> {
  const [cpu, startedAt] = [cpuSeconds(gateway.pid), performance.now()];
  const said = (await work()).trim();
  return { name, cpuShare: (cpuSeconds(gateway.pid) - cpu) / ((performance.now() - startedAt) / 1000), said };
}

const knock = async ({ name }: Host): Promise<string> =>
  (await promisify(execFile)('ip', ['netns', 'exec', name, process.execPath, knocker, address, String(port), String(rate), String(seconds)])).stdout;
const idle = (): Promise<string> => later(seconds * 1000, 'nothing');

const kernelHas = (gateway: Gateway, networks: number): Promise<boolean> =>
  until(`the kernel to have ${networks} networks`, async () => {
    const { kernel } = (await ask(gateway, 'GET', '/api/v1/status')) as { kernel: { networks: number } }; // our own
    return kernel.networks === networks;
  });

/** Milliseconds in which the helper takes so many networks at once, three times. */
async function fill(socket: string, networks: number): Promise<readonly number[]> {
  const peer = connect(socket).setEncoding('latin1');
  const times: number[] = [];
  for (const first of [100, 101, 102]) {
    const lines = Array.from({ length: networks }, (_, at) => `${first}.${at >>> 8}.${at & 255}.7/32 300\n`).join('');
    const startedAt = performance.now();
    peer.write(`replace ${networks}\n${lines}`);
    const [answer] = (await once(peer, 'data')) as [string];
    if (!answer.startsWith(`done ${networks}\n`)) throw new Error(answer);
    times.push(Math.round(performance.now() - startedAt));
  }
  peer.destroy();
  return times;
}

try {
  const { world, site, gateway, socket } = await begin();
  const dropped = (): string => /packets (\d+)/.exec(site.run('nft', 'list', 'counter', 'inet', 'floodgate_live', 'dropped'))?.[1] ?? '?';
  const ids: string[] = [];
  for (let at = 0; at < 4096; at += 1) ids.push(await add(gateway, `198.18.${at >>> 4}.${(at & 15) * 16}/28`, 'drop'));
  await kernelHas(gateway, 4096);
  await later(settleMs);
  const costs = [await costOf(gateway, 'idle', idle), await costOf(gateway, 'dropped in the kernel', () => knock(world))];
  const packets = dropped();
  for (const id of ids) await ask(gateway, 'DELETE', `/api/v1/measures/${id}`);
  await kernelHas(gateway, 0);
  await add(gateway, '198.18.0.0/16', 'refuse-at-banner');
  await later(settleMs);
  costs.push(await costOf(gateway, 'refused at the banner', () => knock(world)));
  const filled = await fill(socket, 20_000);
  for (const line of describeMachine([process.execPath])) console.log(line);
  console.log(`helper: 20,000 networks in ${filled.join(', ')} ms`);
  console.log(`attempts at ${rate}/s for ${seconds} s; packets dropped in the kernel: ${packets}`);
  for (const { name, cpuShare, said } of costs) console.log(`${name.padEnd(24)}${(cpuShare * 100).toFixed(2).padStart(8)} % of a processor  ${said}`);
} finally {
  for (const end of endings.reverse()) await end();
}
