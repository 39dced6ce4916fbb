// Door threads share a port (SO_REUSEPORT), and so would a second gateway by mistake: each would get half of the mail.
import { createServer } from 'node:net';

/** Rejects when another program listens there: a socket of ours without SO_REUSEPORT cannot be bound beside it. */
export function assertPortIsFree({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}
