// What the three unpacked mail servers have in common: they run as our child under private mounts, and are ready when their port answers.
import { connect } from 'node:net';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { outsideWorld } from '../outside-world.ts';
import { peer, type PeerName } from '../peer.ts';
import { privateUsers, underMounts, type Overlay, type PrivateUser } from '../private-mounts.ts';
import { freePort, runProgram, scratchDirectory, startProcess, stopProcess, type Owner } from '../scratch.ts';
import { until } from '../until.ts';
import { hubDefaults, Mailboxes, type Hub, type HubOptions } from './hub.ts';

/** A number no real account is likely to have. */
export const mailUid = 31_900;

/** What one of the programs needs to know to be configured. */
export interface Premises {
  /** Private; lies over /var/spool while the program runs, because some insist on a path that only root can write. */
  readonly directory: string;
  /** The same directory as the program sees it. */
  readonly inside: string;
  readonly port: number;
  readonly outsidePort: number;
  readonly folder: string;
  readonly domain: string;
  readonly options: Required<HubOptions>;
}

/** How one of the programs is laid out and started. */
export interface Recipe {
  readonly product: Exclude<Hub['product'], 'postfix'>;
  readonly users: (premises: Premises) => readonly PrivateUser[];
  /** Writes its files; says what lies over the machine's paths and what to run. */
  readonly layOut: (premises: Premises) => Promise<Layout> | Layout;
}

interface Layout {
  readonly overlays: readonly Overlay[];
  readonly command: readonly string[];
  /** The log it writes by itself, below `directory`; what it says on its output is read anyway. */
  readonly logFile?: string;
}

/** One of the unpacked servers. */
export interface UnpackedHub extends Hub {
  /** How another program runs where this one does, among its files and users. */
  beside(command: readonly string[]): { readonly program: string; readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
  /** The server's own program. */
  readonly program: string;
  /** Below it the server has its files; it sees them at `inside`. */
  readonly directory: string;
}

/** The program writes below this path; it lies over the machine's own. */
export const inside = '/var/spool';

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('data', () => {
      socket.end('QUIT\r\n');
      resolve(true);
    });
  });

/** The same in a network namespace, where this process is not. */
async function answersThere(netns: string, port: number): Promise<boolean> {
  const look = `require('node:net').connect(${port}, '127.0.0.1').once('data', () => process.exit(0)).once('error', () => process.exit(1))`;
  return (await runProgram('ip', ['netns', 'exec', netns, process.execPath, '-e', look])).code === 0;
}

function unpackedAt(name: PeerName): { folder: string; libraries: string } {
  const found = peer(name);
  if (!found.found || found.folder === null) throw new Error(found.found ? `${name} has no folder` : found.why);
  return { folder: found.folder, libraries: found.libraries };
}

/** Starts one of the unpacked servers as a hub. */
export async function unpackedHub(owner: Owner, recipe: Recipe, options: HubOptions): Promise<UnpackedHub> {
  const whole = { ...hubDefaults, ...options };
  const domain = whole.domains[0] ?? 'hub.example';
  const outside = await outsideWorld(owner);
  const directory = scratchDirectory(owner, recipe.product);
  const { folder, libraries } = unpackedAt(recipe.product);
  const port = await freePort();
  const premises: Premises = { directory, inside, port, outsidePort: whole.wayOut ?? outside.port, folder, domain, options: whole };
  const mailboxes = new Mailboxes(join(directory, 'mail'), whole.users, { uid: mailUid, gid: mailUid });
  const users = privateUsers(join(directory, 'etc'), recipe.users(premises));
  const { overlays, command, logFile: ownLog } = await recipe.layOut(premises);
  const mounts = [...users, ...overlays, { from: directory, over: inside }, ...whole.overlays];
  const args = underMounts(mounts, command);
  const env = { ...process.env, LD_LIBRARY_PATH: libraries };
  const logFile = join(directory, 'mail.log');
  writeFileSync(logFile, '', { flag: 'a', mode: 0o666 });
  const logs = ownLog === undefined ? [logFile] : [logFile, join(directory, ownLog)];
  const log = (): string => logs.map((file) => (existsSync(file) ? readFileSync(file, 'latin1') : '')).join('');
  let child: ChildProcess | null = null;

  const hub: UnpackedHub = {
    product: recipe.product,
    directory,
    program: command[0] ?? '',
    beside: (other) => ({ program: 'unshare', args: underMounts(mounts, other), env }),
    port,
    address: `127.0.0.1:${port}`,
    domain,
    users: whole.users,
    outside,
    messages: (user) => mailboxes.messages(user),
    deliveredTokens: (user) => mailboxes.deliveredTokens(user),
    delivery: (user, ...tokens) => mailboxes.delivery(user, tokens, log),
    log,
    logFile: logs.at(-1) ?? logFile,
    async start() {
      const sink = openSync(logFile, 'a');
      const [program, ...first] = whole.netns === null ? ['unshare'] : ['ip', 'netns', 'exec', whole.netns, 'unshare'];
      const started = startProcess(owner, program ?? '', [...first, ...args], { env, stdio: ['ignore', sink, sink] });
      closeSync(sink);
      child = started;
      try {
        await until(`${recipe.product} to answer`, () => started.exitCode !== null || (whole.netns === null ? answers(port) : answersThere(whole.netns, port)));
      } catch (error) {
        throw new Error(`${String(error)}; its log:\n${log()}`, { cause: error });
      }
      if (started.exitCode !== null) throw new Error(`${recipe.product} ended with ${started.exitCode}; its log:\n${log()}`);
    },
    async stop() {
      if (child) await stopProcess(child);
      child = null;
    },
    async restart() {
      await hub.stop();
      await hub.start();
    },
  };
  await hub.start();
  return hub;
}

/** Makes a directory below the premises and gives its path on the machine. */
export const makeFolder = (premises: Premises, name: string, mode = 0o755): string => {
  const path = join(premises.directory, name);
  mkdirSync(path, { recursive: true, mode });
  return path;
};
