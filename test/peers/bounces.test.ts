// The bounces that real servers make of our mail come home to their author (mission B5); the same bounces about mail that was forged do not.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { detour } from '../harness/detour.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import type { Hub } from '../harness/hubs/hub.ts';
import { hubProducts, type HubProduct } from '../harness/hubs/all.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { letter, newToken } from '../harness/letter.ts';
import { writeOldMemory } from '../harness/outgoing-memory.ts';
import { missing } from '../harness/peer.ts';
import { atEnd, scratchDirectory } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';

const anna = 'anna@hub.example';
const outsider = '127.0.0.77';

/** A server of the world that takes mail for anybody and sends it on to us, who refuse to relay it: it has to make a bounce. */
const startWorld = (context: TestContext, { name, start }: HubProduct, port: number): Promise<Hub> => {
  const options = { domains: ['far.example'], users: ['carl'] };
  return name === 'postfix'
    ? postfixHub(context, { ...options, settings: { relayhost: `[127.0.0.1]:${port}` } })
    : start(context, { ...options, wayOut: port });
};

async function submit(context: TestContext, port: number, to: string, content: Buffer): Promise<void> {
  const client = await SmtpClient.greet(context, { port });
  await client.startTls();
  assert.equal((await client.ask('EHLO pc.hub.example')).code, 250);
  assert.equal((await client.ask(`AUTH PLAIN ${Buffer.from('\0anna\0secret').toString('base64')}`)).code, 235);
  const { end } = await client.transact({ from: anna, to: [to], content });
  assert.equal(end?.code, 250, end?.text);
  await client.quit();
}

for (const product of hubProducts) {
  test(`${product.name} bounces a message of ours: its author gets it; of a forged one nobody does`, { skip: missing(...product.needs) }, async (context) => {
    const [hub, way] = [await startFakeHub(), await detour(context, outsider)];
    atEnd(context, () => hub.close());
    const world = await startWorld(context, product, way.port);
    const state = scratchDirectory(context, 'state');
    await writeOldMemory(state);
    const gateway = await startGateway(context, {
      hub: `127.0.0.1:${hub.port}`,
      state,
      users: { anna: 'secret' },
      tls: true,
      listeners: { mx: {}, out: { role: 'submission' } },
      config: { outbound: { address: world.address }, checks: { 'forged-bounce': { action: 'reject' } } },
    });
    way.leadTo(gateway.port('mx'));

    const token = newToken();
    await submit(context, gateway.port('out'), 'nobody@elsewhere.example', letter({ token, from: anna, to: 'nobody@elsewhere.example' }));
    const home = await gateway.event('report-judged', ({ returned }) => returned === 'ours');
    assert.deepEqual([home.kind, home.recipients], ['bounce', [anna]]);
    await hub.until(() => hub.messages.some(({ data, recipients }) => recipients.includes(`<${anna}>`) && data.includes(token)));

    // The same server is lied to by somebody who says that he is Anna.
    await deliverOnce(
      context,
      { port: world.port },
      { from: anna, to: ['victim@elsewhere.example'], content: letter({ from: anna, to: 'victim@elsewhere.example' }) },
    );
    const forged = await gateway.event('report-judged', ({ returned }) => returned === 'forged');
    const end = await gateway.event('message-finished', ({ ref }) => ref === forged.ref);
    assert.equal(end.outcome, 'refused');
    assert.equal(hub.messages.length, 1, 'the forged one has not reached the hub');
  });
}
