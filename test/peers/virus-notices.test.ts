// The third way of dealing with a virus (mission B2), with a real clamd, a registry on loopback and a server that plays the rest of the world:
// the abuse contact of the network that connected hears of it once; nobody else hears anything.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eicar, infected, startClamd } from '../harness/clamd.ts';
import { startFakeHub, type FakeHub } from '../harness/fake-hub.ts';
import { networkAnswer, startFakeRegistry, type FakeRegistry } from '../harness/fake-registry.ts';
import { startGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { letter, newToken } from '../harness/letter.ts';
import { outsideWorld, type OutsideWorld } from '../harness/outside-world.ts';
import { parsed } from '../harness/parsed.ts';
import { missing } from '../harness/peer.ts';
import { atEnd, scratchDirectory } from '../harness/scratch.ts';
import { SmtpClient, type SmtpReply } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

interface Site {
  readonly hub: FakeHub;
  readonly world: OutsideWorld;
  readonly registry: FakeRegistry;
  readonly gateway: Gateway;
  /** Sends from an address of the Internet, through the load balancer. */
  send(ip: string, content?: Buffer): Promise<SmtpReply | null>;
}

async function startSite(t: TestContext, viruses: RawConfig, more: RawConfig = {}): Promise<Site> {
  const [hub, world, registry, clamd] = [await startFakeHub(), await outsideWorld(t), await startFakeRegistry(t), await startClamd(t)];
  atEnd(t, () => hub.close());
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    listeners: { mx: { proxyProtocol: { trusted: ['127.0.0.5/32'] } } },
    config: {
      outbound: { address: `127.0.0.1:${world.port}` },
      quarantine: { freeDisk: '0' },
      viruses: { clamd, tellNetwork: true, tellAfter: '300ms', ...viruses },
      abuseContacts: { rdap: registry.bootstrap },
      ...more,
    },
  });
  return {
    hub,
    world,
    registry,
    gateway,
    async send(ip, content = infected()) {
      const client = await SmtpClient.connect(t, { port: gateway.port(), from: '127.0.0.5' });
      await client.send(`PROXY TCP4 ${ip} 192.0.2.1 4711 25\r\n`);
      assert.equal((await client.reply()).code, 220);
      await client.ask('EHLO pc.isp.example');
      const { end } = await client.transact({ from: 'made-up@victim.example', to: ['ann@hub.example'], content });
      client.reset();
      return end;
    },
  };
}

const skip = missing('clamd');

for (const [action, code] of [
  ['reject', 550],
  ['discard', 250],
  ['quarantine', 250],
] as const)
  test(`${action}, and the network is told: one notice at its abuse contact, nothing at the sender`, { skip }, async (t) => {
    const { hub, world, registry, gateway, send } = await startSite(t, { action });
    registry.answers['ip/45.0.2.9'] = networkAnswer('45.0.2.0', '45.0.2.255', 'abuse@isp.example');
    for (let each = 0; each < 3; each += 1) assert.equal((await send('45.0.2.9'))?.code, code);
    const told = await gateway.event('network-told');
    assert.deepEqual([told.network, told.to, told.source], ['45.0.2.0/24', ['abuse@isp.example'], 'rdap']);
    await until('the notice', () => world.messages.length > 0);

    const token = newToken();
    assert.equal((await send('45.0.2.9', letter({ token })))?.code, 250, 'good mail of the same network goes on');
    await hub.until(() => hub.messages.some(({ data }) => data.includes(token)));
    assert.equal((await send('45.0.2.9'))?.code, code);
    await until('it to be counted', async () => (await gateway.events()).filter(({ type }) => type === 'virus-scanned').length === 4);
    assert.deepEqual(
      world.messages.map(({ from, to }) => [from, to]),
      [['', ['abuse@isp.example']]],
      'once, with the null sender; never to the envelope sender',
    );
    assert.ok(!hub.messages.some(({ data }) => data.includes(eicar.slice(0, 20)) || data.includes(Buffer.from(eicar).toString('base64').slice(0, 40))));
  });

test('the notice is a feedback report that says virus, names address and port, and holds neither the virus nor an envelope address', { skip }, async (t) => {
  const { world, registry, gateway, send } = await startSite(t, { action: 'discard' });
  registry.answers['ip/45.0.2.9'] = networkAnswer('45.0.2.0', '45.0.2.255', 'abuse@isp.example');
  await send('45.0.2.9');
  await gateway.event('network-told');
  const notice = await until('the notice', () => world.messages[0]);
  const text = notice.content.toString('latin1');
  for (const line of [
    /^Feedback-Type: virus\r$/m,
    /^Source-IP: 45\.0\.2\.9\r$/m,
    /^Source-Port: 4711\r$/m,
    /^Auto-Submitted: auto-generated\r$/m,
    /Eicar-Test/,
  ])
    assert.match(text, line);
  assert.doesNotMatch(text, /made-up|ann@hub|X5O!P|invoice/);
  const { kind, feedbackType } = await parsed(notice.content);
  assert.deepEqual([kind, feedbackType], ['feedback', 'virus']);
});

test("the operator's own table comes first, and no registry is asked", { skip }, async (t) => {
  const table = join(scratchDirectory(t, 'table'), 'abuse-contacts.txt');
  writeFileSync(table, '45.0.0.0/16: abuse@table.example\n');
  const site = await startSite(t, { action: 'reject' });
  site.gateway.rewrite({ abuseContacts: { table } });
  await site.gateway.reload();
  await site.send('45.0.2.9');
  assert.deepEqual((await site.gateway.event('network-told')).to, ['abuse@table.example']);
  assert.deepEqual(site.registry.asked, []);
});

test('never our own networks, never private ones; nobody where it is not switched on; once a day also after a restart', { skip }, async (t) => {
  const { world, registry, gateway, send } = await startSite(t, { action: 'reject' }, { neverBlock: { networks: ['46.0.0.0/8'] } });
  registry.answers['ip/45.0.2.9'] = networkAnswer('45.0.2.0', '45.0.2.255', 'abuse@isp.example');
  for (const ip of ['10.1.2.3', '192.168.7.7', '46.0.2.9', '127.0.0.9']) assert.equal((await send(ip))?.code, 550);
  assert.equal((await send('45.0.2.9'))?.code, 550);
  await gateway.event('network-told');
  assert.deepEqual(registry.asked, ['ip/45.0.2.9']);
  await gateway.restart();
  assert.equal((await send('45.0.2.9'))?.code, 550);
  gateway.rewrite({ viruses: { tellNetwork: false } });
  await gateway.reload();
  registry.answers['ip/47.0.2.9'] = networkAnswer('47.0.2.0', '47.0.2.255', 'abuse@other.example');
  assert.equal((await send('47.0.2.9'))?.code, 550);
  await gateway.event('stage-judged', ({ ip, stage }) => ip === '47.0.2.9' && stage === 'message'); // what notices are made of
  // Had anything been due it would have been looked up by the time a later notice is out.
  gateway.rewrite({ viruses: { tellNetwork: true } });
  await gateway.reload();
  registry.answers['ip/48.0.2.9'] = networkAnswer('48.0.2.0', '48.0.2.255', 'abuse@third.example');
  await send('48.0.2.9');
  await gateway.event('network-told', ({ network }) => network === '48.0.2.0/24');
  assert.deepEqual(
    world.messages.map(({ to }) => to),
    [['abuse@isp.example'], ['abuse@third.example']],
  );
});
