// floodgate rules try: the configuration's own rules held against what the journal remembers.
import { join } from 'node:path';
import { findConfig } from '../config/find.ts';
import { loadConfig, type LoadContext } from '../config/load.ts';
import { durationMsOf } from '../config/units.ts';
import { readJournal } from '../events/read-journal.ts';
import { rehearse, type Rehearsed } from '../events/rehearse-rules.ts';
import { matcherOf } from '../policy/rules.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';

interface Options {
  readonly config?: string;
  readonly since: string;
  readonly json?: boolean;
}

/** The subcommand `rules try`; `wordsSaid` decodes a subject that is written in encoded words. */
export const rulesCommand =
  (context: LoadContext, wordsSaid: (subject: string | null) => string | undefined): Subcommand =>
  (program) => {
    const rules = program.command('rules').description('rules of your own (docs/own-checks.md)');
    rules
      .command('try')
      .description('hold the rules of a configuration against the journal: what they would have hit, and what became of that mail')
      .option('--config <file>', 'the configuration with the rules; default as for run')
      .option('--since <time>', 'how far back, as 1h or 7d', '1d')
      .option('--json', 'one JSON object a rule')
      .action(async (options: Options) => {
        const loaded = loadConfig(findConfig(options.config), context);
        if (!loaded.ok) throw new CliError('the configuration has errors; `floodgate check` names them');
        const { config } = loaded;
        if (config.rules.length === 0) throw new CliError('the configuration has no rules');
        const sinceMs = durationMsOf(options.since);
        if (sinceMs === null) throw new CliError(`--since "${options.since}" is not understood; write it like 1h or 7d`, 2);
        const events = readJournal(join(config.state, 'journal'), { fromMs: Date.now() - sinceMs });
        const results = await rehearse(
          config.rules.map(({ id, action, when }) => {
            const matches = matcherOf(when);
            return { id, action, matches: (view) => matches({ ...view, subjectText: wordsSaid(view.subject) }) };
          }),
          events,
        );
        for (const each of results) {
          if (options.json) printJson(each);
          else process.stdout.write(textOf(each));
        }
      });
  };

/** What a rule would have done, for people. */
export function textOf({ id, action, hits, delivered, samples }: Rehearsed): string {
  const head = `${id} (${action}): would have hit ${hits}, of which ${delivered} were delivered\n`;
  return (
    head +
    samples
      .map(
        ({ at, ip, from, to, subject, outcome, reference }) =>
          `  ${at} ${ip} <${from ?? ''}> to ${to.join(', ') || '-'}${subject === null ? '' : ` "${subject}"`}: ${outcome} (${reference})\n`,
      )
      .join('')
  );
}
