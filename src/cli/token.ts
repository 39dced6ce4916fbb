// `floodgate token`: who may ask the API over TCP. The token is printed once; the gateway keeps its hash only.
import { durationMsOf } from '../config/units.ts';
import type { ShownToken } from '../web/token-desk.ts';
import { CliError, printJson, type CommandLine, type Subcommand } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

type AddOptions = WhichGateway & { readonly role: string; readonly expires?: string; readonly json?: boolean };
type ListOptions = WhichGateway & { readonly json?: boolean };

const path = '/api/v1/tokens';

/** Adds `token add|list|remove` to the program. */
export const token: Subcommand = (program) => {
  const group = program.command('token').description('tokens for the HTTP API of the running gateway');
  withGateway(group.command('add <name>').description('make a token; it is printed once and only its hash is kept'))
    .requiredOption(
      '--role <role>',
      'reader (sees everything but mail itself) or operator (changes everything but tokens, looks into held mail, releases and discards it)',
    )
    .option('--expires <time>', 'how long it holds, like 30d; default: for good')
    .option('--json', 'one JSON object')
    .action(add);
  withGateway(group.command('list').description('names, roles and ends').option('--json', 'one JSON object a line')).action(list);
  withGateway(group.command('remove <name>').description('a token opens nothing any more, at once')).action(remove);
};

const withGateway = (command: CommandLine): CommandLine =>
  command.option('--config <file>', 'the configuration of the gateway').option('--state <dir>', 'its state directory; default: from the configuration');

async function add(name: string, { role, expires, json, ...gateway }: AddOptions): Promise<void> {
  const expiresAt = expires === undefined ? null : expiryOf(expires);
  const answer = (await askDaemon(stateDirOf(gateway), 'POST', path, { name, role, expiresAt })) as ShownToken & { readonly token: string }; // our own daemon: web/token-desk.ts
  if (json === true) return printJson({ token: answer.token, name: answer.name, role: answer.role, expiresAt: answer.expiresAt });
  process.stdout.write(`${answer.token}\n`);
  process.stderr.write(`${tokenLine(answer)}\nIt is shown this once. Use: curl -H "Authorization: Bearer TOKEN" http://.../api/v1/status\n`);
}

async function list({ json, ...gateway }: ListOptions): Promise<void> {
  const { tokens } = (await askDaemon(stateDirOf(gateway), 'GET', path)) as { readonly tokens: readonly ShownToken[] };
  for (const each of tokens) {
    if (json === true) printJson(each);
    else process.stdout.write(`${tokenLine(each)}\n`);
  }
  if (json !== true && tokens.length === 0) process.stdout.write('no tokens\n');
}

async function remove(name: string, gateway: WhichGateway): Promise<void> {
  await askDaemon(stateDirOf(gateway), 'DELETE', `${path}/${encodeURIComponent(name)}`);
  process.stdout.write(`${name} is removed\n`);
}

/** `30d` from now, as a moment. */
function expiryOf(text: string): string {
  const ms = durationMsOf(text) ?? 0;
  if (ms === 0) throw new CliError(`--expires ${text} is not understood; write it like 12h or 30d`, 2);
  return new Date(Date.now() + ms).toISOString();
}

const tokenLine = ({ name, role, by, expiresAt, expired }: ShownToken): string =>
  `${name}  ${role}  ${expiresAt === null ? 'for good' : `${expired ? 'EXPIRED' : 'until'} ${expiresAt}`}  by ${by}`;
