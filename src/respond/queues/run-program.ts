// Programs of mail servers, run without a shell: arguments as they are, what they say bounded, an end in any case.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { QueueTrouble } from './mail-queue.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds: removing ten thousand messages from a slow disk takes minutes; what takes longer hangs. */
const patienceMs = 10 * 60_000;
/** Characters kept of what a program says. */
const longestSaid = 4 * 1024 * 1024;
/** Where the programs of mail servers are, which is in few people's PATH. */
const programPath = [process.env['PATH'] ?? '', '/usr/sbin', '/sbin', '/usr/local/sbin'].join(':');

const start = (program: string, args: readonly string[]): ChildProcess =>
  spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, PATH: programPath, LC_ALL: 'C' }, signal: AbortSignal.timeout(patienceMs) });

function whyNot(program: string, error: NodeJS.ErrnoException): QueueTrouble {
  if (error.code === 'ENOENT') return new QueueTrouble(`${program} is not found`);
  if (error.code === 'EACCES') return new QueueTrouble(`${program} may not be run by this user`);
  if (error.code === 'ABORT_ERR') return new QueueTrouble(`${program} has not ended within ${patienceMs / 60_000} minutes`);
  return new QueueTrouble(`${program}: ${error.message}`);
}

/** Runs a program to its end. Rejects where it cannot be started. */
export function runProgram(program: string, args: readonly string[], input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = start(program, args);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        if (said[name].length < longestSaid) said[name] += text;
      });
    }
    child.once('error', (error) => reject(whyNot(program, error)));
    child.once('close', (code) => resolve({ code, ...said }));
    // It may end before it has read everything.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** The lines a program says, as they come; rejects at the end where it failed. */
export async function* programLines(program: string, args: readonly string[]): AsyncGenerator<string> {
  const child = start(program, args);
  let stderr = '';
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(whyNot(program, error)));
    child.once('close', resolve);
  });
  ended.catch(() => undefined); // awaited below; a program that is missing must not end us before
  child.stdin?.on('error', () => undefined).end();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < longestSaid) stderr += text;
  });
  try {
    if (child.stdout !== null) yield* createInterface({ input: child.stdout, crlfDelay: Infinity });
    const code = await ended;
    if (code !== 0) throw new QueueTrouble(failureText(program, { code, stdout: '', stderr }));
  } finally {
    child.kill();
  }
}

/** One sentence for a program that failed: what it calls fatal, else its first words. */
export function failureText(program: string, { code, stdout, stderr }: Ran): string {
  const said = `${stderr}\n${stdout}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  // Postfix warns first, and says why it ends in a line of its own.
  const words = said.find((line) => /(?:^|: )fatal: /.test(line)) ?? said[0];
  return `${program} failed (${code === null ? 'killed' : `exit ${code}`})${words === undefined ? '' : `: ${words.slice(0, 300)}`}`;
}
