// One network opens nine connections in ten, a hundred and more a second: what do clients of other networks notice (missions L1, L8)?
import { setTimeout as wait } from 'node:timers/promises';
import type { GreeterOptions, Greetings } from '../load/greeter.ts';
import { runTool } from '../load/program.ts';
import { compare, type Comparison, type Figures } from '../measure/paired.ts';
import { startGateway } from '../peers/gateway.ts';
import type { Server } from '../peers/process.ts';
import { withServers, type Context } from './context.ts';

const FLOOD_PER_SECOND = 450;
const OTHERS_PER_SECOND = 50;
const QUIET_SECONDS = 10;
const FLOOD_SECONDS = 20;
const PATIENCE_MS = 10_000;
/** One network's addresses, and one address in each of a hundred others. */
const flooders = Array.from({ length: 200 }, (_, host) => `127.1.0.${1 + host}`);
const others = Array.from({ length: 250 }, (_, network) => `127.100.${network}.1`);

const greetings = (server: Server, options: Omit<GreeterOptions, 'target' | 'patienceMs'>): Promise<Greetings> =>
  runTool<GreeterOptions, Greetings>('greeter', { ...options, target: server.target, patienceMs: PATIENCE_MS });

function printCurve(title: string, { perSecond }: Greetings): void {
  console.log(`${title}\nsecond  p50 ms  p99 ms  max ms`);
  for (const [second, { p50, p99, max }] of perSecond.entries())
    console.log([String(second).padStart(6), ...[p50, p99, max].map((ms) => ms.toFixed(1).padStart(7))].join(' '));
}

async function besideFlood(server: Server): Promise<Figures> {
  await greetings(server, { perSecond: OTHERS_PER_SECOND, seconds: 2, from: others }); // warm
  const quiet = await greetings(server, { perSecond: OTHERS_PER_SECOND, seconds: QUIET_SECONDS, from: others });
  const flooding = greetings(server, { perSecond: FLOOD_PER_SECOND, seconds: FLOOD_SECONDS, from: flooders });
  await wait(2000); // its burst is over
  const seconds = FLOOD_SECONDS - 3;
  const loaded = await greetings(server, { perSecond: OTHERS_PER_SECOND, seconds, from: others });
  const flood = await flooding;
  printCurve('others, quiet', quiet);
  printCurve('others, beside the flood', loaded);
  const [before, beside] = [quiet.all, loaded.all];
  return {
    'p50 quiet ms': before.p50,
    'p50 flooded ms': beside.p50,
    'p99 quiet ms': before.p99,
    'p99 flooded ms': beside.p99,
    'p99 ratio': beside.p99 / before.p99,
    'others not greeted': loaded.refused + loaded.gaveUp,
    'flood greeted a second': flood.greeted / FLOOD_SECONDS,
  };
}

/** The gateway alone: no peer has a queue by network. Rates and load are at their defaults. */
export async function fairness({ node, dnsPort, hasGateway, rounds }: Context): Promise<Comparison[]> {
  if (!hasGateway) return [];
  const title = `${FLOOD_PER_SECOND} connections/s from one network beside ${OTHERS_PER_SECOND}/s from ${others.length} others`;
  const goals = [
    { figure: 'p99 ratio', atMost: 2 },
    { figure: 'others not greeted', atMost: 0 },
  ];
  return [
    await withServers([() => startGateway({ node, dnsPort, hubPort: 9, ladder: true })], ([server]) =>
      compare(title, server === undefined ? [] : [{ name: server.name, run: () => besideFlood(server) }], rounds, goals),
    ),
  ];
}
