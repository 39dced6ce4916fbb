// floodgate parse: what a message is. Reads single messages, mbox files and Maildirs; the reading itself is given by the composition root.
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageUnderstanding } from '../model/understanding.ts';
import { printJson, type Subcommand } from './command-line.ts';

/** Understands one message. */
export type Understand = (raw: Buffer) => MessageUnderstanding;

/** Octets read of an mbox: what lies beyond is left out, and standard error says so. */
const maxMboxBytes = 256 * 1024 * 1024;
/** Octets read of one message: beyond what the reader looks at. */
const maxMessageBytes = 4 * 1024 * 1024;

/** The subcommand `parse`. */
export const parseCommand =
  (understand: Understand): Subcommand =>
  (program) => {
    program
      .command('parse')
      .description('say what a message is: bounce, delay notice, auto-reply, challenge, filter notice, complaint, or none of these')
      .argument('<file...>', 'messages, mbox files or Maildirs; - is standard input')
      .option('--json', 'one JSON object a line, a line a message')
      .action((files: readonly string[], options: { readonly json?: boolean }) => run(files, options.json === true, understand));
  };

function run(files: readonly string[], json: boolean, understand: Understand): void {
  // `| head` has read enough: no trouble to tell of.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  for (const file of files) {
    try {
      for (const message of messagesOf(file)) {
        const answer = understand(message.raw);
        if (json) printJson(jsonOf(message, answer));
        else process.stdout.write(textOf(message, answer));
      }
    } catch (error) {
      // One file that cannot be read does not silence the others.
      process.stderr.write(`floodgate: ${file}: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
  }
}

/** A message as it was found. */
export interface MailFileMessage {
  readonly file: string;
  /** From 1, in an mbox of several. */
  readonly number: number | null;
  readonly raw: Buffer;
}

/** The messages of a file, an mbox or a Maildir, one at a time. */
export function* messagesOf(file: string): Generator<MailFileMessage> {
  if (file !== '-' && statSync(file).isDirectory()) yield* maildirMessages(file);
  else yield* fileMessages(file);
}

function* fileMessages(file: string): Generator<MailFileMessage> {
  const raw = contentOf(file);
  const parts = raw.subarray(0, 5).equals(mboxStart) ? mboxMessages(raw) : [raw];
  for (const [index, part] of parts.entries()) yield { file, number: parts.length > 1 ? index + 1 : null, raw: part };
}

const mboxStart = Buffer.from('From ');

/** `new` and `cur` of a Maildir; the messages themselves of a folder that is none. */
function* maildirMessages(folder: string): Generator<MailFileMessage> {
  const folders = ['new', 'cur'].map((name) => join(folder, name)).filter((path) => existsSync(path));
  for (const each of folders.length > 0 ? folders : [folder]) {
    const names = readdirSync(each, { withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
    for (const { name } of names.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      yield { file: join(each, name), number: null, raw: contentOf(join(each, name)) };
  }
}

/** The file's octets, up to the limit of its sort. */
function contentOf(file: string): Buffer {
  const descriptor = file === '-' ? 0 : openSync(file, 'r');
  try {
    const first = readUpTo(descriptor, maxMessageBytes);
    if (first.length < maxMessageBytes || !first.subarray(0, 5).equals(mboxStart)) return first;
    const rest = readUpTo(descriptor, maxMboxBytes - first.length + 1);
    if (rest.length > maxMboxBytes - first.length) process.stderr.write(`floodgate: ${file}: read up to ${maxMboxBytes / 2 ** 20} MiB\n`);
    return Buffer.concat([first, rest]).subarray(0, maxMboxBytes);
  } finally {
    if (descriptor !== 0) closeSync(descriptor);
  }
}

function readUpTo(descriptor: number, bytes: number): Buffer {
  const chunks: Buffer[] = [];
  for (let left = bytes; left > 0;) {
    const chunk = Buffer.allocUnsafe(Math.min(left, 256 * 1024));
    const count = readSync(descriptor, chunk);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    left -= count;
  }
  return Buffer.concat(chunks);
}

/** RFC 4155: a separator is "From ", an address and a date, below an empty line. */
const separator = /\n\nFrom [^\s]{1,200} [^\n]{10,80}\d{4}[^\n]{0,10}(?=\n)/g;

function mboxMessages(raw: Buffer): readonly Buffer[] {
  const text = raw.toString('latin1').replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  const starts = [0, ...[...text.matchAll(separator)].map(({ index }) => index + 2)];
  return starts.length === 1 ? [raw] : starts.map((start, index) => Buffer.from(text.slice(start, starts[index + 1]), 'latin1'));
}

/** What --json prints of a message. */
function jsonOf({ file, number }: MailFileMessage, answer: MessageUnderstanding): object {
  const { kind, reason, hard, status, replyCode, failedRecipients, originalMessageId, originalTo, feedbackType, language, evidence, truncated } = answer;
  return {
    file,
    ...(number === null ? {} : { message: number }),
    kind,
    reason,
    hard,
    status,
    replyCode,
    failedRecipients,
    originalMessageId,
    originalTo,
    feedbackType,
    language,
    evidence,
    ...(truncated ? { truncated } : {}),
  };
}

const permanence = new Map<boolean | null, string>([
  [true, 'for good'],
  [false, 'for now'],
]);

/** The same for people. What the message says is hostile text: control characters are shown as dots. */
function textOf({ file, number }: MailFileMessage, answer: MessageUnderstanding): string {
  const { kind, reason, hard, status, replyCode, failedRecipients, originalMessageId, originalTo, feedbackType, language, evidence, truncated } = answer;
  const rows: readonly (readonly [name: string, value: string | null])[] = [
    ['reason', reason === null ? null : [reason, permanence.get(hard), replyCode, status].filter(Boolean).join(', ')],
    ['recipients', failedRecipients.length === 0 ? null : failedRecipients.join(', ')],
    ['original', [originalMessageId, originalTo === null ? null : `to ${originalTo}`].filter(Boolean).join(' ') || null],
    ['complaint', feedbackType],
    ['language', language],
    ['because', evidence.join('; ') || null],
    ['note', truncated ? 'only the beginning was read: the message passes a limit' : null],
  ];
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== null).map(([name, value]) => `  ${name.padEnd(11)}${value}`);
  return `${[`${file}${number === null ? '' : ` #${number}`}: ${kind}`, ...shown].map((line) => line.replace(/[\p{Cc}\u2028\u2029]/gu, '.')).join('\n')}\n`;
}
