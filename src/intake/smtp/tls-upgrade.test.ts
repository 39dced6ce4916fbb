import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import tls, { createSecureContext } from 'node:tls';
import { testCertificate } from '../../../test/harness/certificate.ts';
import { upgradeToTls } from './tls-upgrade.ts';

const directory = mkdtempSync(join(tmpdir(), 'floodgate-upgrade-'));
after(() => rmSync(directory, { recursive: true }));
const files = testCertificate(directory);
const context = createSecureContext({ cert: readFileSync(files.cert), key: readFileSync(files.key), minVersion: 'TLSv1.2' });

/** What is told of the upgrade of one connection, and a promise of its end. */
async function upgraded(t: TestContext, begin: (port: number) => Socket) {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = begin((server.address() as AddressInfo).port);
  client.on('error', () => {});
  const [plain] = (await once(server, 'connection')) as [Socket];
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  const tell = (what: string): void => {
    told.push(what);
    first.resolve();
  };
  const secured = upgradeToTls(plain, context, { secure: ({ protocol, cipher }) => tell(`${protocol} ${cipher}`), failed: (why) => tell(`failed: ${why}`) });
  const closed = new Promise<void>((resolve) => secured.once('close', () => resolve()));
  t.after(() => {
    client.destroy();
    secured.destroy();
    server.close();
  });
  return { client, secured, plain, told, first: first.promise, closed };
}

test('protocol and cipher are told once the connection is secure', async (t) => {
  const { told, first } = await upgraded(t, (port) => tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false }));
  await first;
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /^TLSv1\.3 TLS_/);
});

test('a client that speaks no TLS fails once, and its socket is closed: none may be left half open', async (t) => {
  const { told, closed, secured, plain } = await upgraded(t, (port) => connect(port, '127.0.0.1').setNoDelay(true));
  secured.resume();
  plain.emit('error', new Error('again')); // a second trouble is told to nobody
  await closed;
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /^failed: /);
});

for (const [how, go] of [
  ['goes', (client: Socket) => client.end()],
  ['resets', (client: Socket) => client.resetAndDestroy()],
  ['says rubbish', (client: Socket) => client.write('EHLO a.example\r\n')],
] as const) {
  test(`a client that ${how} in the middle of the handshake leaves no open socket behind`, async (t) => {
    const { client, told, closed, secured } = await upgraded(t, (port) => connect(port, '127.0.0.1'));
    secured.resume();
    go(client);
    await closed;
    assert.ok(told.length <= 1 && told.every((what) => what.startsWith('failed: ')), told.join());
    assert.ok(secured.destroyed);
  });
}
