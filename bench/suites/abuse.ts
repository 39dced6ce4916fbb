// Slow bots beside honest mail: a thousand connections a second to unknown users, each lingering five seconds after its refusal.
import { setTimeout as wait } from 'node:timers/promises';
import type { PacerOptions, PacerResult } from '../load/pacer.ts';
import { runTool } from '../load/program.ts';
import type { StormOptions, StormResult } from '../load/storm.ts';
import { compare, type Comparison, type Contestant, type Figures } from '../measure/paired.ts';
import { startKnowingHub, type Hub } from '../peers/hub.ts';
import type { Server } from '../peers/process.ts';
import { charge, ourStarts, withServers, type Context } from './context.ts';

const ABUSE_PER_SECOND = 1000;
const LINGER_MS = 5000;
const HONEST_PER_SECOND = 20;
const LEAD_MS = 1000; // the honest mail begins in the middle of the abuse
const HONEST_FROM = ['127.200.0.1', '127.200.1.1', '127.200.2.1', '127.200.3.1'];

async function underAbuse(server: Server, hub: Hub, seconds: number): Promise<Figures> {
  const takenBefore = hub.taken() ?? 0;
  const connections = ABUSE_PER_SECOND * seconds;
  const storm: StormOptions = {
    target: server.target,
    connections,
    perSecond: ABUSE_PER_SECOND,
    atOnce: 12_000,
    lingerMs: LINGER_MS,
    networks: 1000,
    recipients: 1000,
    refusedAt: 'rcpt',
  };
  const honest: PacerOptions = {
    target: server.target,
    perSecond: HONEST_PER_SECOND,
    seconds: seconds - LEAD_MS / 1000,
    bytes: 4096,
    from: HONEST_FROM,
    limitMs: 30_000,
  };
  let mail: PacerResult | null = null;
  const figures = await charge(server, connections, async () => {
    const storming = runTool<StormOptions, StormResult>('storm', storm);
    await wait(LEAD_MS);
    mail = await runTool<PacerOptions, PacerResult>('pacer', honest);
    const { peakOpen, refused, turnedAway, failed } = await storming;
    const { latency, lost, delivered } = mail;
    const lostBehind = delivered - ((hub.taken() ?? 0) - takenBefore);
    return {
      seconds,
      lost,
      'lost after 250': lostBehind,
      'p50 ms': latency.p50,
      'p99 ms': latency.p99,
      'max ms': latency.max,
      peakOpen,
      refused,
      turnedAway,
      failed,
    };
  });
  return figures;
}

/** Twice: as an operator runs it, and without what keeps strangers at bay, so that every abusive connection gets as far as its refusal. */
export async function abuse(context: Context): Promise<Comparison[]> {
  const hub = await startKnowingHub();
  const goals = [
    { figure: 'lost', atMost: 0 },
    { figure: 'lost after 250', atMost: 0 },
    { figure: 'p99 ms', atMost: 50 },
  ];
  const contestants = (servers: readonly Server[]): Contestant[] =>
    servers.map((server) => ({ name: server.name, run: () => underAbuse(server, hub, context.abuseSeconds) }));
  const title = `${ABUSE_PER_SECOND} abusive connections/s lingering ${LINGER_MS / 1000} s beside ${HONEST_PER_SECOND} honest messages/s for ${context.abuseSeconds} s`;
  try {
    const results: Comparison[] = [];
    for (const [caps, limits, ladder] of [
      ['limits, rates and load levels at their defaults', {}, true],
      ['without rates and load levels', { sessions: 12_000 }, false],
    ] as const) {
      const starts = ourStarts(context, { hubPort: hub.port, limits, ladder }, { mode: 'proxy', hubPort: hub.port });
      results.push(await withServers(starts, (servers) => compare(`${title}, ${caps}`, contestants(servers), context.rounds, goals)));
    }
    return results;
  } finally {
    await hub.stop();
  }
}
