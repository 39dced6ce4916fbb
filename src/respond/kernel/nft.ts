// nft as a program: one script after another, never two at once.
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { liveTable } from './nft-script.ts';

export interface Nft {
  /** Carries a script out in one transaction; rejects with nft's own first words, and then nothing was changed. */
  run(script: string): Promise<void>;
  /** What nft says of the counter of dropped packets, as JSON. */
  counter(): Promise<string>;
  /** All elements of the set of this family, as nft writes them. */
  elements(family: 4 | 6): Promise<string>;
}

/** Milliseconds: 65,536 networks take a second or two; one that takes so long hangs. */
const patienceMs = 30_000;
/** Bytes of what it says that are kept. */
const maxSaid = 64 * 1024;
/** The same where a whole set is listed: 65,536 networks of some 120 bytes. */
const maxListed = 16 * 1024 * 1024;

/** The system's nft, or the one at `program`. */
export function systemNft(program = 'nft'): Nft {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    run: (script) => inTurn(async () => void (await runOnce(program, ['-f', '-'], script))),
    counter: () => inTurn(() => runOnce(program, ['-j', 'list', 'counter', ...liveTable.split(' '), 'dropped'], '')),
    elements: (family) => inTurn(() => runOnce(program, ['list', 'set', ...liveTable.split(' '), `blocked${family}`], '', maxListed)),
  };
}

function runOnce(program: string, args: readonly string[], input: string, keep = maxSaid): Promise<string> {
  const env = { PATH: [process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter), LC_ALL: 'C' };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env, timeout: patienceMs, killSignal: 'SIGKILL' });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out = said.out.length < keep ? said.out + text : said.out));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err = (said.err + text).slice(0, maxSaid)));
    child.on('error', (error) => reject(new Error(`nft cannot be run: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(said.out);
      else reject(new Error(`nft ${signal === null ? `says: ${said.err.split('\n')[0] ?? ''}` : `was ended by ${signal}`}`));
    });
    child.stdin.on('error', () => undefined); // it may end before it has read everything; its exit code tells
    child.stdin.end(input);
  });
}
