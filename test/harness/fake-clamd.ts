// A virus scanner for tests: speaks clamd's INSTREAM and finds a name wherever a message says `X-Infected: name`.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { atEnd, type Owner } from './scratch.ts';

/** Starts one; gives host:port. */
export async function startFakeClamd(owner: Owner): Promise<string> {
  const server = createServer({ allowHalfOpen: true }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(owner, () => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A command ended by NUL, then pieces behind their length in four octets; a piece of length zero is the end. */
function answer(socket: Socket): void {
  let got = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    got = Buffer.concat([got, chunk]);
    const command = got.indexOf(0);
    if (command < 0) return;
    if (got.toString('latin1', 0, command) === 'zPING') {
      socket.end('PONG\0');
      return;
    }
    const pieces: Buffer[] = [];
    for (let at = command + 1; at + 4 <= got.length;) {
      const length = got.readUInt32BE(at);
      if (length === 0) {
        socket.end(`stream: ${found(Buffer.concat(pieces).toString('latin1'))}\0`);
        return;
      }
      pieces.push(got.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
  });
}

const found = (message: string): string => {
  const name = /^X-Infected: (\S+)/m.exec(message)?.[1];
  return name === undefined ? 'OK' : `${name} FOUND`;
};
