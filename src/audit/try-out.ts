// Meets a gateway as a stranger would, with a few messages that show what it does. Speaks to loopback only.
import { connect, type Socket } from 'node:net';
import { ReplyReader } from '../wire/smtp/reply-reader.ts';
import type { Reply } from '../model/reply.ts';

/** One thing tried: what was said and what was heard, line by line. */
export interface Trial {
  readonly what: string;
  readonly dialogue: readonly string[];
  /** The code of the last reply. */
  readonly code: number;
}

export interface TryOut {
  readonly host: string;
  readonly port: number;
  /** Our domain; `recipient` is a mailbox there that exists. */
  readonly domain: string;
  readonly recipient: string;
}

const REPLY_MS = 20_000;
/** The address we speak from: where 127.0.0.0/8 is inside, another one of it is inside too, and relaying is its right. */
const outsider = 'stranger@elsewhere.example';

/** A message to a mailbox, one to an unknown mailbox, and an attempt to relay; in this order. */
export async function tryOut({ host, port, domain, recipient }: TryOut): Promise<readonly Trial[]> {
  if (host !== '127.0.0.1' && host !== '::1') throw new Error('this is for a gateway on loopback only');
  const trials: readonly (readonly [what: string, from: string, to: string, body: boolean])[] = [
    ['a message to a mailbox that exists', outsider, recipient, true],
    ['a message to a mailbox that does not exist: refused in the session, no bounce', outsider, `nobody-of-that-name@${domain}`, false],
    ['a relay trick', outsider, `"someone@elsewhere.example"@${domain}`, false],
  ];
  const done: Trial[] = [];
  for (const [what, from, to, body] of trials) done.push(await converse({ host, port }, what, linesOf(from, to, body)));
  return done;
}

const linesOf = (from: string, to: string, body: boolean): readonly string[] => [
  'EHLO try-out.example',
  `MAIL FROM:<${from}>`,
  `RCPT TO:<${to}>`,
  ...(body ? ['DATA', `From: <${from}>\r\nTo: <${to}>\r\nSubject: hello from outside\r\nMessage-ID: <${Date.now()}@try-out.example>\r\n\r\nIt works.\r\n.`] : []),
  'QUIT',
];

async function converse(where: { readonly host: string; readonly port: number }, what: string, lines: readonly string[]): Promise<Trial> {
  const socket = connect(where);
  const next = replies(socket);
  try {
    const dialogue = heard(await next());
    let code = 220;
    for (const line of lines) {
      socket.write(`${line}\r\n`);
      const reply = await next();
      dialogue.push(...line.split('\r\n').map((part) => `C: ${part}`), ...heard(reply));
      if (line !== 'QUIT') code = reply.code;
    }
    return { what, dialogue, code };
  } finally {
    socket.destroy();
  }
}

const heard = (reply: Reply): string[] => reply.lines.map((line) => `S: ${reply.code} ${reply.enhanced === null ? '' : `${reply.enhanced} `}${line}`);

/** A function that resolves to the next reply, or rejects when there is none in time. */
function replies(socket: Socket): () => Promise<Reply> {
  const reader = new ReplyReader();
  let failed: Error | null = null;
  let wake: (() => void) | null = null;
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    wake?.();
  });
  const fail = (error: Error): void => {
    failed ??= error;
    wake?.();
  };
  socket.setTimeout(REPLY_MS, () => fail(new Error('no reply')));
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the gateway closed the connection')));
  return async () => {
    for (;;) {
      const reply = reader.next();
      if (reply !== null) {
        if ('kind' in reply) throw new Error(reply.why);
        return reply;
      }
      if (failed !== null) throw failed;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
}
