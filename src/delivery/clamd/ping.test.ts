import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startFakeClamd } from '../../../test/harness/fake-clamd.ts';
import { scratchDirectory } from '../../../test/harness/scratch.ts';
import { pingClamd } from './ping.ts';

async function server(context: TestContext, onSocket: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const listening = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    listening.close();
  });
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

test('a clamd that answers is there', async (context) => assert.equal(await pingClamd(await startFakeClamd(context), 5000), null));

test('what is not there, says nothing, says something else or hangs up is away, and it says why', async (context) => {
  assert.match((await pingClamd(join(scratchDirectory(context, 'clamd'), 'none.ctl'), 5000)) ?? '', /ENOENT/);
  assert.match((await pingClamd(await server(context, () => {}), 50)) ?? '', /no answer within 50 ms/);
  assert.match((await pingClamd(await server(context, (socket) => void socket.write('220 mail\0')), 5000)) ?? '', /it answered "220 mail/);
  assert.match((await pingClamd(await server(context, (socket) => void socket.end()), 5000)) ?? '', /closed the connection/);
});
