// Starting and stopping servers for a comparison: each in a directory of its own, found ready by its banner, stopped by process id.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Target } from '../load/bounds.ts';
import { openConversation } from '../load/conversation.ts';

/** A server under measurement. */
export interface Server {
  readonly name: string;
  readonly target: Target;
  /** Root of the process tree that pays. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** A TCP port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A new directory under the system's temporary one; the caller removes it. */
export const scratchDirectory = (name: string): string => mkdtempSync(join(tmpdir(), `floodgate-bench-${name}-`));

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a server's first process. Its log goes to /dev/null, which is cheap for all of them alike. */
export function launch({ command, args, cwd, env }: Launch): ChildProcess {
  const isVerbose = process.env['FLOODGATE_BENCH_VERBOSE'] !== undefined; // for finding out why a server does not start
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', isVerbose ? 'inherit' : 'ignore', isVerbose ? 'inherit' : 'ignore'],
  });
  const endWithUs = (): void => void child.kill('SIGTERM');
  process.once('exit', endWithUs); // a comparison that fails half way leaves no server behind
  child.once('exit', () => process.off('exit', endWithUs));
  return child;
}

/** Ends a process with SIGTERM, after five seconds with SIGKILL. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}

/** Resolves to the milliseconds until the server says any banner; rejects when it ended or took more than `limitMs`. */
export async function untilBanner(child: ChildProcess, target: Target, limitMs = 15_000): Promise<number> {
  const started = performance.now();
  while (performance.now() - started < limitMs) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode} before it was ready`);
    const session = openConversation({ target });
    const code = await session.reply();
    session.socket.destroy();
    if (code > 0) return performance.now() - started;
    await wait(20);
  }
  throw new Error(`no banner within ${limitMs} ms on port ${target.port}`);
}
