// `floodgate replay`: the past held against a configuration. What would have been decided, whom the measures would have hit, and what differs.
// The gateway need not run, and nothing is changed.
import { findConfig } from '../config/find.ts';
import { durationMsOf } from '../config/units.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';
import { replayJson, replayText } from './replay-form.ts';
import type { ReplayHearer, Replaying, ReplayRequest, ReplaySide } from './replay-records.ts';

interface ReplayFlags {
  readonly journal?: string;
  readonly log?: readonly string[];
  readonly mbox?: readonly string[];
  readonly observed?: true;
  readonly config?: string;
  readonly against?: string;
  readonly since?: string;
  readonly format: string;
  readonly json?: true;
}

const help = `
Exactly one of --journal, --log, --mbox and --observed. Relay control, protocol rules and limits are judged as they always hold.
What the past does not hold is supposed, and the line says so (assumed). See docs/replay.md.`;

/** The subcommand `replay`. */
export const replayCommand =
  (replaying: Replaying): Subcommand =>
  (program) => {
    program
      .command('replay')
      .description('hold the past against a configuration: what would have been decided, and what differs')
      .option('--journal <path>', 'a journal, a state directory, or one segment: each decision is made again')
      .option('--log <file...>', 'mail logs: alarms, measures, and what these would have hit')
      .option('--mbox <file...>', 'messages, mbox files or Maildirs: judged as if they came in now')
      .option('--observed', 'the journal of a site in mode observe: what would have been done')
      .option('--config <file>', 'the configuration to try; default as for run')
      .option('--against <file>', 'compare with this configuration instead of with what was (journals)')
      .option('--since <time>', 'of a journal only the latest part, as 1h or 7d')
      .option('--format <program>', 'who wrote the logs', 'auto')
      .option('--json', 'one JSON object a line')
      .addHelpText('after', help)
      .action((flags: ReplayFlags) => run(replaying, flags));
  };

async function run(replaying: Replaying, flags: ReplayFlags): Promise<void> {
  // Whoever read our output may go (`replay | head`).
  process.stdout.once('error', () => process.exit(0));
  let hadTrouble = false;
  const say = flags.json === true ? printJson : (record: object): void => void process.stdout.write(replayText(record));
  const hearer: ReplayHearer = {
    onDifference: (difference) => say(replayJson.difference(difference)),
    onAlarm: (alarm, side) => say(replayJson.alarm(alarm, sideOf(flags, side))),
    onMeasure: (measure, side) => say(replayJson.measure(measure, sideOf(flags, side))),
    onObserved: (observed) => say(replayJson.observed(observed)),
    onTrouble: (message) => {
      hadTrouble = true;
      process.stderr.write(`floodgate: ${message}\n`);
    },
  };
  say(replayJson.summary(await replaying(requestOf(flags), hearer)));
  if (hadTrouble) throw new CliError('not everything could be read');
}

/** With one configuration there are no sides to tell apart. */
const sideOf = ({ against }: ReplayFlags, side: ReplaySide): ReplaySide | null => (against === undefined ? null : side);

function requestOf(flags: ReplayFlags): ReplayRequest {
  const { journal, log, mbox, observed, against = null, since, format } = flags;
  if ([journal, log, mbox].filter((each) => each !== undefined).length + (observed === true && journal === undefined ? 1 : 0) !== 1)
    throw new CliError('name what to replay: one of --journal, --log, --mbox and --observed', 2);
  if (observed === true && (log ?? mbox) !== undefined) throw new CliError('--observed reads a journal', 2);
  if (against !== null && (journal === undefined || observed === true)) throw new CliError('--against compares decisions of a journal: give --journal', 2);
  const span = since === undefined ? Number.POSITIVE_INFINITY : durationMsOf(since);
  if (span === null) throw new CliError(`--since "${since}" is not understood; write it like 1h or 7d`, 2);
  const common = { against, sinceMs: Math.max(0, Date.now() - span) };
  if (log !== undefined) return { ...common, source: { kind: 'log', paths: log, format }, config: flags.config ?? null };
  const config = findConfig(flags.config);
  if (mbox !== undefined) return { ...common, source: { kind: 'mail', paths: mbox }, config };
  if (observed === true) return { ...common, source: { kind: 'observed', path: journal ?? null }, config };
  return { ...common, source: { kind: 'journal', path: journal ?? '' }, config };
}
