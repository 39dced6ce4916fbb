// floodgate check: all that is wrong with a configuration, at once.
import { findConfig } from '../config/find.ts';
import { type ConfigProblem, loadConfig, type LoadContext, type LoadResult } from '../config/load.ts';
import type { Config } from '../config/options.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';

/** What the catalogue of checks says about settings under `checks`. */
export type CheckDeps = Pick<LoadContext, 'checkIds' | 'abuseChecks' | 'checkDefaults' | 'checkProblems'>;

/** The subcommand `check`. */
export const checkCommand =
  (deps: CheckDeps): Subcommand =>
  (program) => {
    program
      .command('check')
      .description('say all that is wrong with a configuration; nothing is started')
      .option('--config <file>', 'default: ./floodgate.yaml, else /etc/floodgate/floodgate.yaml')
      .option('--json', 'one JSON object on standard output')
      .action((options: { readonly config?: string; readonly json?: boolean }) => {
        const file = findConfig(options.config);
        const result = loadConfig(file, deps);
        if (options.json) printJson({ ok: result.ok, errors: result.ok ? [] : result.errors, warnings: result.warnings });
        else process.stdout.write(reportOf(file ?? 'first-run set-up', result));
        if (!result.ok) throw new CliError(summary(file, result.errors.length));
      });
  };

/** One line for standard error, when a configuration was refused. */
export const summary = (file: string | null, errors: number): string =>
  `${file ?? 'the first-run set-up'}: ${errors} ${errors === 1 ? 'error' : 'errors'} in the configuration`;

/** A line a problem, warnings marked, as compilers write it: editors jump to the place. */
export function reportOf(file: string, result: LoadResult): string {
  const errors = (result.ok ? [] : result.errors).map((problem) => problemLine(file, problem));
  const warnings = result.warnings.map((problem) => problemLine(file, { ...problem, message: `warning: ${problem.message}` }));
  return [...errors, ...warnings, ...(result.ok ? [...notesOn(result.config).map((note) => `${file}: note: ${note}`), `${file}: ok`] : [])]
    .map((line) => `${line}\n`)
    .join('');
}

/** What is right as it stands, and yet not what most people expect of it. */
function notesOn({ listeners, bounces }: Pick<Config, 'listeners' | 'bounces'>): readonly string[] {
  if (bounces.othersSendForUs || listeners.some(({ role }) => role !== 'mx')) return [];
  return [
    'no listener for what your people send (role submission or smarthost): unless their mail passes the gateway all the same, bounces of it cannot be told from forged ones, and none is refused (docs/backscatter.md)',
  ];
}

/** `line 4: path: message`: for the log, which names the file beside it. */
export const shortProblem = ({ line, path, message }: ConfigProblem): string =>
  [...(line === null ? [] : [`line ${line}`]), ...(path === '' ? [] : [path]), message].join(': ');

/** `file:line:col: path: message (hint)`; what is not known is left out. */
export function problemLine(file: string, { line, column, path, message, hint }: ConfigProblem): string {
  const place = line === null ? file : `${file}:${line}:${column ?? 1}`;
  const told = `${path === '' ? '' : `${path}: `}${message} (${hint})`;
  return told.startsWith(`${file} `) ? told : `${place}: ${told}`; // a file that cannot be read is named once
}
