// What the spool costs and holds, beside Postfix's queue: messages a second that are taken with the next hop down, by smtp-source, in the same run; then
// how long 100,000 spooled messages take to be found again after a start, and to be handed on. By hand, as root: `node bench/spool.ts [MESSAGES]`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSpoolPlace } from '../src/delivery/spool/spool-place.ts';
import { Spool } from '../src/delivery/spool/spool.ts';
import { SharedStock } from '../src/lib/shared-stock.ts';
import { reply } from '../src/model/reply.ts';
import { contentOf, deliveryRequest } from '../test/harness/delivery-request.ts';
import { startFakeHub } from '../test/harness/fake-hub.ts';
import { startGateway } from '../test/harness/gateway.ts';
import { postfixHub } from '../test/harness/hubs/postfix.ts';
import { peerPath } from '../test/harness/peer.ts';
import { freePort, runProgram, scratchDirectory, type Owner } from '../test/harness/scratch.ts';
import { deliverOnce } from '../test/harness/smtp-client.ts';
import { letter } from '../test/harness/letter.ts';
import { until } from '../test/harness/until.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const messages = Number(positionals[0] ?? 5000);
const waitingMessages = 100_000;
const endings: (() => unknown)[] = [];
const owner: Owner = { after: (end) => void endings.push(end) };

/** Messages a second of 4 KiB over 50 sessions. */
async function perSecond(port: number, recipient: string): Promise<number> {
  const began = performance.now();
  const args = ['-s', '50', '-m', String(messages), '-l', '4096', '-f', 'x@client.example', '-t', recipient, `inet:127.0.0.1:${port}`];
  const { code, stderr } = await runProgram(peerPath('smtp-source'), args, { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`smtp-source: ${stderr}`);
  return Math.round(messages / ((performance.now() - began) / 1000));
}

async function ours(): Promise<number> {
  const hub = await startFakeHub();
  const gateway = await startGateway(owner, {
    hub: `127.0.0.1:${hub.port}`,
    config: {
      spool: { enabled: true, freeDisk: '0' },
      limits: { sessionsPerAddress: 1000, sessionsPerNetwork: 1000 },
      rates: { connectionsPerAddress: 0, connectionsPerNetwork: 0, connectionsPerSecond: 0 },
      log: { level: 'error' },
    },
  });
  await deliverOnce(owner, { port: gateway.port(), from: '127.0.0.1' }, { from: 'x@client.example', to: ['ann@hub.example'], content: letter() });
  await hub.close();
  const rate = await perSecond(gateway.port(), 'ann@hub.example');
  await gateway.stop();
  return rate;
}

async function postfixes(): Promise<number> {
  const nowhere = await freePort();
  const postfix = await postfixHub(owner, { settings: { minimal_backoff_time: '300s', queue_run_delay: '300s', relayhost: `[127.0.0.1]:${nowhere}` } });
  const rate = await perSecond(postfix.port, 'ann@elsewhere.example');
  await postfix.stop();
  return rate;
}

async function recovery(): Promise<readonly [found: number, drained: number]> {
  const dir = join(scratchDirectory(owner, 'spool'), 'spool');
  mkdirSync(dir);
  const address = { kind: 'smtp', host: '127.0.0.1', port: 25 } as const;
  const route = { key: 'hub', address } as const;
  const content = contentOf(`Subject: x\r\n\r\n${'0123456789'.repeat(400)}\r\n`);
  const place = createSpoolPlace({
    dir,
    name: 'smtp-1',
    stock: new SharedStock(SharedStock.allocate()),
    limits: () => ({ maxBytes: 1e12, maxMessages: 1e9, freeDisk: 0 }),
    keepForMs: () => 86_400_000,
    record: () => {},
    kept: () => {},
    now: Date.now,
  });
  for (let at = 0; at < waitingMessages; at += 1000)
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) => {
        const request = deliveryRequest({ route, reference: `m${at + index}`, content });
        return place.keep({ session: 's', request, proven: null, subject: 'x', messageId: null, class: 'person', why: 'away' });
      }),
    );
  await place.close();
  const spool = new Spool({
    dir,
    stock: new SharedStock(SharedStock.allocate()),
    delivery: { deliver: () => Promise.resolve({ kind: 'delivered', hubReply: reply(250, '2.0.0', 'Ok'), queueId: null }) },
    routeOf: () => ({ route, away: null }),
    quarantine: { keep: () => Promise.resolve({ kind: 'failed', why: 'not here' }) },
    tellAuthor: () => Promise.resolve('unproven'),
    record: () => {},
    settings: () => ({ connections: 10, longestPauseMs: 1000 }),
    now: Date.now,
  });
  const began = performance.now();
  await spool.start();
  const found = performance.now() - began;
  if (spool.size !== waitingMessages) throw new Error(`${spool.size} found`);
  spool.tick();
  await until('all to be handed on', () => spool.size === 0, 120_000);
  await spool.close(1000);
  return [found / 1000, (performance.now() - began - found) / 1000];
}

try {
  const [found, drained] = await recovery();
  process.stdout.write(
    `100,000 messages of 4 KiB: found in ${found.toFixed(1)} s, handed on in ${drained.toFixed(1)} s (to a next hop that answers at once)\n`,
  );
  // Each alone, ours first and last: a queue that is tried in the background is no rest for the other.
  const before = await ours();
  const theirs = await postfixes();
  const after = await ours();
  const own = Math.round((before + after) / 2);
  process.stdout.write(`taken with the next hop down: Floodgate ${own}/s, Postfix ${theirs}/s: ${(own / theirs).toFixed(1)} times\n`);
} finally {
  for (const end of endings.reverse()) await end();
}
