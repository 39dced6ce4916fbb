// The hub behind the servers: Postfix's smtp-sink where everything is accepted, or our own that knows its recipients and counts its mail.
import { createServer, type Socket } from 'node:net';
import { freePort, launch, stopProcess, untilBanner } from './process.ts';

/** A hub on loopback. */
export interface Hub {
  readonly port: number;
  /** Messages taken so far; null where the program does not say. */
  taken(): number | null;
  stop(): Promise<void>;
}

/** smtp-sink refuses to run as root. */
const asNobody = (): string[] => (process.getuid?.() === 0 ? ['-u', 'nobody'] : []);

/** smtp-sink: takes all mail at the least cost; its own process. */
export async function startSink(): Promise<Hub> {
  const port = await freePort();
  const child = launch({ command: 'smtp-sink', args: [...asNobody(), '-t', '600', `127.0.0.1:${port}`, '4096'] });
  await untilBanner(child, { host: '127.0.0.1', port });
  return { port, taken: () => null, stop: () => stopProcess(child) };
}

/** A hub in this process that knows `user*` at any domain, refuses all else with 550 5.1.1, and counts what it takes. */
export async function startKnowingHub(): Promise<Hub> {
  const sockets = new Set<Socket>();
  let taken = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveHubSession(socket, () => taken++);
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the hub has no port');
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: address.port, taken: () => taken, stop };
}

const EHLO_REPLY =
  '250-hub.example\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE\r\n';

function replyTo(line: string): string {
  const verb = line.slice(0, 4).toUpperCase();
  if (verb === 'EHLO') return EHLO_REPLY;
  if (verb === 'DATA') return '354 Go on\r\n';
  if (verb === 'QUIT') return '221 2.0.0 Bye\r\n';
  if (verb === 'RCPT' && !/^RCPT TO:<user/i.test(line)) return '550 5.1.1 User unknown\r\n';
  return '250 2.0.0 Ok\r\n';
}

function serveHubSession(socket: Socket, onMessage: () => void): void {
  let rest = '';
  let isContent = false;
  socket.on('error', () => undefined);
  socket.write('220 hub.example ESMTP\r\n');
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('latin1');
    let replies = '';
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (isContent && line !== '.') continue;
      if (isContent) onMessage();
      const isData = !isContent && line.toUpperCase() === 'DATA';
      replies += isContent ? '250 2.0.0 Taken\r\n' : replyTo(line);
      isContent = isData;
    }
    if (replies.endsWith('Bye\r\n')) socket.end(replies);
    else if (replies !== '') socket.write(replies);
  });
}
