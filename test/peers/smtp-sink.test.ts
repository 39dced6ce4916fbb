// Our client against the sink of Postfix: another implementation's idea of pipelining, dots and the end of a message.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentOf, deliveryRequest, mailbox } from '../harness/delivery-request.ts';
import { routeTo } from '../harness/hub-route.ts';

const program = ['/usr/sbin/smtp-sink', '/usr/local/sbin/smtp-sink'].find(existsSync);
const skip = program === undefined && process.env['FLOODGATE_REQUIRE_PEERS'] !== '1' && 'smtp-sink (Postfix) is not installed';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

async function untilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const up = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(() => false);
    socket.destroy();
    if (up) return;
  }
}

async function withSink(options: readonly string[], story: (port: number, dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'sink-'));
  const port = await freePort();
  const user = process.getuid?.() === 0 ? ['-u', 'root'] : [];
  const sink = spawn(program ?? 'smtp-sink', [...user, ...options, '-d', '%M.', `127.0.0.1:${port}`, '100'], { cwd: dir, stdio: 'ignore' });
  try {
    await untilListening(port);
    await story(port, dir);
  } finally {
    sink.kill();
    await once(sink, 'exit');
    rmSync(dir, { recursive: true });
  }
}

for (const [name, options] of [
  ['with PIPELINING', []],
  ['without PIPELINING', ['-p']],
  ['without ESMTP', ['-e']],
] as const) {
  test(`smtp-sink ${name}: 20 messages on one connection come out as they went in`, { skip }, () =>
    withSink([...options], async (port, dir) => {
      await using to = routeTo({ host: '127.0.0.1', port });
      const bodies = Array.from({ length: 20 }, (_, i) => `Subject: ${i}\r\n\r\n..dot ${i}\r\n${'x'.repeat(i * 100)}\r\n`);
      for (const body of bodies) {
        const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, content: contentOf(body) }));
        assert.equal(outcome.kind, 'delivered', JSON.stringify(outcome));
      }
      assert.equal(to.hubRoute.snapshot().open, 1);
      const kept = readdirSync(dir).map((file) => readFileSync(join(dir, file), 'latin1'));
      assert.equal(kept.length, 20);
      for (const [i, body] of bodies.entries()) {
        // The sink keeps LF line ends and takes the stuffing out.
        const expected = body.replaceAll('\r\n', '\n').replace(/^\./gm, '');
        assert.ok(
          kept.some((text) => text.includes(expected)),
          `message ${i}`,
        );
      }
    }),
  );
}

test('smtp-sink that refuses the dot, RCPT or the connection: each is told as what it is', { skip }, async () => {
  const outcomes: string[] = [];
  for (const options of [
    ['-r', '.'],
    ['-f', 'rcpt'],
    ['-r', 'data'],
    ['-q', 'data'],
    ['-q', '.'],
  ]) {
    await withSink(options, async (port) => {
      await using to = routeTo({ host: '127.0.0.1', port });
      const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
      outcomes.push(outcome.kind === 'refused' ? `${outcome.at} ${outcome.hubReply.code}` : outcome.kind);
    });
  }
  assert.deepEqual(outcomes, ['dot 450', 'rcpt 500', 'data 450', 'unavailable', 'ambiguous']);
});

test('smtp-sink as LMTP server: one answer a recipient', { skip }, () =>
  withSink(['-L'], async (port) => {
    await using to = routeTo({ host: '127.0.0.1', port }, { protocol: 'lmtp' });
    const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, to: ['a@hub.example', 'b@hub.example'] }));
    assert.equal(outcome.kind, 'delivered');
    assert.equal((await to.hubRoute.probe(mailbox('a@hub.example'), false)).kind, 'accepted');
  }),
);
