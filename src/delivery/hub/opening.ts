// From nothing to a connection that may be used: connect, greeting, EHLO, STARTTLS where wanted.
import net from 'node:net';
import { oneLine, type Reply } from '../../model/reply.ts';
import { parseEhlo } from '../../wire/smtp/ehlo.ts';
import { HubClient, isLost, type Lost } from './client.ts';
import type { LeaseFailure } from './pool.ts';

export interface HubTarget {
  readonly protocol: 'smtp' | 'lmtp';
  readonly host: string;
  readonly port: number;
  /** must: the certificate is verified as well (NODE_EXTRA_CA_CERTS names further authorities). */
  readonly tls: 'off' | 'may' | 'must';
}

export interface OpenOptions {
  readonly target: HubTarget;
  /** Our name in EHLO. */
  readonly hostname: string;
  readonly connectMs: number;
  readonly commandMs: number;
  readonly now: () => number;
}

/** Opens a connection up to the reply to EHLO. Never rejects. */
export async function openHubClient(options: OpenOptions, signal: AbortSignal): Promise<HubClient | LeaseFailure> {
  const first = await tryOpen(options, signal);
  if (!('tlsFailed' in first)) return first;
  if (options.target.tls === 'must') return { failed: first.tlsFailed };
  // `may` is for a hub whose TLS is better than none; a broken one must not stop the mail that would pass in clear.
  const second = await tryOpen({ ...options, target: { ...options.target, tls: 'off' } }, signal);
  return 'tlsFailed' in second ? { failed: second.tlsFailed } : second;
}

interface TlsFailure {
  readonly tlsFailed: string;
}

async function tryOpen(options: OpenOptions, signal: AbortSignal): Promise<HubClient | LeaseFailure | TlsFailure> {
  const socket = await connect(options, signal);
  if ('failed' in socket) return socket;
  const client = new HubClient(socket, options.now());
  const abort = (): void => client.destroy();
  signal.addEventListener('abort', abort);
  const failed = await greet(client, options);
  signal.removeEventListener('abort', abort);
  if (failed === null) return client;
  client.destroy();
  return failed;
}

function connect({ target, connectMs }: OpenOptions, signal: AbortSignal): Promise<net.Socket | LeaseFailure> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: target.host, port: target.port, noDelay: true });
    const give = (outcome: net.Socket | LeaseFailure): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.off('connect', connected);
      socket.off('error', refused);
      if ('failed' in outcome) {
        socket.on('error', () => {}); // nobody is interested any more
        socket.destroy();
      }
      resolve(outcome);
    };
    const connected = (): void => give(socket);
    // Several addresses refused give an AggregateError without a message of its own.
    const refused = (error: NodeJS.ErrnoException): void => give({ failed: error.message === '' ? (error.code ?? 'cannot connect') : error.message });
    const abort = (): void => give({ failed: 'going down' });
    const timer = setTimeout(() => give({ failed: `no connection within ${connectMs / 1000} s` }), connectMs);
    signal.addEventListener('abort', abort);
    socket.once('connect', connected);
    socket.once('error', refused);
    if (signal.aborted) abort();
  });
}

async function greet(client: HubClient, options: OpenOptions): Promise<LeaseFailure | TlsFailure | null> {
  client.expect(1);
  const greeting = await client.read(options.commandMs);
  const unwelcome = unless(greeting, 220, 'greeting');
  if (unwelcome !== null) return unwelcome;
  const ehlo = await sayHello(client, options.target.protocol, options.hostname, options.commandMs);
  if (ehlo !== null) return { failed: ehlo };
  return options.target.tls === 'off' ? null : startTls(client, options);
}

/** Says EHLO, LHLO, or at need HELO, and notes what the hub can do; null or what went wrong. */
export async function sayHello(client: HubClient, protocol: 'smtp' | 'lmtp', name: string, commandMs: number): Promise<string | null> {
  client.send(protocol === 'lmtp' ? `LHLO ${name}` : `EHLO ${name}`);
  let answer = await client.read(commandMs);
  if (protocol === 'smtp' && !isLost(answer) && answer.code >= 500) {
    client.send(`HELO ${name}`); // RFC 5321 3.2: a server that does not know EHLO
    answer = await client.read(commandMs);
  }
  const unwelcome = unless(answer, 250, 'EHLO');
  if (unwelcome !== null) return unwelcome.failed;
  client.capabilities = parseEhlo(answer as Reply); // `unless` has seen that it is one
  return null;
}

async function startTls(client: HubClient, { target, hostname, commandMs }: OpenOptions): Promise<LeaseFailure | TlsFailure | null> {
  const must = target.tls === 'must';
  if (!client.capabilities.startTls) return must ? { failed: 'the next hop does not offer STARTTLS' } : null;
  client.send('STARTTLS');
  const answer = await client.read(commandMs);
  if (isLost(answer)) return { failed: answer.lost };
  if (answer.code !== 220) return must ? { failed: `STARTTLS was refused: ${oneLine(answer)}` } : null;
  const servername = net.isIP(target.host) === 0 ? { servername: target.host } : {};
  const lost = await client.startTls({ host: target.host, ...servername, rejectUnauthorized: must }, commandMs);
  if (lost !== null) return { tlsFailed: `TLS: ${lost.lost}` };
  // RFC 3207 4.2: what was said before counts no more.
  const failed = await sayHello(client, target.protocol, hostname, commandMs);
  return failed === null ? null : { failed };
}

function unless(answer: Reply | Lost, code: number, at: string): LeaseFailure | null {
  if (isLost(answer)) return { failed: `at the ${at}: ${answer.lost}` };
  return answer.code === code ? null : { failed: `the ${at} was answered ${oneLine(answer)}` };
}
