// A password from the person at the terminal, unseen, or from a pipe. Never from the command line: other users of the machine can
// read that.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError } from './command-line.ts';

/** Longest password taken, in bytes. */
const longest = 1024;

/** The first line of standard input; at a terminal it is asked for, `twice` where a mistyped one would lock a user out. */
export async function readPassword({ twice }: { readonly twice: boolean }): Promise<string> {
  const password = process.stdin.isTTY ? await ask(twice) : await firstLine();
  if (password === '') throw new CliError('no password given: type one, or pipe one in (printf %s "$password" | floodgate users ...)', 2);
  if (Buffer.byteLength(password) > longest) throw new CliError(`the password is longer than ${longest} bytes`, 2);
  return password;
}

async function ask(twice: boolean): Promise<string> {
  const password = await askOnce('Password: ');
  if (twice && (await askOnce('The same again: ')) !== password) throw new CliError('the two passwords differ; nothing was changed');
  return password;
}

async function askOnce(question: string): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  terminal.once('SIGINT', () => terminal.close());
  const gone = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  process.stderr.write(question);
  try {
    return await Promise.race([terminal.question(''), gone]);
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

async function firstLine(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk);
    if (text.includes('\n') || text.length > longest) break;
  }
  return text.split('\n', 1)[0]?.replace(/\r$/, '') ?? '';
}
