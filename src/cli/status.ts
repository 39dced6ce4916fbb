// `floodgate status`: the running gateway at a glance.
import { untoldLines } from '../model/forged-refusal.ts';
import type { Status } from '../web/house.ts';
import { CliError, printJson, type Subcommand } from './command-line.ts';
import { callDaemon } from './daemon.ts';
import { hopWords } from './hop-words.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

/** Adds `status` to the program. */
export const status: Subcommand = (program) => {
  program
    .command('status')
    .description('the running gateway at a glance: sessions, rates, next hops, journal, doors')
    .option('--json', 'one JSON object')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration')
    .action(run);
};

async function run({ json, ...gateway }: WhichGateway & { readonly json?: boolean }): Promise<void> {
  const answer = await callDaemon(stateDirOf(gateway), 'GET', '/api/v1/status');
  if (answer.status !== 200) throw new CliError(`the gateway answered ${answer.status}`);
  if (json === true) printJson(answer.json);
  else process.stdout.write(statusText(answer.json as Status)); // our own daemon of the same version answers
}

const add = (counts: Readonly<Record<string, number>>, ...names: readonly string[]): number => names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);

function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** `observe until ...: what is found is only recorded`; a mode observe that has ended is enforce. */
function modeText({ mode, observing }: Status): string {
  if (observing === null) return mode === 'observe' ? 'enforce (observing has ended)' : mode;
  return `observe${observing.until === null ? '' : ` until ${observing.until}`} (what is found is only recorded)`;
}

/** What goes on, and where to look: nobody must take a quiet page for a quiet night. */
function goingOn({ incidents: { open, alert, severe }, measures: { person, auto }, observing }: Status): readonly string[] {
  const levels = [...(severe > 0 ? [`${severe} severe`] : []), ...(alert > 0 ? [`${alert} alert`] : [])].join(', ');
  const only = observing === null ? '' : ' (only recorded)';
  const measures = [...(person > 0 ? [`${person} by hand`] : []), ...(auto > 0 ? [`${auto} automatic${only}`] : [])].join(', ');
  return [
    ...(open === 0 ? [] : [`  open incidents: ${open}${levels === '' ? '' : ` (${levels})`}, see floodgate incident list`]),
    ...(measures === '' ? [] : [`  measures in force: ${measures}, see floodgate measure list`]),
  ];
}

/** Status as a person reads it. */
export function statusText(now: Status): string {
  const { sessions, total, lastMinute, journal } = now;
  const rate = (name: string, minute: number, all: number): string =>
    `  ${name.padEnd(20)}${String(minute).padStart(8)} in the last minute ${String(all).padStart(12)} in all`;
  const refusals = ['reject', 'defer', 'refuse-at-banner'];
  const lines = [
    `${now.hostname}: Floodgate ${now.version}, ${now.ready ? 'taking mail' : 'NOT READY'}, mode ${modeText(now)}, since ${now.startedAt}`,
    ...now.trouble.map((text) => `  TROUBLE ${text}`),
    ...goingOn(now),
    `  listening on ${now.listeners.map(({ name, address }) => `${name} ${address}`).join(', ')}`,
    `  sessions ${sessions.inside + sessions.outside} of ${sessions.most} (${sessions.inside} from inside), load level ${now.loadLevel}`,
    rate('sessions', lastMinute.sessions, total.sessions),
    rate('turned away', lastMinute.connectionsRefused, total.connectionsRefused),
    rate('refused by checks', add(lastMinute.findings, ...refusals), add(total.findings, ...refusals)),
    ...['delivered', 'spooled', 'held', 'discarded', 'refused', 'deferred', 'aborted'].map((outcome) =>
      rate(`messages ${outcome}`, add(lastMinute.messages, outcome), add(total.messages, outcome)),
    ),
    ...now.hubs.map((hub) => `  next hop ${hub.route} ${hub.address}: ${hopWords[hub.state]}, ${hub.busy} connections busy, ${hub.idle} idle`),
    ...now.doors.map((door) => `  door ${door.name}: ${door.state}, ${door.sessions} sessions, lag ${door.lagMs.toFixed(1)} ms`),
    ...(now.kernel === null
      ? []
      : [`  kernel ${now.kernel.networks} networks dropped, ${now.kernel.packets} packets so far${now.kernel.state === 'kept' ? '' : ', HELPER LOST'}`]),
    ...untoldLines(now.bounces).map((text) => `  bounces ${text}`),
    `  journal ${sizeText(journal.bytes)} in ${journal.segments} segments${journal.oldest === null ? '' : ` since ${journal.oldest}`}, ${journal.dropped === 0 ? 'complete' : `${journal.dropped} events lost`}${journal.trouble === null ? '' : `, TROUBLE ${journal.trouble}`}`,
  ];
  return `${lines.join('\n')}\n`;
}
