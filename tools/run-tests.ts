// `npm test`: every test there is, told briefly. Failures with their reason, then skipped tests with theirs, then the closing lines of
// the Node test runner. Arguments: `--only unit|e2e|peers` (may be repeated), or parts of file names.
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import { inspect, parseArgs } from 'node:util';

interface Group {
  readonly name: string;
  readonly files: readonly string[];
  readonly concurrency: number;
  /** For one test, in milliseconds; a group in which nothing at all happens for half a minute longer is ended. */
  readonly timeoutMs: number;
}

interface Tally {
  readonly counts: Record<string, number>;
  readonly failed: string[];
  readonly skipped: string[];
}

/** In the order of the closing lines. */
const countNames = ['tests', 'suites', 'passed', 'failed', 'cancelled', 'skipped', 'todo'] as const;
const closingNames: Readonly<Record<(typeof countNames)[number], string>> = {
  tests: 'tests',
  suites: 'suites',
  passed: 'pass',
  failed: 'fail',
  cancelled: 'cancelled',
  skipped: 'skipped',
  todo: 'todo',
};

const processors = availableParallelism();
// Peers are real mail servers with ports and spools of their own: one file at a time.
const groups: readonly Group[] = [
  {
    name: 'unit',
    files: globSync(['src/**/*.test.ts', 'test/*.test.ts', 'test/harness/**/*.test.ts', 'bench/**/*.test.ts', 'tools/**/*.test.ts']).sort(),
    concurrency: processors,
    timeoutMs: 60_000,
  },
  // What the RFCs say, a row a section, and stories from outside.
  { name: 'e2e', files: globSync(['test/conformance/**/*.test.ts', 'test/e2e/**/*.test.ts']).sort(), concurrency: processors, timeoutMs: 60_000 },
  { name: 'peers', files: globSync('test/peers/**/*.test.ts').sort(), concurrency: 1, timeoutMs: 180_000 },
];

async function runGroup({ files, concurrency, timeoutMs }: Group, { counts, failed, skipped }: Tally): Promise<void> {
  const said = new Map<string, string>();
  const ended = new Set<string>();
  const hung = new AbortController();
  const stream = run({ files: [...files], concurrency, timeout: timeoutMs, signal: hung.signal });
  // A test that leaves a socket open, or loops, keeps its file's process alive for ever: the runner does not end it, so we do.
  const watch = setTimeout(() => {
    const left = files.filter((file) => !ended.has(resolve(file)));
    for (const file of left) failed.push(`${file}  did not end, or waited behind one that did not`);
    hung.abort();
  }, timeoutMs + 30_000);
  stream.on('data', () => watch.refresh());
  stream.on('test:stderr', ({ file, message }) => said.set(file, `${said.get(file) ?? ''}${message}`.slice(-4000)));
  stream.on('test:fail', ({ name, file = '', line, details, todo }) => {
    const { error } = details;
    // A suite fails because a test in it did: that test has told why.
    if (todo !== undefined || (hung.signal.aborted && files.includes(name)) || ('failureType' in error && error.failureType === 'subtestsFailed')) return;
    console.log(`FAILED  ${place(file, line)}  ${name}`);
    // A file that fails as a whole did not start, or ended before its tests: what it wrote says why.
    const why = files.includes(name) ? (said.get(file) ?? '') : inspect(error.cause ?? error, { colors: process.stdout.isTTY });
    failed.push(`${place(file, line)}  ${name}\n${indented(why)}`);
  });
  stream.on('test:pass', ({ name, file = '', line, skip }) => {
    if (skip !== undefined && skip !== false) skipped.push(`${place(file, line)}  ${name}${typeof skip === 'string' && skip !== '' ? `: ${skip}` : ''}`);
  });
  stream.on('test:summary', (summary) => {
    if (summary.file !== undefined) ended.add(resolve(summary.file));
    else for (const name of countNames) counts[name] = (counts[name] ?? 0) + (name === 'failed' ? failures(summary.counts) : summary.counts[name]);
  });
  await once(stream, 'close'); // every file has ended
  clearTimeout(watch);
}

/** The runner's counts name no failures: they are what is left of the tests. */
const failures = (counts: {
  readonly tests: number;
  readonly passed: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly todo: number;
}): number => counts.tests - counts.passed - counts.cancelled - counts.skipped - counts.todo;

function report({ counts, failed, skipped }: Tally, ms: number): void {
  if (skipped.length > 0) console.log(`\nskipped:\n${skipped.map((line) => `  ${line}`).join('\n')}`);
  if (failed.length > 0) console.log(`\nfailed:\n\n${failed.join('\n\n')}`);
  console.log('');
  for (const name of countNames) console.log(`# ${closingNames[name]} ${counts[name]}`);
  console.log(`# duration_ms ${ms.toFixed(0)}`);
}

const place = (file: string, line: number | undefined): string => `${relative(process.cwd(), file)}:${line ?? 1}`;
const indented = (text: string): string => text.replaceAll(/^/gm, '    ');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string', multiple: true } } });
const wanted = groups
  .filter(({ name }) => values.only === undefined || values.only.includes(name))
  .map((group) => ({ ...group, files: group.files.filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part))) }))
  .filter(({ files }) => files.length > 0);
if (wanted.length === 0) {
  console.error(`no test file of ${values.only?.join(', ') ?? 'any group'} fits ${positionals.join(', ') || 'this folder'}`);
  process.exit(2);
}

const started = performance.now();
const tally: Tally = { counts: Object.fromEntries(countNames.map((name) => [name, 0])), failed: [], skipped: [] };
for (const group of wanted) {
  const before = performance.now();
  // oxlint-disable-next-line eslint/no-await-in-loop -- one group after the other
  await runGroup(group, tally);
  console.log(`${group.name}: ${group.files.length} files, ${seconds(performance.now() - before)}`);
}
report(tally, performance.now() - started);
process.exitCode = tally.failed.length > 0 || (tally.counts['failed'] ?? 0) + (tally.counts['cancelled'] ?? 0) > 0 ? 1 : 0;
