// floodgate config: the configuration as it is in force, and what an option means.
import { explain, type Explanation } from '../config/explain.ts';
import { findConfig } from '../config/find.ts';
import { loadConfig, type LoadResult } from '../config/load.ts';
import { asWritten } from '../config/show.ts';
import { yamlText } from '../config/yaml-file.ts';
import { type CheckDeps, problemLine, summary } from './check.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';

interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** The subcommands `config show` and `config explain`. */
export const configCommand =
  (deps: CheckDeps): Subcommand =>
  (program) => {
    const config = program.command('config').description('show the configuration in force, explain options');
    config
      .command('show')
      .description('the whole configuration with its defaults; it holds no passwords and no keys, only the names of their files')
      .option('--config <file>', 'default: ./floodgate.yaml, else /etc/floodgate/floodgate.yaml')
      .option('--json', 'one JSON object on standard output')
      .action((options: CommonOptions) => {
        const shown = asWritten(loadOrFail(options, deps).config);
        if (options.json) printJson(shown);
        else process.stdout.write(yamlText(shown));
      });
    config
      .command('explain <key...>')
      .description('value, origin, unit, meaning and page of options (limits.sessions), sections (limits) and checks (by id)')
      .option('--config <file>', 'default: ./floodgate.yaml, else /etc/floodgate/floodgate.yaml')
      .option('--json', 'a JSON object a line')
      .action((keys: readonly string[], options: CommonOptions) => {
        const loaded = loadOrFail(options, deps);
        for (const one of keys.flatMap((key) => explanationsOf(key, loaded, deps))) {
          if (options.json) printJson(one);
          else process.stdout.write(explanationText(one, loaded.source.file));
        }
      });
  };

type Loaded = Extract<LoadResult, { readonly ok: true }>;

function loadOrFail(options: CommonOptions, deps: CheckDeps): Loaded {
  const file = findConfig(options.config);
  const result = loadConfig(file, deps);
  if (result.ok) return result;
  const [first] = result.errors;
  throw new CliError(
    first && result.errors.length === 1
      ? problemLine(file ?? 'first-run set-up', first)
      : `${summary(file, result.errors.length)}; \`floodgate check\` lists them`,
  );
}

function explanationsOf(key: string, { config, source }: Loaded, deps: CheckDeps): readonly Explanation[] {
  const explained = explain(key, config, source, deps);
  if (explained.ok) return explained.explanations;
  throw new CliError(
    `${key} is not an option${explained.nearest === null ? '; docs/reference/options.md lists them' : `; did you mean ${explained.nearest}?`}`,
    2,
  );
}

const valueText = (value: unknown): string => (value === null ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value));

/** An explanation as a few lines for a person. `file` null: the first-run set-up. */
export function explanationText(one: Explanation, file: string | null): string {
  const rows: readonly (readonly [string, string])[] = [
    ['meaning', one.meaning],
    ['unit', one.range === null ? one.unit : `${one.unit} (${one.range})`],
    ['origin', one.line === null ? 'default' : `${file}:${one.line}`],
    ['default', one.default === null ? 'none' : valueText(one.default)],
    ['page', one.page],
  ];
  return [`${one.key} = ${valueText(one.value)}`, ...rows.map(([name, text]) => `  ${name.padEnd(8)} ${text}`), ''].join('\n');
}
