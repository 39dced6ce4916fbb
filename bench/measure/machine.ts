// Where and with what a comparison was made; a figure without this is worth nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

const ask = (command: string, args: readonly string[]): string => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'not installed';
  }
};

/** The commit measured, with `+` when files differ from it. */
export function commitName(): string {
  const commit = ask('git', ['rev-parse', '--short', 'HEAD']);
  return ask('git', ['status', '--porcelain', '--untracked-files=no', 'src', 'bin']) === '' ? commit : `${commit}+`;
}

/** One line each: machine, kernel, load, programs. */
export function describeMachine(nodes: readonly string[]): string[] {
  const descriptors = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? '?';
  return [
    `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, ${descriptors} descriptors a process`,
    `load average at the start ${loadavg()
      .map((load) => load.toFixed(2))
      .join(' ')}`,
    `Node ${nodes.map((node) => ask(node, ['--version'])).join(', ')}; ${ask('/usr/sbin/postconf', ['-h', 'mail_version']).replace(/^/, 'Postfix ')}`,
    `commit ${commitName()}`,
  ];
}
