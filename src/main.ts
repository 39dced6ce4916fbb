// The program: loads the subcommand that was asked for, and runs it.
import { existsSync, readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from './cli/command-line.ts';
import { allCommands, subcommandsOf } from './process/commands.ts';

// What was compiled once need not be compiled at the next start. Beside the packages, never in a folder that others may write to.
const packages = fileURLToPath(new URL('../node_modules', import.meta.url));
if (existsSync(packages)) enableCompileCache(`${packages}/.cache/floodgate`);

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };
const argv = process.argv.slice(2);
const asked = new Map(Object.entries(subcommandsOf(version))).get(argv[0] ?? '');
await runCommandLine(argv, { version }, asked === undefined ? await allCommands(version) : [await asked()]);
