import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { until } from '../../../test/harness/until.ts';
import { watchInLine } from './in-line.ts';

/** A client in line, our end of its connection, and what was noticed of it. */
async function inLine(t: TestContext) {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  const [ours] = (await once(server, 'connection')) as [Socket];
  ours.on('error', () => {});
  t.after(() => {
    client.destroy();
    ours.destroy();
    server.close();
  });
  const noticed: string[] = [];
  const leave = watchInLine(ours, { gone: () => void noticed.push('gone'), talksTooMuch: () => void noticed.push('talks') });
  return { client, ours, noticed, leave };
}
const goings: readonly (readonly [how: string, go: (client: Socket) => void])[] = [
  ['politely', (client) => client.end()],
  ['by a reset', (client) => client.resetAndDestroy()],
];
for (const [how, go] of goings)
  test(`a client that goes ${how} is noticed although nothing is expected of it`, async (t) => {
    const { client, noticed } = await inLine(t);
    go(client);
    await until('its going to be noticed', () => noticed.includes('gone'));
  });

test('what a client says too early is kept for its session, and no more is read', async (t) => {
  const { client, ours, noticed, leave } = await inLine(t);
  client.write('EHLO early.example\r\n');
  await until('the bytes to come', () => ours.bytesRead > 0);
  assert.ok(ours.isPaused());
  assert.equal(leave()?.toString(), 'EHLO early.example\r\n');
  assert.deepEqual(noticed, []);
  for (const event of ['data', 'end']) assert.equal(ours.listenerCount(event), event === 'end' ? 1 : 0, `${event}: Node's own alone`);
});

test('a client that pours before its banner is noticed: what waits must stay small', async (t) => {
  const { client, noticed } = await inLine(t);
  client.write(Buffer.alloc(100_000, 'x'));
  await until('the pouring to be noticed', () => noticed.length > 0);
  assert.deepEqual(noticed, ['talks']);
});

test('after leaving the line nothing is noticed any more, and the socket waits to be read', async (t) => {
  const { client, ours, noticed, leave } = await inLine(t);
  assert.equal(leave(), null);
  assert.ok(ours.isPaused());
  const ended = once(ours, 'end');
  client.end();
  ours.resume();
  await ended;
  assert.deepEqual(noticed, []);
});
