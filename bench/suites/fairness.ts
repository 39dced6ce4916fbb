// One network opens a hundred and then a thousand connections a second: what do clients of other networks notice (missions L1, L8)? And how
// does the load level move through an overload (L2, L4)?
import { setTimeout as wait } from 'node:timers/promises';
import type { GreeterOptions, Greetings } from '../load/greeter.ts';
import { readLevels, turnsOf, type LevelReading } from '../load/level-reader.ts';
import { runTool } from '../load/program.ts';
import { compare, type Comparison, type Figures } from '../measure/paired.ts';
import { startGateway } from '../peers/gateway.ts';
import { freePort, type Server } from '../peers/process.ts';
import { withServers, type Context } from './context.ts';

const FLOODS_PER_SECOND = [100, 1000];
const OTHERS_PER_SECOND = 50;
const QUIET_SECONDS = 8;
const FLOOD_SECONDS = 14;
const PATIENCE_MS = 10_000;
/** One network's addresses, and one address in each of 250 others. */
const flooders = Array.from({ length: 200 }, (_, host) => `127.1.0.${1 + host}`);
const others = Array.from({ length: 250 }, (_, network) => `127.100.${network}.1`);

const greetings = (server: Server, options: Omit<GreeterOptions, 'target' | 'patienceMs'>): Promise<Greetings> =>
  runTool<GreeterOptions, Greetings>('greeter', { ...options, target: server.target, patienceMs: PATIENCE_MS });

interface Curve {
  readonly others: Greetings;
  readonly levels: readonly LevelReading[];
}

function curveTable(title: string, { others: { perSecond }, levels }: Curve): string {
  const rows = perSecond.map(({ p50, p99, max }, second) => {
    const reading = levels.find((one) => one.second === second);
    return `| ${[second, ...[p50, p99, max].map((ms) => ms.toFixed(1)), reading?.level ?? '', reading?.waiting ?? ''].join(' | ')} |`;
  });
  return [`\n### ${title}\n`, '| second | p50 ms | p99 ms | max ms | level | waiting |', '|---|---|---|---|---|---|', ...rows, ''].join('\n');
}

async function watched(webPort: number, load: Promise<Greetings>): Promise<Curve> {
  const reader = readLevels(webPort);
  try {
    return { others: await load, levels: reader.stop() };
  } finally {
    reader.stop();
  }
}

async function besideFlood(server: Server, webPort: number, perSecond: number, keep: (curve: Curve) => void): Promise<Figures> {
  await greetings(server, { perSecond: OTHERS_PER_SECOND, seconds: 2, from: others }); // warm
  const quiet = await greetings(server, { perSecond: OTHERS_PER_SECOND, seconds: QUIET_SECONDS, from: others });
  const flooding = greetings(server, { perSecond, seconds: FLOOD_SECONDS, from: flooders });
  await wait(2000); // its burst is over
  const curve = await watched(webPort, greetings(server, { perSecond: OTHERS_PER_SECOND, seconds: FLOOD_SECONDS - 3, from: others }));
  const flood = await flooding;
  keep(curve);
  const [before, beside] = [quiet.all, curve.others.all];
  return {
    'p50 quiet ms': before.p50,
    'p50 flooded ms': beside.p50,
    'p99 quiet ms': before.p99,
    'p99 flooded ms': beside.p99,
    'p99 ratio': beside.p99 / before.p99,
    'others not greeted': curve.others.refused + curve.others.gaveUp,
    'flood greeted a second': flood.greeted / FLOOD_SECONDS,
  };
}

/** The gateway alone: no peer has a queue by network. Rates and load are at their defaults. */
export async function fairness(context: Context): Promise<Comparison[]> {
  const { node, dnsPort, hasGateway, rounds } = context;
  if (!hasGateway) return [];
  const goals = [
    { figure: 'p99 ratio', atMost: 2 },
    { figure: 'others not greeted', atMost: 0 },
  ];
  const comparisons: Comparison[] = [];
  for (const perSecond of FLOODS_PER_SECOND) {
    const title = `${perSecond} connections/s from one network beside ${OTHERS_PER_SECOND}/s from ${others.length} others`;
    const curves: Curve[] = [];
    const webPort = await freePort();
    comparisons.push(
      await withServers([() => startGateway({ node, dnsPort, hubPort: 9, ladder: true, webPort })], ([server]) =>
        compare(
          title,
          server === undefined ? [] : [{ name: server.name, run: () => besideFlood(server, webPort, perSecond, (curve) => curves.push(curve)) }],
          rounds,
          goals,
        ),
      ),
    );
    const last = curves.at(-1);
    if (last !== undefined) context.note(curveTable(`The others beside ${perSecond}/s, last round`, last));
  }
  await recordSwell(context);
  return comparisons;
}

/** Places in the swell: of these strangers may take 60 %. */
const SWELL_SESSIONS = 200;
const SWELL_SECONDS = 30;
const EBB_SECONDS = 35;

/** More strangers from everywhere than there are places, for half a minute; then none. The curve of the level, second by second. */
async function recordSwell({ node, dnsPort, note }: Context): Promise<void> {
  const webPort = await freePort();
  await withServers([() => startGateway({ node, dnsPort, hubPort: 9, ladder: true, webPort, limits: { sessions: SWELL_SESSIONS } })], async ([server]) => {
    if (server === undefined) return;
    const reader = readLevels(webPort);
    const load = await greetings(server, { perSecond: 30, seconds: SWELL_SECONDS, from: others, stayMs: 6000 });
    await wait(EBB_SECONDS * 1000);
    const levels = reader.stop();
    const title = `The level through an overload: 30 strangers/s who stay 6 s, for ${SWELL_SECONDS} s, with ${SWELL_SESSIONS * 0.6} places for strangers`;
    const seconds = levels.map(({ second, level }) => `| ${second} | ${level} | ${level === 0 ? '' : '#'.repeat(level)} |`);
    const said = `Greeted ${load.greeted}, refused ${load.refused}, gave up ${load.gaveUp}. The level changed its direction ${turnsOf(levels)} times.`;
    note([`\n### ${title}\n`, said, '', '| second | level | |', '|---|---|---|', ...seconds, ''].join('\n'));
  });
}
