// What the service manager is told (sd_notify(3)): ready, reloading, stopping, how it stands, and that it still lives. Node cannot open datagram
// sockets of Unix, and forking a process of hundreds of megabytes stops it for tens of milliseconds; so a small shell, started while we are
// small, waits for lines and runs systemd-notify for each (docs/adr/systemd-link.md).
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Writable } from 'node:stream';

export interface SystemdLink {
  ready(): void;
  reloading(): void;
  stopping(): void;
  /** From now on it is told how the gateway stands, and that it lives, where it wants that. */
  watch(look: () => Standing): void;
  /** Nothing more is said but what was said before. */
  close(): void;
}

/** How the gateway stands. */
export interface Standing {
  /** It takes mail. */
  readonly ready: boolean;
  /** A door lives. Where none does for longer than the watchdog's patience, the service manager starts it anew; what a start does not mend, as a full disk, is no reason. */
  readonly lives: boolean;
  readonly trouble: readonly string[];
}

export interface SystemdLinkParts {
  readonly env: NodeJS.ProcessEnv;
  /** Our process and its parent, which may be our launcher and then is the one the manager knows. */
  readonly pids: readonly number[];
  /** Looks so often at how the gateway stands, in ms; default ten seconds, and three times within the watchdog's patience. */
  readonly lookEveryMs?: number;
}

/** One after the other, in order; systemd-notify waits until its message was taken, at most five seconds. */
const script = 'while IFS= read -r line; do systemd-notify "$line"; done';
const usualLookMs = 10_000;
/** What the shell has not read is no more than this, in bytes: a manager that takes nothing must not fill our memory. */
const mostUnread = 8192;
const longestStatus = 300;

type Shell = ChildProcessByStdio<Writable, null, null>;

/** Says nothing where no service manager has given us a socket. */
export function openSystemdLink({ env, pids, lookEveryMs }: SystemdLinkParts): SystemdLink {
  const socket = env['NOTIFY_SOCKET'] ?? '';
  if (socket === '') return silent;
  const watchdogMs = watchdogOf(env, pids);
  let shell: Shell | null = null;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  let lastStatus = '';

  const start = (): Shell => {
    const fresh = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'inherit'], env: { PATH: env['PATH'], NOTIFY_SOCKET: socket } });
    const gone = (): void => {
      if (shell === fresh) shell = null; // the next who has something to say starts another
    };
    fresh.on('error', gone).on('exit', gone);
    fresh.stdin.on('error', gone);
    fresh.unref();
    return fresh;
  };
  const say = (line: string): void => {
    if (isOver) return;
    shell ??= start();
    if (shell.stdin.writableLength < mostUnread) shell.stdin.write(`${line}\n`);
  };
  const look = (standing: Standing): void => {
    if (watchdogMs !== null && standing.lives) say('WATCHDOG=1');
    const status = statusText(standing);
    if (status !== lastStatus) say(`STATUS=${status}`);
    lastStatus = status;
  };
  shell = start();
  return {
    ready: () => say('READY=1'),
    reloading: () => say('RELOADING=1'),
    stopping: () => say('STOPPING=1'),
    watch: (asked) => {
      clearInterval(timer);
      look(asked());
      timer = setInterval(() => look(asked()), lookEveryMs ?? Math.min(usualLookMs, (watchdogMs ?? usualLookMs * 3) / 3)).unref();
    },
    close: () => {
      isOver = true;
      clearInterval(timer);
      shell?.stdin.end();
    },
  };
}

const silent: SystemdLink = { ready: () => {}, reloading: () => {}, stopping: () => {}, watch: () => {}, close: () => {} };

/** The watchdog's patience in ms; null where there is none, or it is meant for another process (sd_watchdog_enabled(3)). */
function watchdogOf(env: NodeJS.ProcessEnv, pids: readonly number[]): number | null {
  const [micros, pid] = [Number(env['WATCHDOG_USEC']), env['WATCHDOG_PID']];
  if (!Number.isSafeInteger(micros) || micros <= 0 || (pid !== undefined && !pids.includes(Number(pid)))) return null;
  return micros / 1000;
}

/** One line, whatever others have written into it: a second line would be a message of its own. */
function statusText({ ready, trouble }: Standing): string {
  const [first, ...more] = trouble;
  const wrong = first === undefined ? '' : `: ${first}${more.length === 0 ? '' : `, and ${more.length} more (floodgate status)`}`;
  return `${ready ? 'taking mail' : 'NOT READY'}${wrong}`.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, longestStatus);
}
