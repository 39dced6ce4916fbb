// `floodgate quota`: who has used what of an outgoing quota, and more of it for a user who needs it.
import { durationMsOf } from '../config/units.ts';
import { escapeUnsafe } from '../events/log-line.ts';
import type { ShownQuota } from '../facts/quota-keeper.ts';
import { quotaClocks, type QuotaClock } from '../model/quota.ts';
import { CliError, printJson, type CommandLine, type Subcommand } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

type Common = WhichGateway & { readonly json?: boolean };
type RaiseOptions = Common & { readonly for: string; readonly times?: string; readonly lift?: boolean };

const path = '/api/v1/quotas';

/** Adds `quota list|show|raise|lower` to the program. */
export const quota: Subcommand = (program) => {
  const group = program.command('quota').description('outgoing quotas: who has used what, and more for a while');
  common(group.command('list').description('who has used something or was given more, the fullest first')).action(list);
  common(
    group
      .command('show <name>')
      .description('how one quota stands; what it held is let go with `floodgate quarantine release --user <name>`')
      .option('--kind <kind>', 'user, host, network or customer', 'user'),
  ).action(show);
  common(
    group
      .command('raise <user>')
      .description('give a user more for a while; what was used counts on')
      .requiredOption('--for <time>', 'how long, like 24h or 2d; 31d at most')
      .option('--times <n>', 'every limit so many times (2 to 1000)', '10')
      .option('--lift', 'no limit at all'),
  ).action(raise);
  common(group.command('lower <user>').description('end that before its time')).action(lower);
};

const common = (command: CommandLine): CommandLine =>
  command
    .option('--json', 'one JSON object a line')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration');

async function list({ json, ...gateway }: Common): Promise<void> {
  const { quotas } = (await ask(gateway, 'GET', path)) as { readonly quotas: readonly ShownQuota[] }; // our own daemon answers: facts/quota-keeper.ts
  for (const each of quotas) print(each, json);
  if (json !== true && quotas.length === 0) process.stdout.write('nobody has used anything of a quota\n');
}

async function show(name: string, { json, kind, ...gateway }: Common & { readonly kind: string }): Promise<void> {
  const at = `${path}/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;
  print((await ask(gateway, 'GET', at)) as ShownQuota, json); // as above
}

async function raise(user: string, { json, for: lasting, times, lift, ...gateway }: RaiseOptions): Promise<void> {
  const ms = durationMsOf(lasting) ?? 0;
  if (ms === 0) throw new CliError(`--for ${lasting} is not understood; write it like 24h or 2d`, 2);
  const factor = Number(times);
  if (!Number.isInteger(factor)) throw new CliError(`--times ${times} is no whole number`, 2);
  const body = { user, until: new Date(Date.now() + ms).toISOString(), times: lift === true ? null : factor };
  const answer = (await ask(gateway, 'POST', `${path}/raises`, body)) as { readonly quota: ShownQuota }; // as above
  print(answer.quota, json);
}

async function lower(user: string, { json, ...gateway }: Common): Promise<void> {
  const answer = (await ask(gateway, 'DELETE', `${path}/raises/${encodeURIComponent(user)}`)) as { readonly quota: ShownQuota }; // as above
  print(answer.quota, json);
}

const ask = (gateway: WhichGateway, method: string, at: string, body?: object): Promise<unknown> => askDaemon(stateDirOf(gateway), method, at, body);

const clockNames: Readonly<Record<QuotaClock, string>> = {
  externalRecipientsPerHour: 'outside/h',
  internalRecipientsPerHour: 'inside/h',
  recipientsPerDay: 'all/day',
};

function print(shown: ShownQuota, json: boolean | undefined): void {
  if (json === true) return printJson(shown);
  const { account, raised } = shown;
  const clocks = quotaClocks.map((clock) => `${clockNames[clock]} ${shown[clock].limit === 0 ? 'no limit' : `${shown[clock].used} of ${shown[clock].limit}`}`);
  const more = raised === null ? '' : `  ${raised.times === null ? 'lifted' : `raised ${raised.times} times`} until ${raised.until} by ${raised.by}`;
  process.stdout.write(`${escapeUnsafe(`${account}  ${clocks.join('  ')}${more}`)}\n`);
}
