// `floodgate list`: the operators' accept and refuse lists of the running gateway. Changes are in force at once and survive a restart.
import type { ListsShown, ShownEntry } from '../facts/list-desk.ts';
import { duration } from '../config/units.ts';
import { CliError, printJson, type CommandLine, type Subcommand } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

interface AddOptions extends WhichGateway {
  readonly matches: string;
  readonly action: string;
  readonly list?: string;
  readonly reason?: string;
  readonly expires?: string;
  readonly json?: boolean;
}

type RemoveOptions = WhichGateway & { readonly list?: string; readonly matches?: string };
type ShowOptions = WhichGateway & { readonly json?: boolean };

/** Adds `list show|add|remove` to the program. */
export const list: Subcommand = (program) => {
  const group = program.command('list').description('accept and refuse lists of the running gateway');
  withGateway(
    group.command('show').alias('list').description('lists kept in files, and every entry kept in the database').option('--json', 'one JSON object a line'),
  ).action(show);
  withGateway(group.command('add <entry>').description('add an entry or change it: an address, network, host name, mail address or domain'))
    .requiredOption('--matches <what>', 'client, hostname, sender or recipient')
    .option('--action <action>', 'accept, observe, tag, delay, quarantine, discard, defer, reject or refuse-at-banner', 'reject')
    .option('--list <name>', 'list to put it in; default: operator')
    .option('--reason <text>', 'for the record; clients never see it')
    .option('--expires <time>', 'how long it holds, like 12h or 7d; default: for good')
    .option('--json', 'the entry as a JSON object')
    .action(add);
  withGateway(group.command('remove <entry>').description('remove an entry kept in the database'))
    .option('--list <name>', 'only from this list')
    .option('--matches <what>', 'only entries of this kind')
    .action(remove);
};

const withGateway = (command: CommandLine): CommandLine =>
  command.option('--config <file>', 'the configuration of the gateway').option('--state <dir>', 'its state directory; default: from the configuration');

async function show({ json, ...gateway }: ShowOptions): Promise<void> {
  const { lists, entries } = (await ask(gateway, 'GET', '/api/v1/lists')) as ListsShown; // our own daemon answers: facts/list-desk.ts
  for (const file of lists) {
    if (json === true) printJson({ kind: 'list', ...file });
    else
      process.stdout.write(
        `${file.list}: ${file.action} ${file.matches}, ${file.entries} entries from ${file.file}${file.trouble === null ? '' : `\n  trouble: ${file.trouble}`}\n`,
      );
  }
  for (const entry of entries) {
    if (json === true) printJson({ kind: 'entry', ...entry });
    else process.stdout.write(`${entryLine(entry)}\n`);
  }
  if (json !== true && lists.length + entries.length === 0) process.stdout.write('no lists and no entries\n');
}

async function add(entry: string, { json, expires, matches, action, list: name, reason, ...gateway }: AddOptions): Promise<void> {
  const body = { entry, matches, action, list: name, reason, expiresAt: expires === undefined ? undefined : expiryOf(expires) };
  const answer = (await ask(gateway, 'POST', '/api/v1/lists/entries', body)) as { readonly entry: ShownEntry };
  if (json === true) printJson({ kind: 'entry', ...answer.entry });
  else process.stdout.write(`in force: ${entryLine(answer.entry)}\n`);
}

async function remove(entry: string, { list: name, matches, ...gateway }: RemoveOptions): Promise<void> {
  await ask(gateway, 'DELETE', '/api/v1/lists/entries', { entry, list: name, matches });
  process.stdout.write(`${entry} is removed\n`);
}

const ask = (gateway: WhichGateway, method: string, path: string, body?: object): Promise<unknown> => askDaemon(stateDirOf(gateway), method, path, body);

/** `7d` from now, as a moment. */
function expiryOf(text: string): string {
  const ms = duration(text).safeParse(text).data ?? 0;
  if (ms === 0) throw new CliError(`--expires ${text} is not understood; write it like 12h or 7d`, 2);
  return new Date(Date.now() + ms).toISOString();
}

const entryLine = ({ list: name, action, matches, entry, reason, by, expiresAt }: ShownEntry): string =>
  `${name}: ${action} ${matches} ${entry}${expiresAt === null ? '' : ` until ${expiresAt}`}${reason === null ? '' : ` (${reason})`}, by ${by}`;
