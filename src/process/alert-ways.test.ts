import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { AlertBatch } from '../respond/alerts/letter.ts';
import { sampleIncident } from '../respond/alerts/sample-incident.ts';
import { syslogWay, webhookWay } from './alert-ways.ts';

const batch: AlertBatch = { items: [{ incident: sampleIncident(), step: 'opened' }], escalated: false, left: 0 };
const line = /^<20>1 \S+ mx\.example\.org floodgate - alert - reference=FG-3FA94C01D2 /;
const portOf = (address: AddressInfo | string | null): number => (typeof address === 'object' ? (address?.port ?? 0) : 0);

test('syslog by UDP: a datagram an incident', { timeout: 5000 }, async (context) => {
  const server = createSocket('udp4');
  context.after(() => void server.close());
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const heard = once(server, 'message');
  await syslogWay({ address: { host: '127.0.0.1', port: server.address().port }, protocol: 'udp' }, 'mx.example.org', Date.now).tell(batch);
  assert.match(String((await heard)[0]), line);
});

test('syslog by TCP: lines ended by a line feed, and a server that is away is a failure', { timeout: 5000 }, async () => {
  let text = '';
  const server = createTcpServer((socket) => socket.on('data', (chunk) => (text += String(chunk))));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const way = syslogWay({ address: { host: '127.0.0.1', port: portOf(server.address()) }, protocol: 'tcp' }, 'mx.example.org', Date.now);
  await way.tell(batch);
  assert.match(text, line);
  assert.ok(text.endsWith('\n'));
  server.close();
  await once(server, 'close');
  await assert.rejects(way.tell(batch), /ECONNREFUSED/);
});

test('a webhook that does not answer 2xx has not been told', { timeout: 5000 }, async (context) => {
  const server = createServer((request, response) => request.resume().on('end', () => response.writeHead(503).end()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => void server.close());
  await assert.rejects(webhookWay({ url: `http://127.0.0.1:${portOf(server.address())}/` }, 'mx.example.org').tell(batch), /answered 503/);
});
