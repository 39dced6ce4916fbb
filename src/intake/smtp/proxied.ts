// The PROXY protocol header in front of a session, from a load balancer that is believed.
import type { Socket } from 'node:net';
import { canonicalIp } from '../../lib/ip.ts';
import { readProxyHeader } from '../../wire/proxy-protocol/read.ts';

export interface ProxiedAddresses {
  readonly source: { readonly ip: string; readonly port: number };
  readonly destination: { readonly ip: string; readonly port: number };
}

/** `addresses` is null for the balancer's own health checks (LOCAL, UNKNOWN); `rest` are bytes behind the header. */
export type ProxiedOutcome =
  | { readonly kind: 'ok'; readonly addresses: ProxiedAddresses | null; readonly rest: Buffer | null }
  | { readonly kind: 'bad'; readonly why: string }
  /** Opened and closed without a byte: how balancers look whether somebody is there. */
  | { readonly kind: 'looked' };

/** Reads the header and takes its hands off the socket; answers once. Waits `timeoutMs` at most. */
export function readProxied(socket: Socket, timeoutMs: number, answer: (outcome: ProxiedOutcome) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => finish({ kind: 'bad', why: 'no PROXY header in time' }), timeoutMs);
  const finish = (outcome: ProxiedOutcome): void => {
    clearTimeout(timer);
    socket.removeListener('data', onData);
    socket.removeListener('error', onGone);
    socket.removeListener('end', onGone);
    answer(outcome);
  };
  const onGone = (): void => finish(seen.length === 0 ? { kind: 'looked' } : { kind: 'bad', why: 'closed before the PROXY header' });
  const onData = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const read = readProxyHeader(seen);
    if (read.kind === 'more') return;
    if (read.kind === 'bad') return finish({ kind: 'bad', why: read.why });
    const rest = read.bytes < seen.length ? seen.subarray(read.bytes) : null;
    const { local, source, destination } = read;
    const addresses = local || source === null || destination === null ? null : { source: canonical(source), destination: canonical(destination) };
    finish({ kind: 'ok', rest, addresses });
  };
  socket.on('data', onData);
  socket.on('error', onGone);
  socket.on('end', onGone);
}

const canonical = (address: { readonly ip: string; readonly port: number }): { readonly ip: string; readonly port: number } => ({
  ip: canonicalIp(address.ip),
  port: address.port,
});
