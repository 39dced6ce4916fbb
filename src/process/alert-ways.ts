// The ways by which alerts leave: letters, web addresses, syslog. Each rejects when it could not tell.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AlertOptions } from '../config/alert-options.ts';
import type { Config } from '../config/options.ts';
import { hookBody, letterOf, syslogLines, type AlertBatch } from '../respond/alerts/letter.ts';
import type { OwnPost } from './own-post.ts';

/** How long one way may take to tell, in ms. */
const patienceMs = 20_000;

export interface AlertWay {
  readonly name: string;
  tell(batch: AlertBatch): Promise<void>;
}

/** Letters to these, with a reference in every subject; null where there is nobody to write to. */
export function letterWay(to: readonly string[], { config, post, now }: { readonly config: Config; readonly post: OwnPost; now(): number }): AlertWay | null {
  if (to.length === 0) return null;
  const { hostname } = config.site;
  return {
    name: 'mail',
    tell: (batch) => post.send(to, letterOf(batch, { from: `floodgate@${hostname}`, to, hostname }, { at: now(), id: `${post.newId()}.alert` })),
  };
}

/** Posts JSON; any status of 2xx is heard. */
export function webhookWay({ url, bearerFile }: AlertOptions['webhooks'][number], hostname: string): AlertWay {
  return {
    name: `webhook ${new URL(url).host}`,
    tell: async (batch) => {
      const bearer = bearerFile === undefined ? {} : { authorization: `Bearer ${readFileSync(bearerFile, 'utf8').trim()}` };
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'floodgate', ...bearer },
        body: JSON.stringify(hookBody(batch, hostname)),
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMs),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`${new URL(url).host} answered ${answer.status}`);
    },
  };
}

/** One datagram a line (RFC 5426), or lines ended by a line feed over TCP (RFC 6587 3.4.2). */
export function syslogWay({ address, protocol }: NonNullable<AlertOptions['syslog']>, hostname: string, now: () => number): AlertWay {
  const send = protocol === 'udp' ? sendDatagrams : sendLines;
  return { name: 'syslog', tell: (batch) => send(address, syslogLines(batch, hostname, now())) };
}

type SendLines = (to: { readonly host: string; readonly port: number }, lines: readonly string[]) => Promise<void>;

const sendDatagrams: SendLines = async ({ host, port }, lines) => {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    for (const line of lines)
      await new Promise<void>((resolve, reject) => socket.send(line, port, host, (error) => (error === null ? resolve() : reject(error))));
  } finally {
    socket.close();
  }
};

const sendLines: SendLines = ({ host, port }, lines) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: patienceMs });
    socket.on('timeout', () => socket.destroy(new Error(`${host}:${port} does not answer`)));
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.on('connect', () => socket.end(lines.map((line) => `${line}\n`).join('')));
    socket.resume();
  });
