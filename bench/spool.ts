// What the spool costs and holds, beside Postfix's queue, all in one run: messages a second that are taken with the next hop down; how fast what waits is handed on to a
// real Postfix, beside smtp-source filling the same Postfix; how long 100,000 take to be found again. By hand, as root:
//   node bench/spool.ts [--messages 5000] [--drain 10000] [--rounds 3] [--only taken,drain,recovery] [--write]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { askDaemon } from '../src/cli/daemon.ts';
import { createSpoolPlace } from '../src/delivery/spool/spool-place.ts';
import { Spool } from '../src/delivery/spool/spool.ts';
import { SharedStock } from '../src/lib/shared-stock.ts';
import { reply } from '../src/model/reply.ts';
import { contentOf, deliveryRequest } from '../test/harness/delivery-request.ts';
import { startFakeHub } from '../test/harness/fake-hub.ts';
import { startGateway, type Gateway, type RawConfig } from '../test/harness/gateway.ts';
import { postfixHub, type PostfixHub } from '../test/harness/hubs/postfix.ts';
import { peerPath } from '../test/harness/peer.ts';
import { freePort, runProgram, scratchDirectory, type Owner } from '../test/harness/scratch.ts';
import { deliverOnce } from '../test/harness/smtp-client.ts';
import { letter } from '../test/harness/letter.ts';
import { until } from '../test/harness/until.ts';
import { commitName, describeMachine } from './measure/machine.ts';
import { cpuSeconds } from './measure/process-tree.ts';
import { median } from './measure/summary.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '5000' },
    drain: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'recovery,drain,taken' },
    write: { type: 'boolean', default: false },
  },
});
const [messages, drained, rounds] = [values.messages, values.drain, values.rounds].map(Number) as [number, number, number];
const waitingMessages = 100_000;
const endings: (() => unknown)[] = [];
const owner: Owner = { after: (end) => void endings.push(end) };
const said: string[] = [];
const say = (line: string): void => {
  said.push(line);
  process.stdout.write(`${line}\n`);
};

const gatewayConfig: RawConfig = {
  spool: { enabled: true, freeDisk: '0' },
  limits: { sessionsPerAddress: 1000, sessionsPerNetwork: 1000 },
  rates: { connectionsPerAddress: 0, connectionsPerNetwork: 0, connectionsPerSecond: 0 },
  log: { level: 'error' },
};

interface Load {
  readonly port: number;
  readonly to: string;
  readonly count: number;
  readonly bytes: number;
  readonly sessions: number;
  /** Several messages a connection. */
  readonly keep?: boolean;
}

/** Sends by smtp-source; seconds. */
async function send({ port, to, count, bytes, sessions, keep = false }: Load): Promise<number> {
  const began = performance.now();
  const args = ['-s', String(sessions), '-m', String(count), '-l', String(bytes), '-f', 'x@client.example', '-t', to, ...(keep ? ['-d'] : [])];
  const { code, stderr } = await runProgram(peerPath('smtp-source'), [...args, `inet:127.0.0.1:${port}`], { timeoutMs: 200_000 });
  if (code !== 0) throw new Error(`smtp-source: ${stderr}`);
  return (performance.now() - began) / 1000;
}

/** Messages a second that are taken, and processor time of the server, in seconds for a thousand. */
interface Taken {
  readonly rate: number;
  readonly cpu: number;
}

async function takenNow(port: number, to: string, pid: number): Promise<Taken> {
  const before = cpuSeconds(pid);
  const seconds = await send({ port, to, count: messages, bytes: 4096, sessions: 50 });
  return { rate: messages / seconds, cpu: ((cpuSeconds(pid) - before) * 1000) / messages };
}

/** The first load after a start, and the third. */
interface Loads {
  readonly fresh: Taken;
  readonly warm: Taken;
}

async function taken(port: number, to: string, pid: number): Promise<Loads> {
  const fresh = await takenNow(port, to, pid);
  await takenNow(port, to, pid);
  return { fresh, warm: await takenNow(port, to, pid) };
}

async function verified(gateway: Gateway, to: string): Promise<void> {
  const { end } = await deliverOnce(owner, { port: gateway.port(), from: '127.0.0.1' }, { from: 'x@client.example', to: [to], content: letter() });
  if (end?.code !== 250) throw new Error(`the recipient is not verified: ${end?.text}`);
}

async function ours(): Promise<Loads> {
  const hub = await startFakeHub();
  const gateway = await startGateway(owner, { hub: `127.0.0.1:${hub.port}`, config: gatewayConfig });
  await verified(gateway, 'ann@hub.example');
  await hub.close();
  const result = await taken(gateway.port(), 'ann@hub.example', gateway.pid);
  await gateway.stop();
  return result;
}

const masterOf = ({ config }: PostfixHub): number => Number(readFileSync(join(dirname(config), 'queue/pid/master.pid'), 'utf8'));

async function postfixes(): Promise<Loads> {
  const nowhere = await freePort();
  const postfix = await postfixHub(owner, { settings: { minimal_backoff_time: '300s', queue_run_delay: '300s', relayhost: `[127.0.0.1]:${nowhere}` } });
  const result = await taken(postfix.port, 'ann@elsewhere.example', masterOf(postfix));
  await postfix.stop();
  return result;
}

const shown = (numbers: readonly number[], digits = 0): string => numbers.map((each) => each.toFixed(digits)).join(', ');

/** Pairs: each alone, ratio within the round, order changed from round to round. */
async function compareTaken(): Promise<void> {
  const pairs: { readonly own: Loads; readonly theirs: Loads }[] = [];
  await ours(); // warm disk and page cache
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) {
      const own = await ours();
      pairs.push({ own, theirs: await postfixes() });
    } else {
      const theirs = await postfixes();
      pairs.push({ own: await ours(), theirs });
    }
  }
  say(`taken with the next hop down, ${messages} messages of 4 KiB a load, each on a connection of its own, 50 at once:`);
  for (const [which, words] of [
    ['warm', 'third load after a start'],
    ['fresh', 'first load after a start'],
  ] as const) {
    const of = (who: 'own' | 'theirs'): readonly Taken[] => pairs.map((pair) => pair[who][which]);
    const rates = (who: 'own' | 'theirs'): string => shown(of(who).map(({ rate }) => rate));
    const cpu = (who: 'own' | 'theirs'): string =>
      shown(
        of(who).map((each) => each.cpu),
        2,
      );
    const ratio = median(pairs.map(({ own, theirs }) => own[which].rate / theirs[which].rate));
    say(`  ${words}: ${ratio.toFixed(2)} times Postfix's messages a second (goal 2)`);
    say(`    messages/s   Floodgate ${rates('own')}; Postfix ${rates('theirs')}`);
    say(`    CPU s/1000   Floodgate ${cpu('own')}; Postfix ${cpu('theirs')}`);
  }
}

/** A hub that takes and throws away, so that its own delivery does not disturb what is measured. */
async function compareDrain(): Promise<void> {
  const hub = await postfixHub(owner, { users: ['ann'], settings: { virtual_transport: 'discard:' } });
  const gateway = await startGateway(owner, {
    hub: hub.address,
    config: { ...gatewayConfig, spool: { ...(gatewayConfig['spool'] as object), longestPause: '1s' } },
  });
  await verified(gateway, 'ann@hub.example');
  const alone = { port: hub.port, to: 'ann@hub.example', count: drained, bytes: 1024, sessions: 10, keep: true } as const;
  await send({ ...alone, count: 1000 });
  const before = drained / (await send(alone));
  await hub.stop();
  await send({ port: gateway.port(), to: 'ann@hub.example', count: drained, bytes: 1024, sessions: 20, keep: true });
  // Asked in this process: a command a look would take a processor of its own.
  const waiting = async (): Promise<number> => ((await askDaemon(gateway.state, 'GET', '/api/v1/spool?limit=1')) as { readonly waiting: number }).waiting;
  const emptied = async (): Promise<void> => {
    for (const ends = performance.now() + 200_000; (await waiting()) > 0; await pause(250))
      if (performance.now() > ends) throw new Error('the spool is not emptied');
  };
  if ((await waiting()) !== drained) throw new Error(`${await waiting()} wait`);
  await hub.start();
  await gateway.command('spool', 'retry', 'hub');
  await emptied();
  const last = await until('the journal to have it all', async () => {
    const at = (await gateway.events()).flatMap((event) => (event.type === 'spool-delivered' ? [event.at] : []));
    return at.length === drained ? at.toSorted((one, other) => one - other) : null;
  });
  const rate = (last.length - 1) / (((last.at(-1) ?? 0) - (last[0] ?? 0)) / 1000);
  const after = drained / (await send(alone));
  await gateway.stop();
  await hub.stop();
  const hubSpeed = (before + after) / 2;
  say(`${drained} messages of 1 KiB that waited, handed on to a real Postfix over 10 connections: ${rate.toFixed(0)}/s`);
  say(`  the same Postfix filled by smtp-source over 10 connections: ${before.toFixed(0)}/s before, ${after.toFixed(0)}/s after`);
  say(`  ${(rate / hubSpeed).toFixed(2)} times hub speed`);
}

async function recovery(): Promise<void> {
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
    steady: () => performance.now(),
  });
  const filling = performance.now();
  for (let at = 0; at < waitingMessages; at += 1000)
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) => {
        const request = deliveryRequest({ route, reference: `m${at + index}`, content });
        return place.keep({ session: 's', request, proven: null, subject: 'x', messageId: null, class: 'person', why: 'away' });
      }),
    );
  const filled = (performance.now() - filling) / 1000;
  await place.close();
  const spool = new Spool({
    dir,
    stock: new SharedStock(SharedStock.allocate()),
    delivery: { deliver: () => Promise.resolve({ kind: 'delivered', hubReply: reply(250, '2.0.0', 'Ok'), queueId: null }) },
    routeOf: () => ({ route, away: null }),
    quarantine: { keep: () => Promise.resolve({ kind: 'failed', why: 'not here' }) },
    tellAuthor: () => Promise.resolve('unproven'),
    record: () => {},
    settings: () => ({ atOnce: 10, longestPauseMs: 1000 }),
    now: Date.now,
    steady: () => performance.now(),
  });
  const began = performance.now();
  await spool.start();
  const found = performance.now() - began;
  if (spool.size !== waitingMessages) throw new Error(`${spool.size} found`);
  spool.tick();
  await until('all to be handed on', () => spool.size === 0, 120_000);
  await spool.close(1000);
  const handedOn = (performance.now() - began - found) / 1000;
  say(
    `100,000 messages of 4 KiB: written in ${filled.toFixed(1)} s by 1,000 at once, found in ${(found / 1000).toFixed(1)} s after a start (goal 10 s), handed on in ${handedOn.toFixed(1)} s to a next hop that answers at once`,
  );
}

const parts: Readonly<Record<string, () => Promise<void>>> = { recovery, drain: compareDrain, taken: compareTaken };
try {
  for (const name of values.only.split(',')) {
    const part = parts[name];
    if (part === undefined) throw new Error(`--only takes ${Object.keys(parts).join(', ')}`);
    await part();
  }
  if (values.write) {
    const day = new Date().toISOString().slice(0, 10);
    const folder = new URL('results/', import.meta.url);
    mkdirSync(folder, { recursive: true });
    const command = `node bench/spool.ts --messages ${messages} --drain ${drained} --rounds ${rounds}`;
    const text = `# Spool, ${day}, ${commitName()}\n\n${describeMachine([process.execPath]).join('\n')}\n\n\`${command}\`\n\n\`\`\`\n${said.join('\n')}\n\`\`\`\n`;
    writeFileSync(new URL(`${day}-${commitName()}-spool.md`, folder), text);
  }
} finally {
  for (const end of endings.reverse()) await end();
}
