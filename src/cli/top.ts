// `floodgate top`: the running gateway in the terminal, anew every second; one plain screen where the output is no terminal.
import type { Event } from '../model/events.ts';
import type { Status } from '../web/house.ts';
import type { Subcommand } from './command-line.ts';
import { askDaemon } from './daemon.ts';
import { watchDaemon } from './live.ts';
import { MinuteWatch, topLines, type TopScreen } from './top-view.ts';
import { stateDirOf, type WhichGateway } from './which-gateway.ts';

type TopOptions = WhichGateway & { readonly once?: boolean };

const refreshMs = 1000;
const topEntries = 20;
/** As many as the API gives at once. */
const eventsAtStart = 1000;
const lookBackMs = 60_000;

/** Adds `top` to the program. */
export const top: Subcommand = (program) => {
  program
    .command('top')
    .description('the running gateway, anew every second: rates, next hops, busiest client networks and checks')
    .option('--once', 'one screen as plain text; so also where the output is no terminal')
    .option('--config <file>', 'the configuration of the gateway')
    .option('--state <dir>', 'its state directory; default: from the configuration')
    .action(run);
};

async function run({ once, ...gateway }: TopOptions): Promise<void> {
  const stateDir = stateDirOf(gateway);
  const watch = new MinuteWatch();
  const status = await statusOf(stateDir);
  for (const event of await lastMinuteOf(stateDir)) watch.take(event);
  if (once === true || !process.stdout.isTTY || !process.stdin.isTTY) {
    const screen = screenOf(status, watch, { paused: false, keys: false, columns: process.stdout.columns || 100, rows: Number.POSITIVE_INFINITY });
    process.stdout.write(`${topLines(screen).join('\n')}\n`);
    return;
  }
  await onTerminal(stateDir, watch, status);
}

const statusOf = async (stateDir: string): Promise<Status> => (await askDaemon(stateDir, 'GET', '/api/v1/status')) as Status; // our own daemon of the same version

async function lastMinuteOf(stateDir: string): Promise<readonly Event[]> {
  const answer = await askDaemon(stateDir, 'GET', `/api/v1/events?decisions=true&limit=${eventsAtStart}&since=${Date.now() - lookBackMs}`);
  return (answer as { readonly events: readonly Event[] }).events;
}

function screenOf(status: Status, watch: MinuteWatch, look: Pick<TopScreen, 'paused' | 'keys' | 'columns' | 'rows'>): TopScreen {
  return { status, minute: watch.read(topEntries, Date.now()), missed: watch.missed, ...look };
}

const alternateScreen = '\u001b[?1049h\u001b[?25l';
const ordinaryScreen = '\u001b[?25h\u001b[?1049l';
/** Home, then each line with what stood behind it wiped, then the rest of the screen. */
const painted = (lines: readonly string[]): string => `\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`;

async function onTerminal(stateDir: string, watch: MinuteWatch, first: Status): Promise<void> {
  const { stdin, stdout } = process;
  const leave = new AbortController();
  const quit = (): void => {
    asked = true;
    leave.abort();
  };
  let status = first;
  let paused = false;
  let asked = false;
  let hasEnded = false;
  const paint = (): void => void stdout.write(painted(topLines(screenOf(status, watch, { paused, keys: true, columns: stdout.columns, rows: stdout.rows }))));
  const pressed = (keys: Buffer): void => {
    for (const key of keys.toString()) {
      // In raw mode Control-C is a key like any other.
      if (key === 'q' || key === '\u0003') quit();
      if (key === 'p') paused = !paused;
    }
    if (!leave.signal.aborted) paint();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, quit);
  stdout.on('resize', paint).once('error', quit);
  stdin.setRawMode(true).on('data', pressed);
  stdout.write(alternateScreen);
  try {
    paint();
    const following = follow(stateDir, watch, leave.signal)
      .catch((error: unknown) => error)
      .finally(() => leave.abort());
    while (await pause(refreshMs, leave.signal)) {
      if (paused) continue;
      status = await statusOf(stateDir);
      paint();
    }
    const trouble = await following;
    if (trouble instanceof Error) throw trouble;
    hasEnded = !asked;
  } finally {
    leave.abort();
    stdout.off('resize', paint).write(ordinaryScreen);
    stdin.setRawMode(false).off('data', pressed).pause();
  }
  if (hasEnded) process.stderr.write('floodgate: the gateway has ended\n');
}

/** Counts what happens until we leave or the daemon ends. */
async function follow(stateDir: string, watch: MinuteWatch, signal: AbortSignal): Promise<void> {
  for await (const news of watchDaemon(stateDir, { all: false, signal })) {
    if (news.kind === 'event') watch.take(news.event);
    else if (news.kind === 'missed') watch.count(news.missed);
  }
}

/** Resolves to false when we leave meanwhile. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
