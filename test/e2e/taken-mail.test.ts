// Mail that was taken from outside and comes again on its way out, by a forwarding user or in a circle: whatever is wrong with it by then, it is
// not refused, or our own hub would send a bounce to whoever stands in its envelope (missions B1, B5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';

const stranger = '127.0.0.2';
/** It runs on the machine itself; only 10.20.0.0/16 is inside. */
const hubItself = '127.0.0.1';
const forged = 'forged@victim.example';

async function start(context: Parameters<typeof startGateway>[0]) {
  const hub = await startFakeHub();
  atEnd(context, () => hub.close());
  const gateway = await startGateway(context, {
    hub: `127.0.0.1:${hub.port}`,
    listeners: { mx: {}, out: { role: 'smarthost' } },
    config: { site: { networks: ['10.20.0.0/16'] } },
  });
  return { hub, gateway };
}

test('a header that is taken from outside just within the limit goes out again with what the hub wrote above it', async (context) => {
  const { hub, gateway } = await start(context);
  const header = `${Array.from({ length: 120 }, (_, at) => `X-Pad-${at}: ${'x'.repeat(835)}\r\n`).join('')}Subject: x\r\n`;
  const above = `Received: from mx.hub.example by store.hub.example (Postfix) for <ann@hub.example>;\r\n\tSat, 21 Nov 2026 18:00:00 +0000\r\n`.repeat(12);
  assert.ok(header.length < 100 * 1024 && header.length + above.length > 100 * 1024);
  const send = (from: string, listener: string, to: string, head: string) =>
    deliverOnce(context, { port: gateway.port(listener), from }, { from: forged, to: [to], content: Buffer.from(`${head}\r\nhello\r\n`) });
  assert.equal((await send(stranger, 'mx', 'ann@hub.example', header)).end?.code, 250);
  assert.equal((await send(hubItself, 'out', 'ann@elsewhere.example', above + header)).end?.code, 250);
  assert.equal((await send(stranger, 'mx', 'ann@hub.example', above + header)).end?.code, 552, 'a stranger has the limit');
  assert.equal(hub.messages.length, 2);
});

for (const [listener, why] of [
  ['out', 'a smarthost listener'],
  ['mx', 'the strangers’ listener, from the address of the hub'],
] as const)
  test(`a message that our hub brings again and again to ${why} is held, and nobody is told`, async (context) => {
    const { hub, gateway } = await start(context);
    const round = 'Received: from hub by mx.hub.example (Floodgate) with ESMTP id 1; Sat, 21 Nov 2026 18:00:00 +0000\r\n'.repeat(5);
    const letter = { from: forged, to: ['loop@hub.example'], content: Buffer.from(`${round}Subject: x\r\n\r\nhello\r\n`) };
    assert.equal((await deliverOnce(context, { port: gateway.port(listener), from: hubItself }, letter)).end?.code, 250);
    const { check } = await gateway.event('message-quarantined');
    assert.equal(check, 'mail-loop');
    assert.equal(hub.messages.length, 0);
    if (listener === 'mx') assert.equal((await deliverOnce(context, { port: gateway.port(listener), from: stranger }, letter)).end?.code, 554);
  });
