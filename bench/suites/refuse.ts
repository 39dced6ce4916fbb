// Refusing, a connection each: unknown recipients after RCPT, and denied clients at the banner.
import { runTool } from '../load/program.ts';
import type { StormOptions, StormResult } from '../load/storm.ts';
import { compare, type Comparison, type Contestant, type Goal } from '../measure/paired.ts';
import { startKnowingHub } from '../peers/hub.ts';
import { startPostfix, whyNoPostfix } from '../peers/postfix.ts';
import type { Server } from '../peers/process.ts';
import { charge, ourStarts, WARM_RUNS, withServers, type Context } from './context.ts';

const SESSIONS = 20;
const CONNECTIONS = 15_000;

interface Storm {
  readonly refusedAt: StormOptions['refusedAt'];
  readonly connections: number;
  readonly recipients: number;
}

const contestant = (server: Server, { refusedAt, connections, recipients }: Storm): Contestant => {
  const options: StormOptions = { target: server.target, connections, perSecond: 0, atOnce: SESSIONS, lingerMs: 0, networks: 500, recipients, refusedAt };
  const load = async () => {
    const { seconds, refused } = await runTool<StormOptions, StormResult>('storm', options);
    return { seconds, 'not refused as expected': connections - refused };
  };
  return { name: server.name, run: () => charge(server, connections, load) };
};

async function compareStorm(context: Context, title: string, servers: readonly Server[], storm: Storm, goals: readonly Goal[]): Promise<Comparison> {
  const contestants = servers.map((server) => contestant(server, storm));
  for (let i = 0; i < WARM_RUNS; i++) for (const one of contestants) await one.run();
  return compare(title, contestants, context.rounds, [...goals, { figure: 'not refused as expected', atMost: 0 }]);
}

/** Unknown recipients: a thousand that take turns, so that their refusals are known after the warm-up. */
export async function refuse(context: Context): Promise<Comparison[]> {
  const hub = await startKnowingHub();
  const connections = Math.round(CONNECTIONS * context.scale);
  const starts = ourStarts(context, { hubPort: hub.port }, { mode: 'refuse' });
  if (whyNoPostfix() === null) starts.push(() => startPostfix('refuse', hub.port));
  try {
    return await withServers(starts, async (servers) => {
      const known = { refusedAt: 'rcpt', connections, recipients: 1000 } as const;
      const goal: Goal = { figure: 'CPU s/1000', against: 'bare Node', atMost: 1.8 };
      return [await compareStorm(context, 'refuse an unknown recipient, a connection each', servers, known, [goal])];
    });
  } finally {
    await hub.stop();
  }
}

/** Denied clients, refused before they said a word. */
export async function banner(context: Context): Promise<Comparison[]> {
  const connections = Math.round(CONNECTIONS * context.scale);
  const starts = ourStarts(context, { hubPort: 9, denied: ['127.0.0.0/8'] }, { mode: 'banner' });
  if (whyNoPostfix() === null) starts.push(() => startPostfix('banner'));
  return withServers(starts, async (servers) => {
    const storm = { refusedAt: 'banner', connections, recipients: 1 } as const;
    return [await compareStorm(context, 'refuse at the banner', servers, storm, [{ figure: 'CPU s/1000', against: 'bare Node', atMost: 1.3 }])];
  });
}
