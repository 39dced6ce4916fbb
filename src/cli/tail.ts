// `floodgate tail`: decisions of the running gateway as they happen, one line each.
import { entryOf } from '../events/catalogue.ts';
import { logLine } from '../events/log-line.ts';
import type { Event } from '../model/events.ts';
import { printJson, type Subcommand } from './command-line.ts';
import { watchDaemon } from './live.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

type TailOptions = WhichGateway & { readonly json?: boolean; readonly all?: boolean };

/** Adds `tail` to the program. */
export const tail: Subcommand = (program) => {
  program
    .command('tail')
    .description('decisions of the running gateway as they happen')
    .option('--all', 'every event, not only decisions')
    .option('--json', 'one JSON object a line')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration')
    .action(run);
};

async function run({ json, all, ...gateway }: TailOptions): Promise<void> {
  const leave = new AbortController();
  // Whoever read our output may go (`tail | head`), and Control-C is the ordinary end.
  process.stdout.once('error', () => leave.abort());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leave.abort());
  for await (const news of watchDaemon(stateDirOf(gateway), { all: all === true, signal: leave.signal })) {
    if (news.kind === 'missed') process.stderr.write(`floodgate: ${news.missed} events were too many to show here; the journal has them\n`);
    else if (news.kind === 'event' && json === true) printJson(news.event);
    else if (news.kind === 'event') process.stdout.write(`${tailLine(news.event)}\n`);
  }
  if (!leave.signal.aborted) process.stderr.write('floodgate: the gateway has ended\n');
}

/** An event as a person reads it: the line that the log has, with the reference for `floodgate explain`. */
export const tailLine = (event: Event): string =>
  logLine('text', { time: new Date(event.at).toISOString(), door: event.door }, entryOf(event).level(event), event);
