// Asks a clamd about a message: INSTREAM of clamd(8), chunks with their length in front, one answer line. Streamed: a large message is never in memory
// as a whole. What goes wrong is "unknown", what is too large has a word of its own: neither is ever "clean".
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Content } from '../../model/delivery.ts';
import type { VirusScan, VirusScanner } from '../../model/virus-scan.ts';
import { Unstuffer } from '../../wire/smtp/dot-stuffing.ts';

export interface ScannerOptions {
  /** A path, or host:port. */
  readonly clamd: string;
  /** For one message, its wait for a turn included; ms. */
  readonly timeoutMs: number;
  /** Larger messages are not looked at; bytes. */
  readonly maxBytes: number;
  /** Messages at once; others wait for their turn. */
  readonly atOnce: number;
}

/** Those that wait for a turn, at most: beyond it the answer is "unknown" at once. */
const mostWaiting = 1000;
/** Bytes of an answer: a name and its decoration. */
const mostAnswerBytes = 4096;

export function createScanner(options: ScannerOptions): VirusScanner {
  const { timeoutMs, maxBytes, atOnce } = options;
  let underWay = 0;
  const waiting: (() => void)[] = [];
  const turn = async (): Promise<void> => {
    if (underWay >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
  };
  const endTurn = (): void => {
    const next = waiting.shift();
    if (next === undefined) underWay -= 1;
    else next(); // the place is handed on
  };
  return {
    scan: async (content) => {
      if (content.wireBytes > maxBytes) return { kind: 'too-large', why: `larger than viruses.maxSize (${content.wireBytes} bytes)` };
      if (waiting.length >= mostWaiting) return { kind: 'unknown', why: 'too many messages wait for clamd' };
      const signal = AbortSignal.timeout(timeoutMs);
      await turn();
      try {
        return await ask(options.clamd, content, signal);
      } catch (error) {
        return {
          kind: 'unknown',
          why: signal.aborted ? `clamd did not answer within ${timeoutMs} ms` : error instanceof Error ? error.message : String(error),
        };
      } finally {
        endTurn();
      }
    },
  };
}

async function ask(clamd: string, content: Content, signal: AbortSignal): Promise<VirusScan> {
  signal.throwIfAborted();
  const socket = openClamd(clamd);
  const end = (): void => void socket.destroy(new Error('given up'));
  signal.addEventListener('abort', end, { once: true });
  try {
    const answered = answerOf(socket);
    answered.catch(() => {}); // looked at below
    await Promise.race([send(socket, content), answered]); // it may refuse before it has all
    return readAnswer(await answered);
  } finally {
    signal.removeEventListener('abort', end);
    socket.destroy();
  }
}

/** A connection to it: a path, or host:port. */
export function openClamd(clamd: string): Socket {
  if (clamd.startsWith('/')) return connect(clamd);
  const at = clamd.lastIndexOf(':');
  return connect({ host: clamd.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(clamd.slice(at + 1)) });
}

async function send(socket: Socket, content: Content): Promise<void> {
  socket.write('zINSTREAM\0');
  const unstuffer = new Unstuffer();
  for await (const wire of content.chunks()) {
    // As it was written: with its stuffed dots a quoted-printable part decodes to something else than its reader gets.
    const chunk = Buffer.concat(unstuffer.push(wire));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(chunk.length);
    if (chunk.length === 0) continue; // a length of zero ends the stream
    socket.write(length);
    if (!socket.write(chunk)) await once(socket, 'drain');
    if (socket.destroyed) return;
  }
  socket.write(Buffer.alloc(4));
}

function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\0') || text.length > mostAnswerBytes) resolve(text);
    });
    socket.on('error', reject);
    socket.on('close', () => (text === '' ? reject(new Error('clamd closed the connection without an answer')) : resolve(text)));
  });
}

/** `stream: OK`, `stream: NAME FOUND`, or `... ERROR`. */
export function readAnswer(raw: string): VirusScan {
  const text = raw.replace(/\0[^]*$/, '').trim();
  if (text === 'stream: OK') return { kind: 'clean' };
  const found = /^stream: (.+) FOUND$/.exec(text)?.[1];
  if (found !== undefined) return { kind: 'found', found: found.slice(0, 200) };
  // clamd(8): its StreamMaxLength is below ours.
  if (text.startsWith('INSTREAM size limit exceeded')) return { kind: 'too-large', why: 'larger than StreamMaxLength of clamd' };
  return { kind: 'unknown', why: `clamd answered ${text.slice(0, 200)}` };
}
