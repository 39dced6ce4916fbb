// The client's half of an SMTP session for load: sends a line, hears one reply, at the least cost; it trusts the server.
import { connect, type Socket } from 'node:net';
import type { Target } from './bounds.ts';

/** One session as a load tool sees it. `reply` resolves to the next reply's code; 0 when the connection ended first. */
export interface Conversation {
  readonly socket: Socket;
  reply(): Promise<number>;
  /** Sends a line (CRLF added) and waits for its reply. */
  say(line: string): Promise<number>;
}

export interface ConversationOptions {
  readonly target: Target;
  /** Source address; the system's choice when left out. */
  readonly from?: string | undefined;
}

/** Opens a connection; its first `reply()` is the banner. Errors show as code 0, never as a throw. */
export function openConversation({ target, from }: ConversationOptions): Conversation {
  const socket = connect({ host: target.host, port: target.port, noDelay: true, ...(from === undefined ? {} : { localAddress: from }) });
  const codes: number[] = [];
  let waiting: ((code: number) => void) | null = null;
  let isOver = false;
  let rest = '';

  const hand = (code: number): void => {
    if (waiting === null) codes.push(code);
    else {
      const resolve = waiting;
      waiting = null;
      resolve(code);
    }
  };
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line[3] !== '-') hand(Number(line.slice(0, 3)));
  });
  socket.on('error', () => undefined); // shows as code 0 through 'close'
  socket.on('close', () => {
    isOver = true;
    if (waiting !== null) hand(0);
  });

  const reply = (): Promise<number> => {
    const code = codes.shift();
    if (code !== undefined) return Promise.resolve(code);
    if (isOver) return Promise.resolve(0);
    return new Promise((resolve) => (waiting = resolve));
  };
  const say = (line: string): Promise<number> => {
    socket.write(`${line}\r\n`, 'latin1');
    return reply();
  };
  return { socket, reply, say };
}

/** Hands one message over in a greeted session; true when the server answered 250 to the final dot. */
export async function sendMessage(
  session: Conversation,
  { from, to, data }: { readonly from: string; readonly to: string; readonly data: Buffer },
): Promise<boolean> {
  if ((await session.say(`MAIL FROM:<${from}>`)) !== 250) return false;
  if ((await session.say(`RCPT TO:<${to}>`)) !== 250) return false;
  if ((await session.say('DATA')) !== 354) return false;
  session.socket.write(data);
  return (await session.reply()) === 250;
}
