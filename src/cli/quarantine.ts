// `floodgate quarantine`: held mail, and what a person does with it; one by one, or all that have something in common.
import type { HandledItem, HandledList, HeldList, MeantCount, QuarantineVerb, ShownHeld } from '../delivery/quarantine/desk.ts';
import type { Preview } from '../delivery/quarantine/preview.ts';
import { escapeUnsafe } from '../events/log-line.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { digestCommand } from './quarantine-digest.ts';
import { anyCommand, selectedBy, selection, type Asked, type AnyCommand, type Selectors } from './held-options.ts';
import { quarantineKeys } from './quarantine-keys.ts';
import { plural, roughly } from './queue-text.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

type ListOptions = AnyCommand & Selectors & { readonly trash?: boolean; readonly limit: string };
type ActOptions = AnyCommand & Selectors & { readonly all?: boolean; readonly dryRun?: boolean };

const path = '/api/v1/quarantine';
/** Messages the gateway is asked for at once. */
const pageSize = 500;

/** Messages that were left are named up to this number. */
const maxNamed = 20;

/** A verb of the command line: the gateway's own, and what is said of messages it was done to and of those it was not. */
interface Deed {
  readonly name: string;
  readonly verb: QuarantineVerb;
  readonly done: string;
  readonly left: string;
  readonly description: string;
}
const deeds: readonly Deed[] = [
  { name: 'release', verb: 'release', done: 'released', left: 'still held', description: 'let messages go to their recipients, byte for byte as they came' },
  {
    name: 'discard',
    verb: 'discard',
    done: 'discarded',
    left: 'still held',
    description: 'throw messages away; undo brings them back for a day (quarantine.undoFor)',
  },
  { name: 'undo', verb: 'restore', done: 'brought back', left: 'still discarded', description: 'bring discarded messages back' },
];

/** Adds `quarantine list|show|release|discard|undo|key` to the program. */
export const quarantine: Subcommand = (program) => {
  const group = program.command('quarantine').description('held mail: look at it, release it, throw it away');
  anyCommand(selection(group.command('list').description('held messages, oldest first; all that is given must fit')))
    .option('--trash', 'discarded ones that can be had back')
    .option('--limit <n>', 'messages at most', '1000')
    .action(list);
  anyCommand(digestCommand(group));
  anyCommand(group.command('show <id>').description('one message: envelope, reason, and a safe look at its header and text')).action(show);
  for (const deed of deeds)
    anyCommand(selection(group.command(`${deed.name} [id...]`).description(deed.description)))
      .option('--all', 'every message there is, copies of refused mail excepted')
      .option('--dry-run', 'only tell how many, and which')
      .action((ids: readonly string[], options: ActOptions) => act(deed, ids, options));
  quarantineKeys(group);
};

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
  if (shown === 0)
    process.stdout.write(Object.keys(selectedBy(rest)).length > 0 ? 'nothing fits\n' : trash === true ? 'nothing is discarded\n' : 'nothing is held\n');
  if (more) process.stdout.write(`there are more; give --limit\n`);
}

async function show(id: string, { json, ...gateway }: AnyCommand): Promise<void> {
  const at = `${path}/${encodeURIComponent(id)}`;
  const item = (await ask(gateway, 'GET', at)) as ShownHeld; // our own daemon answers: delivery/quarantine/desk.ts
  const preview = item.unreadable === null ? ((await ask(gateway, 'POST', `${at}/preview`)) as Preview) : null; // as above
  if (json === true) return printJson({ ...item, preview });
  const facts: readonly (readonly [label: string, value: string | null])[] = [
    ['state', item.state === 'held' ? `held until ${item.expiresAt}` : `discarded at ${item.discarded?.at ?? ''} by ${item.discarded?.by ?? ''}`],
    ['came', `${item.queuedAt} from ${item.ip}${item.user === null ? '' : `, user ${item.user}`}`],
    ['from', `<${item.from}>`],
    ['to', item.to.map((to) => `<${to}>`).join(' ')],
    ['bytes', String(item.size)],
    ['reason', item.reason],
    ['refused', item.refused ? 'its sender was told so; this is a copy' : null],
    ['measure', item.measure],
    ['incident', item.incident],
    ['release', item.release === null ? null : `${item.release.outcome} at ${item.release.at} by ${item.release.by}: ${item.release.why}`],
  ];
  const lines = [
    item.id,
    ...facts.flatMap(([label, value]) => (value === null ? [] : [`  ${label.padEnd(9)}${escapeUnsafe(value)}`])),
    ...(preview === null ? [] : previewLines(preview)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

const previewLines = (preview: Preview): readonly string[] => [
  '',
  ...[...preview.header, '', ...preview.text].map((line) => `  | ${line}`),
  ...(preview.more ? ['  (there is more)'] : []),
  ...readableLines(preview),
];

/** What its reader would read, where that is not what stands there, and what comes with it. */
function readableLines({ kind, readable, text, links, parts }: Preview): readonly string[] {
  const isTheSame = readable.every((line, at) => line === text[at]?.trimEnd());
  return [
    ...(isTheSame ? [] : ['', `  as text (${kind}):`, ...readable.map((line) => `  > ${line}`)]),
    ...(links.length === 0 ? [] : ['', '  leads to, or would fetch:', ...links.map((link) => `    ${link}`)]),
    ...(parts.length < 2 ? [] : ['', '  parts:', ...parts.map(({ type, name, bytes }) => `    ${type}  ${bytes} bytes${name === '' ? '' : `  "${name}"`}`)]),
  ];
}

async function act(deed: Deed, ids: readonly string[], options: ActOptions): Promise<void> {
  const { json, all, dryRun, ...rest } = options;
  const select = selectedBy(rest);
  if (ids.length === 0 && all !== true && Object.keys(select).length === 0)
    throw new CliError('nothing is selected: name ids, say what the messages have in common, or say --all', 2);
  const wanted = ids.length > 0 ? { ids } : { select, all: all === true };
  if (dryRun === true) return rehearse(deed, wanted, { ids, select, options });
  const failed: HandledItem[] = [];
  let count = 0;
  try {
    for await (const result of handled(rest, deed, wanted)) {
      if (json === true) printJson(result);
      if (result.ok) count += 1;
      else failed.push(result);
      if (json !== true && !result.ok) process.stderr.write(`floodgate: ${escapeUnsafe(result.error)}\n`);
    }
  } catch (error) {
    const why = escapeUnsafe(error instanceof Error ? error.message : String(error));
    if (count + failed.length === 0) throw new CliError(why);
    throw new CliError(`broken off when ${count} were ${deed.done}; the rest are ${deed.left}, say the same again: ${why}`);
  }
  if (json !== true) process.stdout.write(`${count} ${deed.done}\n`);
  if (failed.length === 0) return;
  const first = failed.slice(0, maxNamed).map(({ id }) => id);
  throw new CliError(`${failed.length} could not be ${deed.done}: ${first.join(' ')}${failed.length > maxNamed ? ' ...' : ''}`);
}

/** What became of each, portion by portion. */
async function* handled(gateway: WhichGateway, { verb }: Deed, wanted: object): AsyncGenerator<HandledItem> {
  for (let after: string | null | undefined; after !== null;) {
    const body = { ...wanted, ...(after === undefined ? {} : { after }) };
    const answer = (await ask(gateway, 'POST', pathOf(verb), body)) as HandledList; // our own daemon answers: delivery/quarantine/desk.ts
    yield* answer.results;
    after = answer.next;
  }
}

const pathOf = (verb: QuarantineVerb): string => `${path}/${verb === 'restore' ? 'undo' : verb}`;

/** Tells how many it would be, and then which. */
async function rehearse(
  { verb, done }: Deed,
  wanted: object,
  { ids, select, options: { json, ...gateway } }: { readonly ids: readonly string[]; readonly select: Asked; readonly options: ActOptions },
): Promise<void> {
  const { messages, bytes } = (await ask(gateway, 'POST', pathOf(verb), { ...wanted, dryRun: true })) as MeantCount; // as above
  if (json !== true) process.stdout.write(`${plural(messages, 'message')} (${roughly(bytes)}) would be ${done}; nothing was done\n`);
  const state = verb === 'restore' ? 'trash' : 'held';
  const each = ids.length > 0 ? named(gateway, ids, state) : held(gateway, select, state);
  let shut = 0;
  for await (const item of each) {
    if (item.unreadable !== null) shut += 1;
    else if (json === true) printJson(item);
    else process.stdout.write(`${lineOf(item)}\n`);
  }
  if (shut > 0) process.stderr.write(`floodgate: ${plural(shut, 'message')} cannot be opened and would stay as now\n`);
}

/** Those of these that are there, in this state. */
async function* named(gateway: WhichGateway, ids: readonly string[], state: 'held' | 'trash'): AsyncGenerator<ShownHeld> {
  for (const id of ids) {
    const item = (await ask(gateway, 'GET', `${path}/${encodeURIComponent(id)}`).catch(() => null)) as ShownHeld | null; // as above
    if (item?.state === state) yield item;
  }
}

/** All that fits, page by page. */
async function* held(gateway: WhichGateway, select: Asked, state: 'held' | 'trash'): AsyncGenerator<ShownHeld> {
  for (let after: string | null | undefined; after !== null;) {
    const query = new URLSearchParams({ ...select, state, limit: String(pageSize), ...(after === undefined ? {} : { after }) });
    const { items, next } = (await ask(gateway, 'GET', `${path}?${query.toString()}`)) as HeldList; // as above
    yield* items;
    after = next;
  }
}

const ask = (gateway: WhichGateway, method: string, at: string, body?: object): Promise<unknown> => askDaemon(stateDirOf(gateway), method, at, body);

function lineOf({ id, queuedAt, from, to, size, reason, subject, release, expiresAt, discarded, ...more }: ShownHeld): string {
  const [first = '', ...others] = to;
  const state = discarded === null ? `until ${expiresAt.slice(0, 10)}` : `discarded ${discarded.at} by ${discarded.by}`;
  const refused = more.refused ? '  REFUSED' : '';
  const tried = release === null ? '' : `  RELEASE ${release.outcome}: ${release.why}`;
  const about = subject === null ? '' : `  ${JSON.stringify(subject)}`;
  return escapeUnsafe(
    `${id}  ${queuedAt}  <${from}> -> <${first}>${others.length === 0 ? '' : ` +${others.length}`}  ${size} bytes  ${state}  ${reason}${about}${refused}${tried}`,
  );
}
