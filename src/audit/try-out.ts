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
  /** Our own address. */
  readonly from: string;
  /** True when the gateway takes `from` for one of its own, who may send to anyone: then relaying is not tried. */
  readonly isInside: boolean;
  /** Our domain; `recipient` is a mailbox there that exists. */
  readonly domain: string;
  readonly recipient: string;
}

const REPLY_MS = 20_000;
const sender = 'stranger@elsewhere.example';

/** A message to a mailbox, one to an unknown mailbox, and attempts to relay; in this order. */
export async function tryOut({ host, port, from, isInside, domain, recipient }: TryOut): Promise<readonly Trial[]> {
  if (host !== '127.0.0.1' && host !== '::1') throw new Error('this is for a gateway on loopback only');
  const trials: readonly (readonly [what: string, to: string, body: boolean])[] = [
    [`a message to ${JSON.stringify(recipient)}`, recipient, true],
    ['a message to a mailbox that does not exist: refused in the session, no bounce', `nobody-of-that-name@${domain}`, false],
    ...(isInside ? [] : relayTrials(domain)),
  ];
  const done: Trial[] = [];
  for (const [what, to, body] of trials) done.push(await converse({ host, port, localAddress: from }, what, linesOf(to, body)));
  return done;
}

const relayTrials = (domain: string) =>
  [
    ["an attempt to relay to somebody else's mailbox", 'someone@elsewhere.example', false],
    ['a relay trick: another address hidden in the local part', `someone%elsewhere.example@${domain}`, false],
  ] as const;

const linesOf = (to: string, body: boolean): readonly string[] => [
  'EHLO try-out.example',
  `MAIL FROM:<${sender}>`,
  `RCPT TO:<${to}>`,
  ...(body
    ? ['DATA', `From: <${sender}>\r\nTo: <${to}>\r\nSubject: hello from outside\r\nMessage-ID: <${Date.now()}@try-out.example>\r\n\r\nIt works.\r\n.`]
    : []),
  'QUIT',
];

/** Says line after line; after a refusal only QUIT. */
async function converse(
  where: { readonly host: string; readonly port: number; readonly localAddress: string },
  what: string,
  lines: readonly string[],
): Promise<Trial> {
  const socket = connect(where);
  const next = replies(socket);
  try {
    const greeting = await next();
    const dialogue = heard(greeting);
    let { code } = greeting;
    for (const line of lines) {
      if (code >= 400 && line !== 'QUIT') continue;
      socket.write(`${line}\r\n`);
      const reply = await next();
      dialogue.push(...line.split('\r\n').map((part) => `C: ${part}`), ...heard(reply));
      if (line !== 'QUIT') ({ code } = reply);
    }
    return { what, dialogue, code };
  } finally {
    socket.destroy();
  }
}

/** A reply as it stood on the wire, RFC 5321 4.2: a hyphen behind the code where another line follows. */
const heard = ({ code, enhanced, lines }: Reply): string[] =>
  lines.map((line, index) => `S: ${code}${index < lines.length - 1 ? '-' : ' '}${enhanced === null ? '' : `${enhanced} `}${line}`);

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
