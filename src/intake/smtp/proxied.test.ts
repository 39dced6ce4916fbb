import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { readProxied, type ProxiedOutcome } from './proxied.ts';

async function peers(t: TestContext): Promise<{ balancer: Socket; ours: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const balancer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  balancer.on('error', () => {});
  const [ours] = (await once(server, 'connection')) as [Socket];
  t.after(() => {
    balancer.destroy();
    ours.destroy();
    server.close();
  });
  return { balancer, ours };
}
const read = (socket: Socket, timeoutMs = 5000): Promise<ProxiedOutcome> => new Promise((resolve) => readProxied(socket, timeoutMs, resolve));
const header = 'PROXY TCP6 2001:DB8::7 2001:db8::1 4711 25\r\n';

test('byte by byte: the addresses are canonical, and nobody listens to the socket any more', async (t) => {
  const { balancer, ours } = await peers(t);
  balancer.setNoDelay(true);
  const outcome = read(ours);
  for (const byte of header) {
    balancer.write(byte);
    await new Promise(setImmediate);
  }
  assert.deepEqual(await outcome, {
    kind: 'ok',
    rest: null,
    addresses: { source: { ip: '2001:db8::7', port: 4711 }, destination: { ip: '2001:db8::1', port: 25 } },
  });
  for (const event of ['data', 'error']) assert.equal(ours.listenerCount(event), 0, event);
});

test('what stands behind the header is the client’s and is handed on', async (t) => {
  const { balancer, ours } = await peers(t);
  balancer.write(`${header}EHLO a\r\n`);
  const outcome = await read(ours);
  assert.equal(outcome.kind === 'ok' ? outcome.rest?.toString() : outcome.kind, 'EHLO a\r\n');
});

test('the balancer’s own health check has no addresses', async (t) => {
  const { balancer, ours } = await peers(t);
  balancer.write('PROXY UNKNOWN\r\n');
  assert.deepEqual(await read(ours), { kind: 'ok', rest: null, addresses: null });
});

const wrongs: readonly (readonly [why: string, wrong: (balancer: Socket) => void, kind?: 'looked'])[] = [
  ['it speaks SMTP at once', (balancer) => balancer.write('EHLO a\r\n')],
  ['it goes', (balancer) => balancer.end('PROXY TC')],
  ['it resets', (balancer) => balancer.resetAndDestroy(), 'looked'],
  ['it only looks whether we are there', (balancer) => balancer.end(), 'looked'],
  ['it says nothing', () => {}],
];
for (const [why, wrong, kind = 'bad'] of wrongs) {
  test(`no session comes of a balancer when ${why}: answered once`, async (t) => {
    const { balancer, ours } = await peers(t);
    let answers = 0;
    const outcome = new Promise<ProxiedOutcome>((resolve) =>
      readProxied(ours, 100, (given) => {
        answers += 1;
        resolve(given);
      }),
    );
    wrong(balancer);
    assert.equal((await outcome).kind, kind);
    ours.on('error', () => {});
    balancer.destroy();
    await new Promise(setImmediate);
    assert.equal(answers, 1);
  });
}
