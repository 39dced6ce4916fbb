// `npm test`: every test there is, told briefly. Failures with their reason, then skipped tests with theirs, what is unsteady, then the closing
// lines of the Node test runner. Arguments: `--only unit|e2e|peers` (may be repeated), `--once` (no second try), or parts of file names.
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { countNames, isGreen, runFiles, total, type FileOutcome, type Outcomes, type Run } from './test-run/run-files.ts';
import { promisedTimes } from './test-run/promised-times.ts';
import { tryAgain, type SecondTry } from './test-run/second-try.ts';

interface Group extends Run {
  readonly name: string;
  /** Stories with several processes: what failed is tried once more, alone. A unit test depends on nothing else and must never fail. */
  readonly hasSecondTry: boolean;
}

const closingNames: Readonly<Record<(typeof countNames)[number], string>> = {
  tests: 'tests',
  suites: 'suites',
  passed: 'pass',
  failed: 'fail',
  cancelled: 'cancelled',
  skipped: 'skipped',
  todo: 'todo',
};

// What other programs say is read: in the language they were written in, not in that of the machine. The time zone is left as it is.
process.env['LC_ALL'] = 'C.UTF-8';
process.umask(0o022); // mail servers that drop privileges read what tests write for them

// Hundreds of processes read the same sources: the first to do so leaves for the others what it made of them.
const compiled = mkdtempSync(join(tmpdir(), 'floodgate-compiled-'));
process.env['NODE_COMPILE_CACHE'] ??= compiled;
process.on('exit', () => rmSync(compiled, { recursive: true, force: true }));

const processors = availableParallelism();
const groups: readonly Group[] = [
  {
    name: 'unit',
    files: globSync(['src/**/*.test.ts', 'test/*.test.ts', 'test/harness/**/*.test.ts', 'bench/**/*.test.ts', 'tools/**/*.test.ts']).sort(),
    concurrency: processors,
    timeoutMs: 120_000,
    hasSecondTry: false,
  },
  {
    name: 'e2e', // What the RFCs say, a row a section, and stories from outside.
    files: globSync(['test/conformance/**/*.test.ts', 'test/e2e/**/*.test.ts']).sort(),
    concurrency: 2 * processors, // they wait more than they compute
    timeoutMs: 120_000,
    hasSecondTry: true,
  },
  // Peers are real mail servers with ports and spools of their own.
  { name: 'peers', files: globSync('test/peers/**/*.test.ts').sort(), concurrency: processors, timeoutMs: 300_000, hasSecondTry: true },
];

const tell = (line: string): void => console.log(line);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Where the time goes: the files of a group that took longest. */
const slowest = (outcomes: Outcomes): string =>
  [...outcomes]
    .toSorted(([, one], [, other]) => other.ms - one.ms)
    .slice(0, 5)
    .map(([file, { ms }]) => `${basename(file, '.test.ts')} ${seconds(ms)}`)
    .join(', ');

async function runGroup(group: Group, first: Map<string, FileOutcome>): Promise<SecondTry> {
  await runFiles({ ...group, files: group.files.filter((file) => !promisedTimes.has(file)) }, tell, first);
  await runFiles({ ...group, files: group.files.filter((file) => promisedTimes.has(file)), concurrency: 1 }, tell, first);
  if (!group.hasSecondTry || values.once) return { outcomes: first, unsteady: [] };
  return tryAgain(first, async (file) => {
    const again = total(await runFiles({ ...group, files: [file], concurrency: 1 }, tell));
    tell(`AGAIN   ${file}  ${isGreen(again) ? 'passed' : 'failed'} alone`);
    return again;
  });
}

function report(outcomes: Outcomes, unsteady: readonly string[], ms: number): void {
  const { counts, failures, skipped } = total(outcomes);
  if (skipped.length > 0) console.log(`\nskipped:\n${skipped.map((line) => `  ${line}`).join('\n')}`);
  if (unsteady.length > 0) console.log(`\nunsteady (failed once, passed alone):\n\n${unsteady.join('\n\n')}`);
  if (failures.length > 0) console.log(`\nfailed:\n\n${failures.join('\n\n')}`);
  console.log('');
  for (const name of countNames) console.log(`# ${closingNames[name]} ${counts[name]}`);
  console.log(`# unsteady ${unsteady.length}`);
  console.log(`# duration_ms ${ms.toFixed(0)}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true }, once: { type: 'boolean', default: false } },
});
const wanted = groups
  .filter(({ name }) => values.only === undefined || values.only.includes(name))
  .map((group) => ({ ...group, files: group.files.filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part))) }))
  .filter(({ files }) => files.length > 0);
if (wanted.length === 0) {
  console.error(`no test file of ${values.only?.join(', ') ?? 'any group'} fits ${positionals.join(', ') || 'this folder'}`);
  process.exit(2);
}

const started = performance.now();
const outcomes = new Map<string, FileOutcome>();
const unsteady: string[] = [];
const stop = new AbortController();
let underWay = new Map<string, FileOutcome>();

// Whoever runs out of patience is told what is known by then, and leaves no test behind.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    const known = new Map([...outcomes, ...underWay]);
    report(known, unsteady, performance.now() - started);
    const open = wanted.flatMap(({ files }) => files).filter((file) => !known.has(file));
    console.log(`ended by ${signal}; ${open.length} files had not ended, ${open[0] ?? 'none'} among the first`);
    stop.abort();
    process.exit(128);
  });
}

for (const group of wanted) {
  const before = performance.now();
  underWay = new Map();
  // oxlint-disable-next-line eslint/no-await-in-loop -- one group after the other
  const came = await runGroup({ ...group, stop: stop.signal }, underWay);
  for (const [file, outcome] of came.outcomes) outcomes.set(file, outcome);
  unsteady.push(...came.unsteady);
  console.log(`${group.name}: ${group.files.length} files, ${seconds(performance.now() - before)}; longest: ${slowest(came.outcomes)}`);
}
report(outcomes, unsteady, performance.now() - started);
// The second try explains, it does not excuse: what failed once is a fault of the product or of the test.
process.exitCode = isGreen(total(outcomes)) && unsteady.length === 0 ? 0 : 1;
