// The kernel itself: helper and gateway in a network namespace, real nft, a client in another one. What is dropped hears nothing at all;
// what is not hears a banner; and when the helper is gone, 554.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { connectHosts, makeHost, type Host } from '../harness/netns.ts';
import { requirePeers } from '../harness/peer.ts';
import { ended, scratchDirectory, startProcess, stopProcess } from '../harness/scratch.ts';
import { until } from '../harness/until.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const program = join(checkout, 'bin/floodgate.mjs');
const port = 2525;

/** Starts the helper on the host as a user that may do nothing else than change its packet filter. */
async function startHelper(context: TestContext, host: Host, socket: string) {
  const asNobody = [
    'setpriv',
    '--reuid',
    '65534',
    '--regid',
    '65534',
    '--clear-groups',
    '--inh-caps',
    '-all,+net_admin',
    '--ambient-caps',
    '+net_admin',
    '--bounding-set',
    '-all,+net_admin',
  ];
  const words = ['--socket', socket, '--never', '10.20.0.0/16', '--ports', String(port)];
  // That user may have no way to this checkout (in root's home): for the helper it lies in a place that everybody passes through.
  const place = scratchDirectory(context, 'checkout');
  const there = (path: string): string => (path.startsWith(checkout) ? join(place, path.slice(checkout.length)) : path);
  const mounted = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', 'mount -o bind,ro "$1" "$2" && shift 2 && exec "$@"', 'sh', checkout, place];
  const command = [...mounted, ...asNobody, there(process.execPath), there(program), 'kernel-helper', ...words];
  const child = startProcess(context, 'ip', ['netns', 'exec', host.name, ...command]);
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (more: string) => (said.text += more));
  await until('the helper to be ready', () => {
    if (child.exitCode !== null) throw new Error(said.text);
    return said.text.includes('ready');
  });
  return {
    child,
    kill9: async () => {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await ended(child);
    },
  };
}

/** A place for the socket that the helper's user may write to. */
function socketPlace(context: TestContext): string {
  const directory = scratchDirectory(context, 'kernel');
  chownSync(directory, 65_534, 65_534);
  chmodSync(directory, 0o750);
  return join(directory, 'kernel.sock');
}

interface Scene {
  readonly gateway: Gateway;
  readonly site: Host;
  readonly socket: string;
  /** What a client with this address hears first within a second; null: nothing at all. */
  hears(from: string): Promise<string | null>;
  /** The live table, as nft shows it. */
  table(): string;
  drop(client: string, lasting?: string): Promise<string>;
}

async function begin(context: TestContext): Promise<Scene> {
  const world = makeHost(context, 'world');
  const site = makeHost(context, 'site');
  connectHosts({ host: world, address: '192.0.2.1/24' }, { host: site, address: '10.20.0.1/16' }, 'fg-cable');
  world.run('ip', 'address', 'add', '192.0.2.7/24', 'dev', 'fg-cable');
  world.run('ip', 'route', 'add', '10.20.0.0/16', 'dev', 'fg-cable');
  site.run('ip', 'route', 'add', '192.0.2.0/24', 'dev', 'fg-cable');
  const socket = socketPlace(context);
  const script = join(scratchDirectory(context, 'client'), 'client.mjs');
  writeFileSync(script, clientScript);
  const gateway = await startGateway(context, {
    netns: site.name,
    hub: '127.0.0.1:1',
    config: {
      site: { networks: ['10.20.0.0/16', '127.0.0.0/8'] },
      hub: { verifyRecipients: false },
      kernel: { socket },
      listeners: [{ name: 'mx', address: `10.20.0.1:${port}`, role: 'mx' }],
    },
  });
  return {
    gateway,
    site,
    socket,
    hears: async (from) => {
      const child = spawn('ip', ['netns', 'exec', world.name, process.execPath, script, '10.20.0.1', String(port), from]);
      const heard = (await text(child.stdout)).trim();
      return heard === '' ? null : heard;
    },
    table: () => site.run('nft', 'list', 'table', 'inet', 'floodgate_live'),
    drop: async (client, lasting = '1h') => {
      const { code, stdout, stderr } = await gateway.command(
        'measure',
        'add',
        '--client',
        client,
        '--action',
        'drop',
        '--for',
        lasting,
        '--reason',
        'flood',
        '--json',
      );
      assert.equal(code, 0, stderr);
      return String((JSON.parse(stdout) as { id: unknown }).id);
    },
  };
}

const clientScript = `
import net from 'node:net';
const [, , host, port, localAddress] = process.argv;
const socket = net.connect({ host, port: Number(port), localAddress });
socket.setTimeout(1000, () => process.exit());
socket.on('error', (error) => { console.log(error.code); process.exit(); });
socket.on('data', (chunk) => { console.log(chunk.toString().slice(0, 3)); process.exit(); });
`;

/** The table with the address in it, counted or not. */
const dropped = /192\.0\.2\.7 (?:counter packets \d+ bytes \d+ )?timeout/;
const isDropped = (table: string): boolean => dropped.test(table);

const peers = ['ip', 'nft', 'setpriv', 'mount'] as const;

test('a measure that drops is in the kernel: nothing is heard, until it is undone; its neighbour is served', async (t) => {
  if (!requirePeers(t, ...peers)) return;
  const scene = await begin(t);
  await startHelper(t, scene.site, scene.socket);
  await scene.gateway.event('kernel-helper-found');
  assert.equal(await scene.hears('192.0.2.7'), '220');
  const id = await scene.drop('192.0.2.7');
  await until('the kernel to have it', () => isDropped(scene.table()));
  assert.equal(await scene.hears('192.0.2.7'), null);
  assert.equal(await scene.hears('192.0.2.1'), '220');
  const [drop] = await scene.gateway.explain('192.0.2.7');
  assert.deepEqual([drop?.['kind'], drop?.['where'], drop?.['network']], ['kernel-drop', 'kernel', '192.0.2.7/32']);
  assert.ok(Number((drop?.['count'] as { packets: number } | null)?.packets) >= 1, 'the attempt of a moment ago is counted');
  assert.match((await scene.gateway.command('explain', '192.0.2.7')).stdout, new RegExp(`dropped in the kernel[^]*floodgate measure undo ${id}\n`));
  const { code } = await scene.gateway.command('measure', 'undo', id);
  assert.equal(code, 0);
  await until('the kernel to have forgotten', () => !scene.table().includes('192.0.2.7'));
  assert.equal(await scene.hears('192.0.2.7'), '220');
});

test('an entry ends by itself, in the kernel as well when nobody is left to say so', async (t) => {
  if (!requirePeers(t, ...peers)) return;
  const scene = await begin(t);
  await startHelper(t, scene.site, scene.socket);
  await scene.gateway.event('kernel-helper-found');
  await scene.drop('192.0.2.7', '3s');
  await until('the kernel to have it', () => isDropped(scene.table()));
  await scene.gateway.kill9();
  await until('the kernel to have forgotten', () => !scene.table().includes('192.0.2.7'), 6000);
});

test('helper killed: what it should drop is refused at the banner; helper back: the set is restored', async (t) => {
  if (!requirePeers(t, ...peers)) return;
  const scene = await begin(t);
  const helper = await startHelper(t, scene.site, scene.socket);
  await scene.gateway.event('kernel-helper-found');
  await scene.drop('192.0.2.7');
  await until('the kernel to have it', () => isDropped(scene.table()));
  await helper.kill9();
  await scene.gateway.event('kernel-helper-lost');
  const lost = await scene.gateway.command('status');
  assert.match(lost.stdout, /TROUBLE the kernel helper cannot be used.*refused at the banner/);
  // Whatever became of the table: here somebody has taken it away, the worst that can be.
  scene.site.run('nft', 'delete', 'table', 'inet', 'floodgate_live');
  assert.equal(await scene.hears('192.0.2.7'), '554');
  assert.match(
    (await scene.gateway.command('explain', '192.0.2.7')).stdout,
    /^192\.0\.2\.7 is to be dropped in the kernel.* but is not: it hears 554 at the banner/,
  );
  await startHelper(t, scene.site, scene.socket);
  await until('the kernel to have it again', () => isDropped(scene.table()));
  assert.equal(await scene.hears('192.0.2.7'), null);
  assert.match((await scene.gateway.command('status')).stdout, /kernel 1 networks dropped/);
});

test('a ruleset that is flushed and loaded anew does not end it', async (t) => {
  if (!requirePeers(t, ...peers)) return;
  const site = makeHost(t, 'flushed');
  const socket = socketPlace(t);
  await startHelper(t, site, socket);
  site.run('nft', 'flush', 'ruleset');
  const peer = connect(socket).setEncoding('latin1');
  t.after(() => peer.destroy());
  let heard = '';
  peer.on('data', (more: string) => (heard += more));
  peer.write('replace 1\n192.0.2.7/32 300\n');
  await until('the answer', () => heard === 'done 1\n');
  assert.match(site.run('nft', 'list', 'table', 'inet', 'floodgate_live'), dropped);
});

test('a helper that is stopped takes its table with it: stopping the unit undoes everything', async (t) => {
  if (!requirePeers(t, ...peers)) return;
  const site = makeHost(t, 'alone');
  const helper = await startHelper(t, site, socketPlace(t));
  assert.match(site.run('nft', 'list', 'tables'), /floodgate_live/);
  await stopProcess(helper.child);
  assert.equal(site.run('nft', 'list', 'tables'), '');
});

test('twenty thousand networks are in force, and replaced, in less than five seconds', async (t) => {
  if (!requirePeers(t, ...peers)) return;
  const site = makeHost(t, 'many');
  const socket = socketPlace(t);
  await startHelper(t, site, socket);
  const lines = (first: number): string => Array.from({ length: 20_000 }, (_, at) => `${first}.${at >>> 8}.${at & 255}.7/32 300\n`).join('');
  const peer = connect(socket).setEncoding('latin1');
  t.after(() => peer.destroy());
  let heard = '';
  peer.on('data', (more: string) => (heard += more));
  for (const [round, first] of [100, 101].entries()) {
    const startedAt = performance.now();
    peer.write(`replace 20000\n${lines(first)}`);
    await until('the answer', () => heard.split('\n').length > round + 1);
    const ms = Math.round(performance.now() - startedAt);
    t.diagnostic(`20,000 networks in ${ms} ms`);
    assert.ok(ms < 5000, `${ms} ms`);
  }
  assert.equal(heard, 'done 20000\ndone 20000\n');
  const count = (first: number): string =>
    site
      .run('sh', '-c', `nft list set inet floodgate_live blocked4 | grep -oE ' ${first}\\.[0-9.]+ (counter packets [0-9]+ bytes [0-9]+ )?timeout' | wc -l`)
      .trim();
  assert.deepEqual([count(101), count(100)], ['20000', '0']);
});
