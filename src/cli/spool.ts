// `floodgate spool`: mail that waits for next hops which are away.
import type { ShownSpooled, SpoolControl } from '../delivery/spool/desk.ts';
import { escapeUnsafe } from '../events/log-line.ts';
import { CliError, printJson, type CommandLine, type Subcommand } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

type Common = WhichGateway & { readonly json?: boolean };

const path = '/api/v1/spool';
const mostListed = 1000;

/** Adds `spool list|retry` to the program. */
export const spool: Subcommand = (program) => {
  const group = program.command('spool').description('mail that waits for a next hop which is away: look at it, try it now');
  common(group.command('list').description('what waits, oldest first, and why'))
    .option('--limit <n>', `messages at most (1 to ${mostListed})`, '100')
    .action(list);
  common(group.command('retry [route]').description('try it now: hub, outbound, or a domain of routes; all without one')).action(retry);
};

const common = (command: CommandLine): CommandLine =>
  command
    .option('--json', 'one JSON object a line')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration');

async function list({ json, limit, ...rest }: Common & { readonly limit: string }): Promise<void> {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > mostListed) throw new CliError(`--limit ${limit} is no number from 1 to ${mostListed}`, 2);
  const answer = (await askDaemon(stateDirOf(rest), 'GET', `${path}?limit=${most}`)) as ReturnType<SpoolControl['list']>; // by the API's schema
  for (const item of answer.items) {
    if (json === true) printJson(item);
    else process.stdout.write(`${lineOf(item)}\n`);
  }
  if (json === true) return;
  for (const { route, messages, away } of answer.routes)
    if (messages > 0) process.stdout.write(escapeUnsafe(`${waits(messages)} for ${route}: ${away ?? 'it takes mail'}`) + '\n');
  process.stdout.write(answer.waiting > answer.items.length ? `${answer.items.length} of ${answer.waiting} shown\n` : `${waits(answer.waiting)}\n`);
}

const waits = (messages: number): string => `${messages} ${messages === 1 ? 'waits' : 'wait'}`;

async function retry(route: string | undefined, { json, ...rest }: Common): Promise<void> {
  const answer = (await askDaemon(stateDirOf(rest), 'POST', `${path}/retry`, route === undefined ? {} : { route })) as ReturnType<SpoolControl['retry']>; // as above
  if (json === true) printJson(answer);
  else process.stdout.write(`${answer.tried} ${answer.tried === 1 ? 'is' : 'are'} tried now\n`);
}

function lineOf({ id, queuedAt, from, to, size, route, reason, tries, nextTryAt, expiresAt, held }: ShownSpooled): string {
  const [first = '', ...others] = to;
  const next = nextTryAt === null ? '' : `  tried ${tries} times, again at ${nextTryAt}`;
  return escapeUnsafe(
    `${id}  ${queuedAt}  <${from}> -> <${first}>${others.length === 0 ? '' : ` +${others.length}`}  ${size} bytes  for ${route}  until ${expiresAt.slice(0, 10)}  ${held ? 'held; ' : ''}${reason}${next}`,
  );
}
