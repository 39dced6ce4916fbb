// What a test borrows from the machine: directories, ports, processes. Everything is given back when the test ends, also when it failed.
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.ts';

/** The part of node:test's context (or of a whole file's hooks) that ends what was begun. */
export interface Owner {
  after(end: () => unknown): void;
}

/** What must not outlive this process, whatever ends it: a test that runs into its time limit is told to go and has no time for good manners. */
const leftovers = new Set<() => void>();
process.once('exit', () => [...leftovers].reverse().forEach((clear) => clear()));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(128));

/** Registers a way to clear something away at once; call what it gives when there is nothing left to clear. */
function clearAtExit(clear: () => void): () => void {
  leftovers.add(clear);
  return () => leftovers.delete(clear);
}

const endings = new WeakMap<Owner, (() => unknown)[]>();

/** Runs `end` when the owner's test is over: last begun, first ended, so that a server outlives what talks to it. */
export function atEnd(owner: Owner, end: () => unknown): void {
  const known = endings.get(owner);
  if (known) {
    known.push(end);
    return;
  }
  const list = [end];
  endings.set(owner, list);
  owner.after(async () => {
    const failures: unknown[] = [];
    for (const next of list.reverse()) {
      try {
        await next();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `could not end: ${failures.map(String).join('; ')}`);
  });
}

/** A private directory below the system's temporary one; other users may pass through it, because mail servers drop privileges. */
export function scratchDirectory(owner: Owner, name: string): string {
  const path = mkdtempSync(join(tmpdir(), `floodgate-${name}-`));
  chmodSync(path, 0o755);
  const remove = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  const cleared = clearAtExit(() => {
    try {
      remove();
    } catch {
      // a process that is being killed may still write there
    }
  });
  atEnd(owner, () => {
    remove();
    cleared();
  });
  return path;
}

const bindable = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    // A machine without IPv6, or without that address, has nobody on it either.
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });

/** A port free on all of loopback, below the range the kernel gives to clients, so that no outgoing connection takes it meanwhile. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if ((await bindable(port, '127.0.0.1')) && (await bindable(port, '::1')) && (await bindable(port, '127.0.0.2'))) return port;
  }
  throw new Error('no free port on loopback');
}

/** Listens on loopback, on `port`, or for 0 on one that outgoing connections do not take: a server that was away finds it free when it comes back. */
export async function listenOn(server: Server, port: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const wanted = port === 0 ? await freePort() : port;
    const failed = await new Promise<Error | null>((resolve) => {
      server.once('error', resolve).listen(wanted, '127.0.0.1', () => {
        server.off('error', resolve);
        resolve(null);
      });
    });
    if (failed === null) return;
    if (port !== 0 || tries === 5) throw failed; // else somebody was faster
  }
}

const gone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Resolves when the process has ended, at once when it has already. */
export const ended = (child: ChildProcess): Promise<void> => (gone(child) ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve())));

/** Signals a process started by `startProcess` and all of its group: some servers leave a child a session behind. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // nobody is left
  }
}

/** Asks a process and its group to stop; kills them after `graceMs`. */
export async function stopProcess(child: ChildProcess, graceMs = 8000): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  await ended(child);
  clearTimeout(timer);
  signalGroup(pid, 'SIGKILL');
}

/** Starts a process in its own group; it is stopped by its id when the owner ends. */
export function startProcess(owner: Owner, command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  child.on('error', () => undefined);
  const cleared = clearAtExit(() => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  });
  atEnd(owner, async () => {
    await stopProcess(child);
    cleared();
  });
  return child;
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Sees to it that a daemon that is not our child is told to end should this process end first; call what it gives when it has ended. */
export const endWithUs = (pid: number): (() => void) =>
  clearAtExit(() => {
    if (alive(pid)) process.kill(pid, 'SIGTERM');
  });

/** Stops a daemon that is not our child, by its id, and waits until it is gone. */
export async function stopDaemon(pid: number, graceMs = 8000): Promise<void> {
  if (!alive(pid)) return;
  process.kill(pid, 'SIGTERM');
  await until(`process ${pid} to end`, () => !alive(pid), graceMs).catch(() => process.kill(pid, 'SIGKILL'));
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and gives what it said; killed after `timeoutMs`. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<Finished> {
  const { input, timeoutMs = 120_000, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...spawnOptions, stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    const done = (): void => {
      clearTimeout(timer);
      resolve({ code: child.exitCode, ...said });
    };
    child.once('close', done);
    // A daemon it leaves behind may hold the pipes open for ever: then what was said until now must do.
    child.once('exit', () => setTimeout(done, 300).unref());
    child.stdin?.on('error', () => undefined).end(input ?? '');
  });
}
