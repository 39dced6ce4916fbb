// The composition root of the command line: what it offers, and the parts each command needs. Reads like a table of contents.
// A command is loaded when it is asked for: the daemon does not pay for the wizard.
import { existsSync, readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runCommandLine, type Subcommand } from './cli/command-line.ts';
import type { LoadContext } from './config/load.ts';

// What was compiled once need not be compiled at the next start. Beside the packages, never in a folder that others may write to.
const packages = fileURLToPath(new URL('../node_modules', import.meta.url));
if (existsSync(packages)) enableCompileCache(`${packages}/.cache/floodgate`);

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };

/** What loading a configuration must know of policy. */
async function context(): Promise<LoadContext> {
  const [{ catalogue }, { checkSettingsProblems }] = await Promise.all([import('./policy/catalogue.ts'), import('./policy/check-settings.ts')]);
  return { checkIds: catalogue.map(({ id }) => id), checkProblems: (config) => checkSettingsProblems(config, catalogue) };
}

const subcommands: Readonly<Record<string, () => Promise<Subcommand>>> = {
  run: async () => (await import('./cli/run.ts')).runCommand(async (options) => (await import('./process/run.ts')).run(options, { version, context: await context() })),
  check: async () => (await import('./cli/check.ts')).checkCommand(await context()),
  init: async () => (await import('./cli/init.ts')).initCommand(),
  config: async () => (await import('./cli/config.ts')).configCommand(await context()),
  explain: async () => (await import('./cli/explain.ts')).explain,
  status: async () => (await import('./cli/status.ts')).status,
  list: async () => (await import('./cli/list.ts')).list,
  measure: async () => (await import('./cli/measure.ts')).measure,
  users: async () => (await import('./cli/users.ts')).users,
  mailbox: async () => (await import('./cli/mailboxes.ts')).mailboxCommand(await context()),
  try: async () => (await import('./cli/try.ts')).tryCommand(await context()),
};

const argv = process.argv.slice(2);
const asked = Object.hasOwn(subcommands, argv[0] ?? '') ? [argv[0] ?? ''] : Object.keys(subcommands);
await runCommandLine(argv, { version }, await Promise.all(asked.map((name) => subcommands[name]!())));
