// `floodgate measure`: what the running gateway does about a part of the traffic for a while. Changes are in force within a second and
// survive a restart.
import { duration } from '../config/units.ts';
import type { MeasuresShown, ShownMeasure } from '../facts/measure-desk.ts';
import { scopeFields, scopeText } from '../facts/measure-scope.ts';
import type { Status } from '../web/house.ts';
import { CliError, printJson, type CommandLine, type Subcommand } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { exportCommand } from './measure-export.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

type Common = WhichGateway & { readonly json?: boolean };
type ScopeOptions = { readonly [F in (typeof scopeFields)[number]]?: string };
type AddOptions = Common &
  ScopeOptions & {
    readonly action: string;
    readonly for: string;
    readonly reason: string;
    readonly maxHits?: string;
    readonly probeShare?: string;
    readonly incident?: string;
    readonly dryRun?: boolean;
    readonly force?: boolean;
  };

const path = '/api/v1/measures';

/** Adds `measure add|list|show|undo|suspend|resume|export` to the program. */
export const measure: Subcommand = (program) => {
  const group = program.command('measure').description('what is done about a part of the traffic for a while');
  addCommand(group);
  common(group.command('list').description('measures in force, oldest first').option('--ended', 'the latest that have ended too')).action(list);
  common(group.command('show <id>').description('one measure, in force or ended')).action(show);
  common(group.command('undo <id...>').description('end measures before their time')).action(undo);
  common(
    group.command('suspend').description('all automatic measures off, until resumed; measures of persons hold').option('--reason <text>', 'for the record'),
  ).action(suspend);
  common(group.command('resume').description('automatic measures hold again')).action(resume);
  exportCommand(group, common);
};

function addCommand(group: CommandLine): void {
  common(
    group
      .command('add')
      .description('put a measure in force; all parts of the scope that are given must fit')
      .option('--client <network>', 'address or network of the client')
      .option('--helo <name>', 'name said in HELO; .example.org for all below')
      .option('--hostname <name>', 'reverse name of the client; .example.org for all below')
      .option('--sender <address>', 'address, domain, .domain, or <> for the null sender')
      .option('--recipient <address>', 'address, domain or .domain')
      .option('--user <name>', 'authenticated user')
      .option('--listener <name>', 'listener, as configured')
      .option('--role <role>', 'mx, submission or smarthost')
      .option('--direction <way>', 'in, or out (from insiders and users)')
      .option('--content <sort>', 'what the message turns out to be: subscription or forged-bounce')
      .requiredOption(
        '--action <action>',
        'observe, tag, delay, divert, quarantine (or hold), discard, defer, reject, refuse-at-banner or drop (in the kernel)',
      )
      .requiredOption('--for <time>', 'how long it holds, like 1h or 2d')
      .requiredOption('--reason <text>', 'for the record; clients never see it')
      .option('--max-hits <n>', 'ends after so many hits')
      .option('--probe-share <share>', 'share that passes all the same, 0 to 1')
      .option('--incident <id>', 'the incident it belongs to')
      .option('--dry-run', 'only record what it would do')
      .option('--force', 'also where it would touch what is never blocked'),
  ).action(add);
}

const common = (command: CommandLine): CommandLine =>
  command
    .option('--json', 'one JSON object a line')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration');

async function add({ json, action, reason, incident, dryRun, force, maxHits, probeShare, for: lasting, ...rest }: AddOptions): Promise<void> {
  const body = {
    scope: Object.fromEntries(scopeFields.flatMap((field) => (rest[field] === undefined ? [] : [[field, rest[field]]]))),
    // For outgoing mail the same thing is called so.
    action: action === 'hold' ? 'quarantine' : action,
    reason,
    expiresAt: endOf(lasting),
    maxHits: maxHits === undefined ? undefined : numberOf('--max-hits', maxHits),
    probeShare: probeShare === undefined ? undefined : numberOf('--probe-share', probeShare),
    incident,
    dryRun,
    force,
  };
  const answer = (await ask(rest, 'POST', path, body)) as { readonly measure: ShownMeasure }; // our own daemon answers: facts/measure-desk.ts
  if (json === true) printJson(answer.measure);
  else process.stdout.write(`in force: ${lineOf(answer.measure)}\n`);
}

async function list({ json, ended, ...gateway }: Common & { readonly ended?: boolean }): Promise<void> {
  const { measures, suspended } = (await ask(gateway, 'GET', `${path}?ended=${ended === true}`)) as MeasuresShown; // as above
  for (const each of measures) {
    if (json === true) printJson(each);
    else process.stdout.write(`${lineOf(each)}\n`);
  }
  if (json === true) return;
  if (measures.length === 0) process.stdout.write('no measures\n');
  if (measures.some(({ state, actor }) => state === 'active' && actor.kind === 'auto')) await sayWhetherObserving(gateway);
  if (suspended !== null)
    process.stdout.write(
      `automatic measures are suspended since ${suspended.since} by ${suspended.by}${suspended.reason === null ? '' : ` (${suspended.reason})`}\n`,
    );
}

/** An automatic measure that is only recorded does nothing: whoever reads the list must know. */
async function sayWhetherObserving(gateway: WhichGateway): Promise<void> {
  const { observing } = (await ask(gateway, 'GET', '/api/v1/status')) as Pick<Status, 'observing'>; // our own daemon answers: web/house.ts
  if (observing === null) return;
  process.stdout.write(`automatic measures are only recorded: mode observe${observing.until === null ? '' : ` until ${observing.until}`}\n`);
}

async function show(id: string, { json, ...gateway }: Common): Promise<void> {
  const found = (await ask(gateway, 'GET', `${path}/${encodeURIComponent(id)}`)) as ShownMeasure; // as above
  if (json === true) printJson(found);
  else process.stdout.write(`${lineOf(found)}\n`);
}

async function undo(ids: readonly string[], { json, ...gateway }: Common): Promise<void> {
  for (const id of ids) {
    const { measure: ended } = (await ask(gateway, 'DELETE', `${path}/${encodeURIComponent(id)}`)) as { readonly measure: ShownMeasure }; // as above
    if (json === true) printJson(ended);
    else process.stdout.write(`undone: ${lineOf(ended)}\n`);
  }
}

async function suspend({ json, reason, ...gateway }: Common & { readonly reason?: string }): Promise<void> {
  await ask(gateway, 'POST', `${path}/suspend`, { reason });
  if (json === true) printJson({ automatic: 'off' });
  else process.stdout.write('automatic measures are suspended\n');
}

async function resume({ json, ...gateway }: Common): Promise<void> {
  await ask(gateway, 'POST', `${path}/resume`);
  if (json === true) printJson({ automatic: 'on' });
  else process.stdout.write('automatic measures hold again\n');
}

const ask = (gateway: WhichGateway, method: string, at: string, body?: object): Promise<unknown> => askDaemon(stateDirOf(gateway), method, at, body);

/** `1h` from now, as a moment. */
function endOf(text: string): string {
  const ms = duration(text).safeParse(text).data ?? 0;
  if (ms === 0) throw new CliError(`--for ${text} is not understood; write it like 1h or 2d`, 2);
  return new Date(Date.now() + ms).toISOString();
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new CliError(`${option} ${text} is no number`, 2);
  return value;
}

function lineOf({ id, action, scope, state, expiresAt, endedAt, actor, reason, hits, probes, recorded, maxHits, dryRun, incident }: ShownMeasure): string {
  const until = state === 'active' ? `until ${expiresAt}` : `${state} at ${endedAt}`;
  const counts = `${hits}${maxHits === null ? '' : ` of ${maxHits}`} hits${probes === 0 ? '' : `, ${probes} probes`}${recorded === 0 ? '' : `, ${recorded} only recorded`}`;
  const by = actor.kind === 'auto' ? `automatic (${actor.name})` : `by ${actor.name}`;
  return `${id}  ${dryRun ? 'dry run of ' : ''}${action}  ${scopeText(scope)}  ${until}  ${counts}  ${by}${incident === null ? '' : `, ${incident}`}: ${reason}`;
}
