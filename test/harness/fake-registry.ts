// A registry on loopback that speaks RDAP, and the bootstrap files that lead to it.
import { createServer, type ServerResponse } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { atEnd, scratchDirectory, type Owner } from './scratch.ts';

export interface RegistryAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text that is sent as it is. */
  readonly body?: unknown;
}

export interface FakeRegistry {
  /** Of its RDAP service; ends in a slash. */
  readonly url: string;
  /** Folder with bootstrap files, all of whose networks lead here. */
  readonly bootstrap: string;
  /** Paths that were asked for. */
  readonly asked: string[];
  /** By path, like `ip/45.0.2.9`; what is not there is 404. */
  readonly answers: Record<string, RegistryAnswer>;
}

/** An answer about a network of one contact with the role abuse. */
export const networkAnswer = (first: string, last: string, mailbox: string | null): RegistryAnswer => ({
  body: {
    objectClassName: 'ip network',
    handle: 'TEST-NET',
    startAddress: first,
    endAddress: last,
    entities: [
      { objectClassName: 'entity', handle: 'ORG-TEST', roles: ['registrant'], entities: mailbox === null ? [] : [contactAnswer('AB1-TEST', mailbox).body] },
    ],
  },
});

/** An answer about one contact. */
export const contactAnswer = (handle: string, mailbox: string): RegistryAnswer => ({
  body: { objectClassName: 'entity', handle, roles: ['abuse'], vcardArray: ['vcard', [['email', {}, 'text', mailbox]]] },
});

/** Starts one. */
export async function startFakeRegistry(owner: Owner): Promise<FakeRegistry> {
  const asked: string[] = [];
  const answers: Record<string, RegistryAnswer> = {};
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').replace(/^\/rdap\//, ''));
    asked.push(path);
    say(response, answers[path] ?? { status: 404 });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(owner, () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rdap/`; // it listens on TCP
  const bootstrap = join(scratchDirectory(owner, 'registry'), 'bootstrap');
  mkdirSync(bootstrap);
  for (const [name, networks] of [
    ['ipv4.json', ['0.0.0.0/1', '128.0.0.0/1']],
    ['ipv6.json', ['2000::/3']],
  ] as const)
    writeFileSync(join(bootstrap, name), JSON.stringify({ version: '1.0', services: [[networks, [url]]] }));
  return { url, bootstrap, asked, answers };
}

function say(response: ServerResponse, { status = 200, headers = {}, body = '' }: RegistryAnswer): void {
  response.writeHead(status, { 'content-type': 'application/rdap+json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
