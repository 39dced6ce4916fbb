// The rest of the Internet, as a hub sees it: an SMTP server that takes everything and remembers it.
// Whatever comes with a null sender is a bounce made on our side: backscatter.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tokenOf } from './letter.ts';
import { atEnd, type Owner } from './scratch.ts';
import { until } from './until.ts';

export interface OutsideMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: Buffer;
  readonly token: string | null;
}

export interface OutsideWorld {
  readonly port: number;
  readonly messages: readonly OutsideMessage[];
  /** Bounces that left the site. */
  readonly backscatter: readonly OutsideMessage[];
  /** Resolves when mail with this token has got out. */
  arrival(token: string): Promise<OutsideMessage>;
}

const endOfData = Buffer.from('\r\n.\r\n');
const between = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? '';

/** One session of the sink: strict enough for real servers, without any limit or judgement. */
class OutsideSession {
  #buffer = Buffer.alloc(0);
  #inData = false;
  #from = '';
  #to: string[] = [];
  readonly #socket: Socket;
  readonly #keep: (message: OutsideMessage) => void;

  constructor(socket: Socket, keep: (message: OutsideMessage) => void) {
    this.#socket = socket;
    this.#keep = keep;
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => this.#take(chunk));
    this.#say('220 outside.example ESMTP');
  }

  #say(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  #take(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    while (this.#inData ? this.#takeContent() : this.#takeLine());
  }

  #takeContent(): boolean {
    // The CRLF of the DATA line itself may begin the final dot of an empty message.
    const empty = this.#buffer.subarray(0, 3).equals(endOfData.subarray(2));
    const end = empty ? 0 : this.#buffer.indexOf(endOfData);
    if (end < 0) return false;
    const content = empty ? Buffer.alloc(0) : this.#buffer.subarray(0, end + 2);
    this.#buffer = this.#buffer.subarray(empty ? 3 : end + endOfData.length);
    this.#inData = false;
    this.#keep({ from: this.#from, to: this.#to, content, token: tokenOf(content) });
    this.#say('250 2.0.0 kept');
    return true;
  }

  #takeLine(): boolean {
    const end = this.#buffer.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#buffer.toString('latin1', 0, end);
    this.#buffer = this.#buffer.subarray(end + 2);
    this.#answer(line.slice(0, 4).toUpperCase(), line);
    return true;
  }

  #answer(verb: string, line: string): void {
    if (verb === 'EHLO') return this.#say('250-outside.example\r\n250-8BITMIME\r\n250 SMTPUTF8');
    if (verb === 'QUIT') {
      this.#socket.end('221 2.0.0 bye\r\n');
      return;
    }
    if (verb === 'DATA') this.#inData = true;
    else if (verb === 'MAIL') [this.#from, this.#to] = [between(line), []];
    else if (verb === 'RCPT') this.#to.push(between(line));
    this.#say(verb === 'DATA' ? '354 go on' : '250 2.0.0 ok');
  }
}

/** Starts the sink on a free port of loopback. */
export async function outsideWorld(owner: Owner): Promise<OutsideWorld> {
  const messages: OutsideMessage[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    void new OutsideSession(socket, (message) => messages.push(message));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(owner, () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    get backscatter() {
      return messages.filter(({ from }) => from === '');
    },
    arrival: (token) => until(`mail ${token} outside`, () => messages.find((message) => message.token === token)),
  };
}
