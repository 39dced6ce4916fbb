// Runs test files with Node's own runner, each in a process of its own, and says what became of each.
import { once } from 'node:events';
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';

/** In the order of the closing lines. */
export const countNames = ['tests', 'suites', 'passed', 'failed', 'cancelled', 'skipped', 'todo'] as const;
export type Counts = Readonly<Record<(typeof countNames)[number], number>>;

/** How a set of files is run. */
export interface Run {
  readonly files: readonly string[];
  /** Files that run side by side. */
  readonly concurrency: number;
  /** For one test, in milliseconds; a run in which nothing at all happens for half a minute longer is ended. */
  readonly timeoutMs: number;
  /** Ends what runs. */
  readonly stop?: AbortSignal;
}

/** What became of one file. */
export interface FileOutcome {
  readonly counts: Counts;
  /** Each with its place, title and reason. */
  readonly failures: readonly string[];
  readonly skipped: readonly string[];
  /** How long it took, in milliseconds; of several files, all of them together. */
  readonly ms: number;
}

/** By file, as it was given. */
export type Outcomes = ReadonlyMap<string, FileOutcome>;

const nothing: Counts = { tests: 0, suites: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 };
const none: FileOutcome = { counts: nothing, failures: [], skipped: [], ms: 0 };
/** A file that did not start, or did not end, counts as a test that failed. */
const oneFailure: Counts = { ...nothing, tests: 1, failed: 1 };

/** The sum of both. */
export const added = (one: Counts, other: Counts): Counts =>
  Object.fromEntries(countNames.map((name) => [name, one[name] + other[name]])) as Record<keyof Counts, number>;

/** Whether a file, or all of them together, came through. */
export const isGreen = ({ counts, failures }: FileOutcome): boolean => failures.length === 0 && counts.failed + counts.cancelled === 0;

/** All files as if they were one. */
export const total = (outcomes: Outcomes): FileOutcome => [...outcomes.values()].reduce(joined, none);

const joined = (one: FileOutcome, other: FileOutcome): FileOutcome => ({
  counts: added(one.counts, other.counts),
  failures: one.failures.concat(other.failures),
  skipped: one.skipped.concat(other.skipped),
  ms: one.ms + other.ms,
});

const place = (file: string, line: number | undefined): string => `${relative(process.cwd(), file)}:${line ?? 1}`;
const indented = (text: string): string => text.replaceAll(/^/gm, '    ');

/** Runs them and notes of each file, when it has ended, what became of it; a failure is told as soon as it is known. */
export async function runFiles(
  { files, concurrency, timeoutMs, stop }: Run,
  tell: (line: string) => void,
  outcomes: Map<string, FileOutcome> = new Map(),
): Promise<Outcomes> {
  const ledger = new Ledger(files, outcomes);
  if (files.length === 0) return ledger.outcomes; // Node's runner would look for some
  const said = new Map<string, string>();
  const hung = new AbortController();
  const signal = stop === undefined ? hung.signal : AbortSignal.any([stop, hung.signal]);
  const stream = run({ files: [...files], concurrency, timeout: timeoutMs, signal });
  // A test that leaves a socket open, or loops, keeps its file's process alive for ever: the runner does not end it, so we do.
  const watch = setTimeout(() => {
    for (const file of ledger.unended()) ledger.fileFailed(file, `${file}  did not end, or waited behind one that did not`);
    hung.abort();
  }, timeoutMs + 30_000);
  stream.on('data', () => watch.refresh());
  stream.on('test:stderr', ({ file, message }) => said.set(resolve(file), `${said.get(resolve(file)) ?? ''}${message}`.slice(-4000)));
  stream.on('test:fail', ({ name, file = '', line, details, todo }) => {
    const { error } = details;
    const isWholeFile = files.includes(name);
    // A suite fails because a test in it did: that test has told why.
    if (todo !== undefined || (signal.aborted && isWholeFile) || ('failureType' in error && error.failureType === 'subtestsFailed')) return;
    tell(`FAILED  ${place(file, line)}  ${name}`);
    // A file that fails as a whole did not start, or ended before its tests: what it wrote says why.
    const why = isWholeFile ? (said.get(resolve(file)) ?? '') : inspect(error.cause ?? error, { colors: process.stdout.isTTY });
    const failure = `${place(file, line)}  ${name}\n${indented(why)}`;
    if (isWholeFile) ledger.fileFailed(name, failure);
    else ledger.failed(failure);
  });
  stream.on('test:pass', ({ name, file = '', line, skip }) => {
    if (skip !== undefined && skip !== false) ledger.skipped(`${place(file, line)}  ${name}${typeof skip === 'string' && skip !== '' ? `: ${skip}` : ''}`);
  });
  stream.on('test:summary', ({ file, counts, duration_ms: ms }) => {
    if (file !== undefined) ledger.fileEnded(file, { ...nothing, ...counts, failed: failures(counts) }, ms);
  });
  await once(stream, 'close'); // every file has ended
  clearTimeout(watch);
  return ledger.outcomes;
}

/** The runner's types name no failures: they are what is left of the tests. */
const failures = (counts: Omit<Counts, 'failed'>): number => counts.tests - counts.passed - counts.cancelled - counts.skipped - counts.todo;

/**
 * Which file a test belongs to. The runner tells the place where a test is written, which may be a shared file; but it tells of one file
 * after the other, and ends each with its counts.
 */
class Ledger {
  readonly outcomes: Map<string, FileOutcome>;
  readonly #files: ReadonlyMap<string, string>;
  #failures: readonly string[] = [];
  #skipped: readonly string[] = [];

  constructor(files: readonly string[], outcomes: Map<string, FileOutcome>) {
    this.outcomes = outcomes;
    this.#files = new Map(files.map((file) => [resolve(file), file]));
  }

  failed(failure: string): void {
    this.#failures = [...this.#failures, failure];
  }

  skipped(line: string): void {
    this.#skipped = [...this.#skipped, line];
  }

  fileEnded(file: string, counts: Counts, ms = 0): void {
    const name = this.#files.get(resolve(file)) ?? file;
    const known = this.outcomes.get(name) ?? none;
    this.outcomes.set(name, joined(known, { counts, failures: this.#failures, skipped: this.#skipped, ms }));
    [this.#failures, this.#skipped] = [[], []];
  }

  fileFailed(file: string, failure: string): void {
    this.failed(failure);
    this.fileEnded(file, oneFailure);
  }

  unended(): readonly string[] {
    return [...this.#files.values()].filter((file) => !this.outcomes.has(file));
  }
}
