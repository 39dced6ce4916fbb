// `floodgate quarantine`: held mail, and what a person does with it; one by one, or all that have something in common.
import type { HandledList, HeldList, QuarantineVerb, ShownHeld } from '../delivery/quarantine/desk.ts';
import type { Preview } from '../delivery/quarantine/preview.ts';
import { escapeUnsafe } from '../events/log-line.ts';
import { CliError, printJson, type CommandLine, type Subcommand } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

const selectors = ['sender', 'recipient', 'user', 'client', 'check', 'measure', 'incident', 'reason', 'subject'] as const;
type Selectors = { readonly [S in (typeof selectors)[number]]?: string };
type Common = WhichGateway & { readonly json?: boolean };
type ListOptions = Common & Selectors & { readonly trash?: boolean; readonly limit: string };
type ActOptions = Common & Selectors & { readonly all?: boolean; readonly dryRun?: boolean };

const path = '/api/v1/quarantine';
/** Messages the gateway is asked for at once. */
const pageSize = 500;

const verbs: readonly (readonly [name: string, verb: QuarantineVerb, done: string, description: string])[] = [
  ['release', 'release', 'released', 'let messages go to their recipients, byte for byte as they came'],
  ['discard', 'discard', 'discarded', 'throw messages away; undo brings them back for a day (quarantine.undoFor)'],
  ['undo', 'restore', 'back', 'bring discarded messages back'],
];

/** Adds `quarantine list|show|release|discard|undo` to the program. */
export const quarantine: Subcommand = (program) => {
  const group = program.command('quarantine').description('held mail: look at it, release it, throw it away');
  common(selection(group.command('list').description('held messages, oldest first; all that is given must fit')))
    .option('--trash', 'discarded ones that can be had back')
    .option('--limit <n>', 'messages at most', '1000')
    .action(list);
  common(group.command('show <id>').description('one message: envelope, reason, and a safe look at its header and text')).action(show);
  for (const [name, verb, done, description] of verbs)
    common(selection(group.command(`${name} [id...]`).description(description)))
      .option('--all', 'every message there is')
      .option('--dry-run', 'only show which')
      .action((ids: readonly string[], options: ActOptions) => act(verb, done, ids, options));
};

const selection = (command: CommandLine): CommandLine =>
  command
    .option('--sender <address>', 'address, domain, .domain, or <> for the null sender')
    .option('--recipient <address>', 'address, domain or .domain')
    .option('--user <name>', 'authenticated user')
    .option('--client <network>', 'address or network of the client')
    .option('--check <id>', 'the check that decided')
    .option('--measure <id>', 'the measure that decided')
    .option('--incident <id>', 'the incident it belongs to')
    .option('--reason <text>', 'part of the reason')
    .option('--subject <text>', 'part of the subject');

const common = (command: CommandLine): CommandLine =>
  command
    .option('--json', 'one JSON object a line')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration');

async function list({ json, trash, limit, ...rest }: ListOptions): Promise<void> {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1) throw new CliError(`--limit ${limit} is no number of messages`, 2);
  let shown = 0;
  let more = false;
  for await (const item of held(rest, selectedBy(rest), trash === true ? 'trash' : 'held')) {
    more = shown === most;
    if (more) break;
    shown += 1;
    if (json === true) printJson(item);
    else process.stdout.write(`${lineOf(item)}\n`);
  }
  if (json === true) return;
  if (shown === 0) process.stdout.write(trash === true ? 'nothing is discarded\n' : 'nothing is held\n');
  if (more) process.stdout.write(`there are more; give --limit\n`);
}

async function show(id: string, { json, ...gateway }: Common): Promise<void> {
  const at = `${path}/${encodeURIComponent(id)}`;
  const item = (await ask(gateway, 'GET', at)) as ShownHeld; // our own daemon answers: delivery/quarantine/desk.ts
  const preview = (await ask(gateway, 'POST', `${at}/preview`)) as Preview; // as above
  if (json === true) return printJson({ ...item, preview });
  const facts: readonly (readonly [label: string, value: string | null])[] = [
    ['state', item.state === 'held' ? `held until ${item.expiresAt}` : `discarded at ${item.discarded?.at ?? ''} by ${item.discarded?.by ?? ''}`],
    ['came', `${item.queuedAt} from ${item.ip}${item.user === null ? '' : `, user ${item.user}`}`],
    ['from', `<${item.from}>`],
    ['to', item.to.map((to) => `<${to}>`).join(' ')],
    ['bytes', String(item.size)],
    ['reason', item.reason],
    ['measure', item.measure],
    ['incident', item.incident],
    ['release', item.release === null ? null : `${item.release.outcome} at ${item.release.at} by ${item.release.by}: ${item.release.why}`],
  ];
  const lines = [
    item.id,
    ...facts.flatMap(([label, value]) => (value === null ? [] : [`  ${label.padEnd(9)}${escapeUnsafe(value)}`])),
    '',
    ...[...preview.header, '', ...preview.text].map((line) => `  | ${line}`),
    ...(preview.more ? ['  (there is more)'] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function act(verb: QuarantineVerb, done: string, ids: readonly string[], options: ActOptions): Promise<void> {
  const { json, all, dryRun, ...rest } = options;
  const select = selectedBy(rest);
  if (ids.length === 0 && all !== true && Object.keys(select).length === 0)
    throw new CliError('nothing is selected: name ids, say what the messages have in common, or say --all', 2);
  if (dryRun === true) return rehearse(verb, ids, select, options);
  const failed: string[] = [];
  let count = 0;
  for (let after: string | null | undefined; after !== null;) {
    const body = { ...(ids.length > 0 ? { ids } : { select, all: all === true }), ...(after === undefined ? {} : { after }) };
    const answer = (await ask(rest, 'POST', `${path}/${verb === 'restore' ? 'undo' : verb}`, body)) as HandledList; // as above
    for (const result of answer.results) {
      if (json === true) printJson(result);
      if (result.ok) count += 1;
      else failed.push(result.error);
      if (json !== true && !result.ok) process.stderr.write(`floodgate: ${escapeUnsafe(result.error)}\n`);
    }
    after = answer.next;
  }
  if (json !== true) process.stdout.write(`${count} ${done}\n`);
  if (failed.length > 0) throw new CliError(`${failed.length} could not be ${done === 'back' ? 'brought back' : done}`);
}

/** Shows which messages it would be. */
async function rehearse(verb: QuarantineVerb, ids: readonly string[], select: Selectors, { json, ...gateway }: ActOptions): Promise<void> {
  let count = 0;
  for await (const item of held(gateway, select, verb === 'restore' ? 'trash' : 'held')) {
    if (ids.length > 0 && !ids.includes(item.id)) continue;
    count += 1;
    if (json === true) printJson(item);
    else process.stdout.write(`${lineOf(item)}\n`);
  }
  if (json !== true) process.stdout.write(`${count} would be meant; nothing was done\n`);
}

/** All that fits, page by page. */
async function* held(gateway: WhichGateway, select: Selectors, state: 'held' | 'trash'): AsyncGenerator<ShownHeld> {
  for (let after: string | null | undefined; after !== null;) {
    const query = new URLSearchParams({ ...select, state, limit: String(pageSize), ...(after === undefined ? {} : { after }) });
    const { items, next } = (await ask(gateway, 'GET', `${path}?${query.toString()}`)) as HeldList; // as above
    yield* items;
    after = next;
  }
}

const selectedBy = (options: Selectors): Selectors =>
  Object.fromEntries(selectors.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));

const ask = (gateway: WhichGateway, method: string, at: string, body?: object): Promise<unknown> => askDaemon(stateDirOf(gateway), method, at, body);

function lineOf({ id, queuedAt, from, to, size, reason, subject, release, expiresAt, discarded }: ShownHeld): string {
  const [first = '', ...others] = to;
  const state = discarded === null ? `until ${expiresAt.slice(0, 10)}` : `discarded ${discarded.at} by ${discarded.by}`;
  const tried = release === null ? '' : `  RELEASE ${release.outcome}: ${release.why}`;
  const about = subject === null ? '' : `  ${JSON.stringify(subject)}`;
  return escapeUnsafe(
    `${id}  ${queuedAt}  <${from}> -> <${first}>${others.length === 0 ? '' : ` +${others.length}`}  ${size} bytes  ${state}  ${reason}${about}${tried}`,
  );
}
