// A way that leads on to a port which is not known yet, and under another address: what comes through it comes from a stranger.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { atEnd, type Owner } from './scratch.ts';

export interface Detour {
  readonly port: number;
  /** Where it leads from now on. */
  leadTo(port: number): void;
}

/** Opens it on loopback; whoever goes through has the address `as` behind it. */
export async function detour(owner: Owner, as: string): Promise<Detour> {
  let target: number | null = null;
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
  };
  // Some clients say at once that they will write no more, and still listen.
  const server = createServer({ allowHalfOpen: true }, (from) => {
    track(from);
    if (target === null) {
      from.destroy();
      return;
    }
    const to = track(connect({ host: '127.0.0.1', port: target, localAddress: as, allowHalfOpen: true }));
    from.pipe(to).pipe(from);
    from.once('close', () => to.destroy());
    to.once('close', () => from.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(owner, () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    leadTo: (port) => {
      target = port;
    },
  };
}
