// The composition root: what the command line offers, and the parts each command needs. Reads like a table of contents.
// Commands are loaded when they are asked for: the daemon does not pay for the wizard.
import { readFileSync } from 'node:fs';
import { runCommandLine } from './cli/command-line.ts';
import { checkCommand } from './cli/check.ts';
import { configCommand } from './cli/config.ts';
import { explain } from './cli/explain.ts';
import { initCommand } from './cli/init.ts';
import { list } from './cli/list.ts';
import { mailboxCommand } from './cli/mailboxes.ts';
import { runCommand } from './cli/run.ts';
import { status } from './cli/status.ts';
import { tryCommand } from './cli/try.ts';
import { users } from './cli/users.ts';
import { checkSettingsProblems } from './policy/check-settings.ts';
import { catalogue } from './policy/catalogue.ts';
import { run } from './process/run.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };
const context = { checkIds: catalogue.map(({ id }) => id), checkProblems: (config: Parameters<typeof checkSettingsProblems>[0]) => checkSettingsProblems(config, catalogue) };

await runCommandLine(process.argv.slice(2), { version }, [
  runCommand((options) => run(options, { version, context })),
  checkCommand(context),
  initCommand(),
  configCommand(context),
  explain,
  status,
  list,
  users,
  mailboxCommand(context),
  tryCommand(context),
]);
