// The gateway itself, as an operator runs it: a process of its own with a configuration file, watched from outside.
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as later } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { readJournal } from '../../src/events/read-journal.ts';
import type { Event, EventType } from '../../src/model/events.ts';
import { playbookRows } from '../../src/respond/playbook.ts';
import { fakeDns, type FakeDns } from './fake-dns.ts';
import { ended, freePort, runProgram, scratchDirectory, startProcess, stopProcess, type Finished, type Owner } from './scratch.ts';
import { testCertificate } from './certificate.ts';
import { patienceMs, until, within } from './until.ts';

const program = fileURLToPath(new URL('../../bin/floodgate.mjs', import.meta.url));

/** A configuration as written by hand: any part of it, units and all. */
export type RawConfig = Readonly<Record<string, unknown>>;

export interface GatewayOptions {
  /** host:port of the hub. */
  readonly hub: string;
  /** Laid over the defaults, deeply; lists replace. */
  readonly config?: RawConfig;
  /** Makes a users file; name and password. */
  readonly users?: Readonly<Record<string, string>>;
  /** Makes a certificate and offers STARTTLS. */
  readonly tls?: boolean;
  /** Addresses of the listeners by name; the port is found. */
  readonly listeners?: Readonly<Record<string, ListenerSketch>>;
  /** DNS as `{"name TYPE": [values]}`; what is not there is NXDOMAIN. */
  readonly zone?: Readonly<Record<string, readonly string[]>>;
  /** A directory that exists, for the state; default a private one. */
  readonly state?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Network namespace to run in; default the machine's own. */
  readonly netns?: string;
}

/** A listener without its port. */
export interface ListenerSketch {
  readonly host?: string;
  readonly role?: 'mx' | 'submission' | 'smarthost';
  readonly [more: string]: unknown;
}

export interface Gateway {
  /** Port of a listener by name. */
  port(listener?: string): number;
  readonly dns: FakeDns;
  readonly directory: string;
  readonly configFile: string;
  readonly state: string;
  readonly pid: number;
  /** All that it said so far. */
  stdout(): string;
  stderr(): string;
  /** Lays more over the configuration and writes the file; takes effect at a reload or restart. */
  rewrite(more: RawConfig): void;
  /** SIGHUP, and waits until it says that the file was loaded or refused. */
  reload(): Promise<'config-loaded' | 'config-refused'>;
  /** SIGTERM, and waits for the end; gives the exit code. */
  stop(): Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** SIGKILL, and waits for the end. */
  kill9(): Promise<void>;
  /** Starts it (again) with the same files; resolves when it is ready. */
  start(): Promise<void>;
  restart(): Promise<void>;
  readonly exited: Promise<number | null>;
  /** A subcommand of the same program on the same configuration. */
  command(...args: readonly string[]): Promise<Finished>;
  /** What `explain` says to a reference, id or address: one object a line. */
  explain(id: string): Promise<readonly Record<string, unknown>[]>;
  /** The journal so far. */
  events(): Promise<readonly Event[]>;
  /** Resolves with the first event of this type that matches, as soon as it is in the journal. */
  event<T extends EventType>(type: T, matches?: (event: Extract<Event, { type: T }>) => boolean): Promise<Extract<Event, { type: T }>>;
  /** Resident memory of the whole process in bytes. */
  memoryBytes(): number;
}

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `over` laid over `base`, deeply; lists and scalars replace, undefined removes. */
export function merged(base: RawConfig, over: RawConfig): RawConfig {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const known = result[key];
    if (value === undefined) delete result[key];
    else result[key] = isPlain(known) && isPlain(value) ? merged(known, value) : value;
  }
  return result;
}

const hostPort = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

const never = { level1: 1_000_000, level2: 1_000_000, level3: 1_000_000 };
/** Thresholds that no signal reaches: the load level stays 0. */
export const withoutLevels: RawConfig = {
  eventLoopLag: { level1: '1d', level2: '1d', level3: '1d' },
  bannerQueue: never,
  sessions: never,
  hubQueue: never,
  systemLoad: never,
  memory: never,
};

/** Floors of free disk that no disk is below: what fills the disk of the machine that tests is none of the story. */
const withoutDiskFloors: RawConfig = {
  limits: { freeDisk: '0' },
  quarantine: { freeDisk: '0' },
  spool: { freeDisk: '0' },
  disk: { debugLog: '0', chatter: '0', oldJournal: '0' },
  detectors: { 'hub-distress': { diskWatchPercent: 0, diskAlertPercent: 0 } },
};

interface Laid {
  readonly directory: string;
  readonly state: string;
  readonly ports: ReadonlyMap<string, number>;
  readonly config: RawConfig;
  readonly dns: FakeDns;
}

async function layOut(owner: Owner, options: GatewayOptions): Promise<Laid> {
  const directory = scratchDirectory(owner, 'gateway');
  const state = options.state ?? join(directory, 'state');
  const ports = new Map<string, number>();
  const listeners: unknown[] = [];
  for (const [name, { host = '127.0.0.1', role = 'mx', ...more }] of Object.entries(options.listeners ?? { mx: {} })) {
    const port = await freePort();
    ports.set(name, port);
    listeners.push({ name, address: hostPort(host, port), role, ...more });
  }
  const dns = await fakeDns(owner, options.zone ?? {});
  const base: RawConfig = {
    site: {
      hostname: 'mx.hub.example',
      // 127.0.0.1 plays an insider; every other loopback address is a stranger.
      networks: ['127.0.0.1/32'],
      domains: ['hub.example'],
      customerDomains: ['customer.example'],
      postmaster: 'postmaster@hub.example',
    },
    hub: { address: options.hub },
    listeners,
    state,
    threads: 1,
    dns: { servers: [`127.0.0.1:${dns.port}`] },
    ...withoutDiskFloors,
    // Tests connect by the dozen from one address, on machines that do other work as well: rates and load have tests of their own.
    rates: { connectionsPerAddress: 0, connectionsPerNetwork: 0, connectionsPerSecond: 0 },
    load: withoutLevels,
    // What is done and told by itself has tests of its own; elsewhere it would answer the tests.
    playbook: Object.fromEntries(playbookRows.map(({ detector }) => [detector, 'off'])),
    alerts: { mail: [] },
  };
  const auth = options.users ? { auth: { users: usersFile(directory, options.users) } } : {};
  const tls = options.tls === true ? { tls: testCertificate(directory) } : {};
  return { directory, state, ports, dns, config: merged(merged(base, { ...auth, ...tls }), options.config ?? {}) };
}

function usersFile(directory: string, users: Readonly<Record<string, string>>): string {
  const path = join(directory, 'users.txt');
  writeFileSync(
    path,
    Object.entries(users)
      .map(([name, password]) => `${name}:{PLAIN}${password}\n`)
      .join(''),
    { mode: 0o600 },
  );
  return path;
}

type Reading = Pick<Gateway, 'events' | 'event'>;

/** The journal below a state directory, as any reader sees it. */
function journalOf(state: string): Reading {
  const events = async (): Promise<readonly Event[]> => {
    const all: Event[] = [];
    for await (const event of readJournal(join(state, 'journal'))) all.push(event);
    return all;
  };
  return {
    events,
    event: (type, matches = () => true) =>
      until(`an event ${type}`, async () => {
        for (const event of await events()) if (isOf(event, type) && matches(event)) return event;
        return false;
      }),
  };
}

/**
 * Asks for a reload and waits for what comes of it. The journal is written a moment later than things happen: what was said `earlier`
 * since the start (the start itself, and each reload) must be there before, or it passes for the answer.
 */
async function reloaded({ events }: Reading, startedAt: number, earlier: number, ask: () => void): Promise<'config-loaded' | 'config-refused'> {
  const verdicts = async (): Promise<readonly Event[]> =>
    (await events()).filter(({ type, at }) => at >= startedAt && (type === 'config-loaded' || type === 'config-refused'));
  await until('the journal to tell of the configuration in force', async () => (await verdicts()).length >= earlier);
  ask();
  return until('the gateway to load its configuration again', async () => {
    const answer = (await verdicts())[earlier];
    return answer?.type === 'config-loaded' || answer?.type === 'config-refused' ? answer.type : false;
  });
}

/** Asks it to end and gives its exit code; kills it and rejects when it does not. */
async function ends(child: ChildProcess): Promise<number | null> {
  child.kill('SIGTERM');
  await within(60_000, 'the gateway to end after SIGTERM', ended(child)).catch(async (error: unknown) => {
    await stopProcess(child, 0);
    throw error;
  });
  return child.exitCode;
}

const objectsIn = (jsonLines: string): readonly Record<string, unknown>[] =>
  jsonLines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** What can be said of a gateway whether it runs or not. */
function describe(laid: Laid): Pick<Gateway, 'port' | 'dns' | 'directory' | 'state' | 'configFile'> {
  return {
    port: (listener) => {
      const port = listener === undefined ? [...laid.ports.values()][0] : laid.ports.get(listener);
      if (port === undefined) throw new Error(`no listener ${listener}`);
      return port;
    },
    dns: laid.dns,
    directory: laid.directory,
    state: laid.state,
    configFile: join(laid.directory, 'floodgate.yaml'),
  };
}

/** Lays out a gateway without starting it: for tests of the start itself. */
export async function layOutGateway(owner: Owner, options: GatewayOptions): Promise<Gateway> {
  const laid = await layOut(owner, options);
  const about = describe(laid);
  const { configFile } = about;
  let { config } = laid;
  const write = (): void => writeFileSync(configFile, JSON.stringify(config, null, 2)); // JSON is YAML
  write();
  const journal = journalOf(laid.state);
  let child: ChildProcess | null = null;
  let [startedAt, loads] = [0, 0];
  const said = { stdout: '', stderr: '' };
  const running = (): ChildProcess => {
    if (child === null) throw new Error('the gateway was not started');
    return child;
  };
  const command = (...args: readonly string[]): Promise<Finished> =>
    runProgram(process.execPath, [program, ...args, '--config', configFile], { cwd: laid.directory, env: { ...process.env, NO_COLOR: '1' } });

  const gateway: Gateway = {
    ...about,
    ...journal,
    get pid() {
      return running().pid ?? 0;
    },
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    rewrite(more) {
      config = merged(config, more);
      write();
    },
    reload: () => reloaded(journal, startedAt, loads++, () => void running().kill('SIGHUP')),
    stop: async () => (child === null ? null : ends(child)),
    signal: (name) => void running().kill(name),
    async kill9() {
      running().kill('SIGKILL');
      await ended(running());
    },
    async start() {
      [startedAt, loads] = [Date.now(), 1];
      const inside = options.netns === undefined ? [] : ['netns', 'exec', options.netns, process.execPath];
      child = startProcess(owner, options.netns === undefined ? process.execPath : 'ip', [...inside, program, 'run', '--config', configFile], {
        cwd: laid.directory,
        env: { ...process.env, ...options.env, NO_COLOR: '1' },
      });
      await untilReady(child, said);
    },
    async restart() {
      await gateway.stop();
      await gateway.start();
    },
    get exited() {
      const waiting = running();
      return ended(waiting).then(() => waiting.exitCode);
    },
    command,
    explain: async (id) => objectsIn((await command('explain', '--json', id)).stdout),
    memoryBytes: () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${running().pid}/status`, 'utf8'))?.[1] ?? 0) * 1024,
  };
  return gateway;
}

const isOf = <T extends EventType>(event: Event, type: T): event is Extract<Event, { type: T }> => event.type === type;

/** Waits for the line that says that every listener is open. */
async function untilReady(child: ChildProcess, said: { stdout: string; stderr: string }): Promise<void> {
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const { stdout } = child;
  if (stdout === null) throw new Error('the gateway has no standard output');
  stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  const ready = (async () => {
    for await (const line of createInterface({ input: stdout })) if (line.startsWith('floodgate ready')) return true;
    return false;
  })();
  const failed = once(child, 'exit').then(() => later(50).then(() => false));
  const isReady = await within(patienceMs, 'the gateway to be ready', Promise.race([ready, failed]));
  if (!isReady) throw new Error(`the gateway ended with ${child.exitCode} before it was ready:\n${said.stderr}`);
}

/** Starts a gateway; resolves when every listener is open. It is stopped at the end of the test. */
export async function startGateway(owner: Owner, options: GatewayOptions): Promise<Gateway> {
  const gateway = await layOutGateway(owner, options);
  await gateway.start();
  return gateway;
}
