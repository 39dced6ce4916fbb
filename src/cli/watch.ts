// `floodgate watch`: what mail logs tell, and the alarms of the detectors over them. The gateway need not run, and nothing is changed.
import type { Alarm } from '../model/alarm.ts';
import type { LogEvent } from '../model/log-event.ts';
import { CliError, type Subcommand } from './command-line.ts';

/** What of the logs is asked for. */
export interface WatchRequest {
  readonly files: readonly string[];
  readonly format: string;
  readonly follow: boolean;
  /** Whether the detectors look at what is read. */
  readonly alarms: boolean;
  /** The site's configuration: our domains and networks, settings of detectors. Null: what the logs tell. */
  readonly config: string | null;
  readonly signal: AbortSignal;
}

/** What is told while logs are read. */
export interface WatchHearer {
  /** Null: events are not asked for, and none is made only for this. */
  readonly onEvent: ((event: LogEvent) => void) | null;
  readonly onAlarm: (alarm: Alarm, event: LogEvent) => void;
  readonly onUnknown: ((file: string, line: number, text: string) => void) | null;
  /** A log that cannot be read, or is not there yet; the others are read. */
  readonly onTrouble: (message: string) => void;
  /** After each piece of a log. */
  drain(): Promise<void>;
}

/** What was read of all logs; times are of the log, in milliseconds since the epoch. */
export interface WatchSummary {
  readonly lines: number;
  readonly events: number;
  readonly unknownLines: number;
  readonly alarms: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** Reads logs; composed elsewhere. */
export interface LogWatching {
  readonly formats: readonly string[];
  watch(request: WatchRequest, hearer: WatchHearer): Promise<WatchSummary>;
}

interface WatchFlags {
  readonly json?: boolean;
  readonly format: string;
  readonly events?: boolean;
  readonly summary?: boolean;
  readonly unknown?: boolean;
  readonly follow?: boolean;
  readonly config?: string;
  /** False with `--no-alarms`. */
  readonly alarms: boolean;
}

/** The subcommand `watch`. */
export const watchCommand =
  (watching: LogWatching): Subcommand =>
  (program) => {
    program
      .command('watch')
      .description('read mail logs: alarms, and what happened')
      .argument('<file...>', 'logs, plain or packed with gzip, xz or zstd; - is standard input')
      .option('--format <program>', watching.formats.join(', '), 'auto')
      .option('--events', 'every event as well, not only alarms')
      .option('--summary', 'counts at the end')
      .option('--unknown', 'on standard error, lines that nobody understood')
      .option('--no-alarms', 'without the detectors: faster, for counts and events alone')
      .option('--follow', 'go on with what is written later, also after a rotation')
      .option('--config <file>', "the site's domains, networks and detector settings; default: what the logs tell")
      .option('--json', 'one JSON object a line')
      .action((files: readonly string[], flags: WatchFlags) => run(watching, files, flags));
  };

async function run(watching: LogWatching, files: readonly string[], flags: WatchFlags): Promise<void> {
  if (!watching.formats.includes(flags.format)) throw new CliError(`unknown format ${flags.format}; known are ${watching.formats.join(', ')}`, 2);
  if (flags.follow === true && files.includes('-')) throw new CliError('standard input cannot be followed; it is read until it ends', 2);
  const leave = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leave.abort());
  const output = new Output(() => leave.abort());
  let failed = false;
  const form = flags.json === true ? jsonForm : textForm;
  const hearer: WatchHearer = {
    onEvent: flags.events === true ? (event) => output.write(form.event(event)) : null,
    onAlarm: (alarm, event) => output.write(form.alarm(alarm, event)),
    onUnknown: flags.unknown === true ? (file, line, text) => process.stderr.write(`${file}:${line}: ${printable(text)}\n`) : null,
    onTrouble: (message) => {
      failed = true;
      process.stderr.write(`floodgate: ${message}\n`);
    },
    drain: () => output.drain(),
  };
  const { follow = false, config = null, format, alarms } = flags;
  const summary = await watching.watch({ files, format, follow, alarms, config, signal: leave.signal }, hearer);
  if (flags.summary === true) output.write(form.summary(summary));
  await output.drain();
  if (failed && !follow) throw new CliError('not every log could be read to its end');
}

/** Lines for standard output, in large pieces: a call for each would cost more than reading the log. */
class Output {
  #lines: string[] = [];
  #length = 0;
  #isGone = false;

  constructor(onGone: () => void) {
    // Whoever read our output may go (`watch | head`).
    process.stdout.once('error', () => {
      this.#isGone = true;
      onGone();
    });
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
  }

  async drain(): Promise<void> {
    if (this.#length === 0 || this.#isGone) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#length = 0;
    await new Promise<void>((resolve) => {
      process.stdout.write(text, () => resolve());
    });
  }
}

interface Form {
  event(event: LogEvent): string;
  alarm(alarm: Alarm, event: LogEvent): string;
  summary(summary: WatchSummary): string;
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const jsonForm: Form = {
  event: (event) => JSON.stringify({ record: 'event', ...event, at: iso(event.at) }),
  alarm: (alarm, { file, line }) =>
    JSON.stringify({
      record: 'alarm',
      at: iso(alarm.at),
      detector: alarm.detector,
      level: alarm.level,
      recipient: alarm.key.recipient ?? null,
      client: alarm.key.ip === undefined ? null : { ip: alarm.key.ip },
      network: alarm.key.network ?? null,
      sender: alarm.key.sender ?? null,
      user: alarm.key.user ?? null,
      count: alarm.count,
      file,
      line,
      // Incidents are kept by the gateway; reading a log opens none.
      incident: null,
      because: alarm.because,
    }),
  summary: ({ first, last, ...counts }) => JSON.stringify({ record: 'summary', ...counts, first: iso(first), last: iso(last) }),
};

/** A stranger's control characters do not reach the terminal. */
const printable = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');

const word = (name: string, value: string | null): string => (value === null ? '' : ` ${name}=${printable(value)}`);

const textForm: Form = {
  event(event) {
    const who = `${word('client', event.client?.ip ?? null)}${word('user', event.user)}${word('from', event.from)}${word('to', event.to)}`;
    const what = `${word('id', event.queueId)}${word('reply', event.replyCode)}${word('reason', event.reason)}`;
    return `${iso(event.at) ?? '-'} ${event.hostile ? 'hostile ' : ''}${event.type}${event.outcome === null ? '' : ` ${event.outcome}`}${who}${what} (${event.file}:${event.line})`;
  },
  alarm: (alarm, { file, line }) => `${iso(alarm.at)} ${alarm.level.toUpperCase()} ${alarm.detector}: ${printable(alarm.because)} (${file}:${line})`,
  summary: ({ lines, events, unknownLines, alarms, first, last }) =>
    `${lines} lines, ${events} events, ${unknownLines} lines not understood, ${alarms} alarms; from ${iso(first) ?? '-'} to ${iso(last) ?? '-'}`,
};
