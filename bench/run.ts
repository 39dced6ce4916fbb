// `npm run bench -- [forward|refuse|banner|idle|abuse|fairness|start|all ...] [--runs 5] [--node 24|26|both] [--quick] [--json FILE] [--write]`
// Measures the gateway beside its peers in the same run; see bench/README.md for what each figure means and what is unfair about it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commitName, describeMachine } from './measure/machine.ts';
import { judgeGoals, type Comparison } from './measure/paired.ts';
import { toMarkdown } from './measure/report.ts';
import { whyNoGateway } from './peers/gateway.ts';
import { installPeers, node26 } from './peers/install.ts';
import { startNameServer } from './peers/nameserver.ts';
import { abuse } from './suites/abuse.ts';
import { namesOfMissing, type Context } from './suites/context.ts';
import { fairness } from './suites/fairness.ts';
import { forward } from './suites/forward.ts';
import { idle } from './suites/idle.ts';
import { banner, refuse } from './suites/refuse.ts';
import { start } from './suites/start.ts';

const suites: Readonly<Record<string, (context: Context) => Promise<Comparison[]>>> = { forward, refuse, banner, idle, abuse, fairness, start };

const usage = `usage: npm run bench -- [${Object.keys(suites).join('|')}|all ...] [options]
  --runs N         rounds of every comparison (default 5)
  --node 24|26|both   Node for the gateway and the floor; 24 is the one this runs on (default 24)
  --quick          a fifth of the messages: a look, not a measurement
  --seconds N      length of the abuse scenario (default 60)
  --json FILE      all figures
  --write          bench/results/<date>-<commit>.md
  --peers-only     without the gateway, to try the harness
  --install-peers  fetch Haraka and Node 26 into .cache/ first (needs the network)`;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '5' },
      node: { type: 'string', default: '24' },
      quick: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '60' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      'install-peers': { type: 'boolean', default: false },
      'peers-only': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const wanted = positionals.length === 0 || positionals.includes('all') ? Object.keys(suites) : positionals;
  const unknown = wanted.filter((name) => !Object.hasOwn(suites, name));
  return { ...values, wanted, unknown, runs: Number(values.runs), seconds: Number(values.seconds) };
}

/** The binaries to compare on; Node 26 only where it is installed. */
function chooseNodes(wish: string): string[] {
  const newer = node26();
  if (wish !== '24' && newer === null) throw new Error('Node 26 is not installed: npm run bench -- --install-peers');
  return [...(wish === '26' ? [] : [process.execPath]), ...(wish === '24' || newer === null ? [] : [newer])];
}

async function main(): Promise<void> {
  const args = readArguments();
  if (args.help || args.unknown.length > 0 || !(args.runs >= 1) || !(args.seconds >= 2 && args.seconds <= 120)) {
    console.error(usage);
    process.exitCode = args.help ? 0 : 2;
    return;
  }
  if (args['install-peers']) installPeers();
  const nodes = chooseNodes(args.node);
  const about = [...describeMachine(nodes), ...namesOfMissing().map((why) => `not compared: ${why}`)];
  console.log(about.map((line) => `- ${line}`).join('\n'), '\n');

  const nameServer = await startNameServer();
  const results: Comparison[] = [];
  const notes: string[] = [];
  for (const node of nodes) {
    const context: Context = {
      node,
      hasGateway: !args['peers-only'] && whyNoGateway() === null,
      rounds: args.runs,
      dnsPort: nameServer.port,
      scale: args.quick ? 0.2 : 1,
      abuseSeconds: args.seconds,
      note: (markdown) => {
        notes.push(markdown);
        console.log(markdown);
      },
    };
    for (const name of args.wanted) {
      for (const comparison of (await suites[name]?.(context)) ?? []) {
        const title = nodes.length > 1 || args.node === '26' ? `${comparison.title} (Node ${node === process.execPath ? '24' : '26'})` : comparison.title;
        const titled = { ...comparison, title, goals: context.hasGateway ? comparison.goals : [] };
        results.push(titled);
        console.log(toMarkdown(titled));
      }
    }
  }
  nameServer.stop();
  if (args.json !== undefined)
    writeFileSync(
      args.json,
      JSON.stringify(
        results.map((one) => ({ title: one.title, about, rounds: Object.fromEntries(one.rounds), goals: judgeGoals(one) })),
        null,
        2,
      ),
    );
  if (args.write) writePage(about, results, notes);
}

function writePage(about: readonly string[], results: readonly Comparison[], notes: readonly string[]): void {
  const date = new Date().toISOString().slice(0, 10);
  const directory = fileURLToPath(new URL('results', import.meta.url));
  const file = `${directory}/${date}-${commitName()}.md`;
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, [`# Measured ${date}`, '', ...about.map((line) => `- ${line}`), '', ...results.map(toMarkdown), ...notes].join('\n'));
  console.log(`written: ${file}`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1)); // the servers end with us
await main();
