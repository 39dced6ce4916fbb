// Forwarding honest mail: 20 sessions at once, known recipients, everything ends at smtp-sink.
import type { BlasterOptions, BlasterResult } from '../load/blaster.ts';
import { runTool } from '../load/program.ts';
import { compare, type Comparison, type Contestant, type Goal } from '../measure/paired.ts';
import { startHaraka, whyNoHaraka } from '../peers/haraka.ts';
import { startSink } from '../peers/hub.ts';
import { startPostfix, whyNoPostfix } from '../peers/postfix.ts';
import type { Server } from '../peers/process.ts';
import { charge, ourStarts, WARM_RUNS, withServers, type Context } from './context.ts';

const SESSIONS = 20;
const goals: readonly Goal[] = [
  { figure: 'per second', against: 'Postfix smtpd', atLeast: 1.5 },
  { figure: 'per second', against: 'Haraka', atLeast: 4 },
  { figure: 'CPU s/1000', against: 'Postfix smtpd', atMost: 0.5 },
  { figure: 'lost', atMost: 0 },
];
const cases = [
  { title: 'forward 4 KiB, new connection each', messages: 6000, bytes: 4096, perConnection: 1 },
  { title: 'forward 4 KiB, connection kept for 100 messages', messages: 10_000, bytes: 4096, perConnection: 100 },
  { title: 'forward 64 KiB, new connection each', messages: 2000, bytes: 65_536, perConnection: 1 },
] as const;

/** Haraka is slow enough that a quarter of the messages measures it as well. */
const share = (server: Server): number => (server.name === 'Haraka' ? 0.25 : 1);

const contestant = (server: Server, { messages, bytes, perConnection }: (typeof cases)[number]): Contestant => {
  const run = (count: number) => {
    const options: BlasterOptions = { target: server.target, messages: count, sessions: SESSIONS, bytes, perConnection, networks: 100 };
    return charge(server, count, async () => {
      const { seconds, lost } = await runTool<BlasterOptions, BlasterResult>('blaster', options);
      return { seconds, lost };
    });
  };
  return { name: server.name, run: () => run(Math.round(messages * share(server))) };
};

/** Gateway, floor, Postfix before-queue and Haraka in front of one smtp-sink. */
export async function forward(context: Context): Promise<Comparison[]> {
  const sink = await startSink();
  const starts = ourStarts(context, { hubPort: sink.port }, { mode: 'proxy', hubPort: sink.port });
  if (whyNoPostfix() === null) starts.push(() => startPostfix('before-queue', sink.port));
  if (whyNoHaraka() === null) starts.push(() => startHaraka(sink.port, context.dnsPort));
  try {
    return await withServers(starts, async (servers) => {
      const results: Comparison[] = [];
      for (const one of cases) {
        const scaled = { ...one, messages: Math.round(one.messages * context.scale) } as (typeof cases)[number];
        for (let i = 0; i < WARM_RUNS; i++) for (const server of servers) await contestant(server, scaled).run();
        results.push(
          await compare(
            one.title,
            servers.map((server) => contestant(server, scaled)),
            context.rounds,
            goals,
          ),
        );
      }
      return results;
    });
  } finally {
    await sink.stop();
  }
}
