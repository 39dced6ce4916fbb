// Ten thousand clients that greet and then say nothing: memory for each, and whether a new client is still served at once.
import { setTimeout as wait } from 'node:timers/promises';
import { holdIdle } from '../load/idle-holder.ts';
import { pace } from '../load/pacer.ts';
import { compare, type Comparison, type Contestant, type Figures } from '../measure/paired.ts';
import { memoryBytes } from '../measure/process-tree.ts';
import { startKnowingHub } from '../peers/hub.ts';
import type { Server } from '../peers/process.ts';
import { ourStarts, type Context } from './context.ts';

const CONNECTIONS = 10_000;
const NETWORKS = 1000;
const SETTLE_MS = 2000;

/** A fresh server for each round: memory of an earlier round must not be there already. */
async function holdAndProbe(start: () => Promise<Server>, connections: number): Promise<Figures> {
  const server = await start();
  try {
    await wait(SETTLE_MS);
    const before = memoryBytes(server.pid);
    const holder = await holdIdle({ target: server.target, connections, networks: NETWORKS });
    await wait(SETTLE_MS);
    const after = memoryBytes(server.pid);
    const probe = await pace({ target: server.target, perSecond: 20, seconds: 1, bytes: 4096, from: ['127.200.0.1'], limitMs: 10_000 });
    const held = holder.stillOpen();
    holder.release();
    const startUpMiB = before / 2 ** 20;
    return {
      held,
      'KiB each': (after - before) / held / 1024,
      'start-up MiB': startUpMiB,
      'new session p50 ms': probe.latency.p50,
      'new session max ms': probe.latency.max,
      lost: probe.lost,
    };
  } finally {
    await server.stop();
  }
}

/** The gateway with its caps raised to let them in, and the floor. */
export async function idle(context: Context): Promise<Comparison[]> {
  const hub = await startKnowingHub();
  const connections = Math.round(CONNECTIONS * context.scale);
  const limits = { sessions: connections + 2000 };
  const starts = ourStarts(context, { hubPort: hub.port, limits }, { mode: 'proxy', hubPort: hub.port });
  const names = starts.length === 2 ? ['Floodgate', 'bare Node'] : ['bare Node'];
  const contestants = starts.map((start, index): Contestant => ({ name: names[index] ?? '', run: () => holdAndProbe(start, connections) }));
  try {
    const goals = [
      { figure: 'held', atLeast: connections },
      { figure: 'KiB each', atMost: 16 },
      { figure: 'new session max ms', atMost: 100 },
    ];
    return [await compare(`${connections} idle connections`, contestants, context.rounds, goals)];
  } finally {
    await hub.stop();
  }
}
