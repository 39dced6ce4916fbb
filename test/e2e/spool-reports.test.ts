// Who hears of spooled mail that could not be delivered: exactly once an author whom SPF or DMARC has proven when it came, and nobody else. A recording server
// plays the rest of the world, and the site's way out leads there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub, type FakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { letter, newToken } from '../harness/letter.ts';
import { outsideWorld, type OutsideWorld } from '../harness/outside-world.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { deliverOnce, referenceIn, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const zone = {
  'there.example TXT': ['v=spf1 ip4:127.0.0.2 -all'],
  'else.example TXT': ['v=spf1 ip4:192.0.2.1 -all'],
};

interface Scene {
  readonly gateway: Gateway;
  readonly world: OutsideWorld;
  readonly hub: FakeHub;
  /** Sends one to gone@hub.example, who is verified and will be refused; its reference. */
  send(from: string, header?: string): Promise<string>;
  /** The hub comes back, and knows nobody. */
  back(): Promise<FakeHub>;
  /** What became of telling the author. */
  report(reference: string): Promise<string>;
}

async function scene(t: Owner, spool: RawConfig = {}): Promise<Scene> {
  const hub = await startFakeHub();
  const world = await outsideWorld(t);
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    zone,
    config: {
      spool: { enabled: true, freeDisk: '0', longestPause: '1s', ...spool },
      quarantine: { freeDisk: '0' },
      outbound: { address: `127.0.0.1:${world.port}` },
    },
  });
  const deliver = (from: string, content: Buffer) => deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to: ['gone@hub.example'], content });
  assert.equal((await deliver('x@there.example', letter())).end?.code, 250);
  await hub.close();
  return {
    gateway,
    world,
    hub,
    send: async (from, header = '') => {
      const { end } = await deliver(from, Buffer.concat([Buffer.from(header), letter({ token: newToken() })]));
      assert.equal(end?.code, 250, end?.text);
      return referenceIn(end) ?? '';
    },
    back: async () => {
      const second = await startFakeHub({ script: { RCPT: '550 5.1.1 No such user' } }, hub.port);
      atEnd(t, () => second.close());
      return second;
    },
    report: async (reference) => (await gateway.event('spool-held', ({ ref }) => ref === reference)).report,
  };
}

test('refused after 250: the proven author gets exactly one report, through a restart too; forged, automatic and listed mail gets none', async (t) => {
  const { gateway, world, send, back, report } = await scene(t);
  const proven = await send('x@there.example', 'Message-ID: <one@there.example>\r\n');
  const silent: Readonly<Record<string, string>> = {
    [await send('victim@else.example')]: 'unproven',
    [await send('victim@nowhere.example')]: 'unproven',
    [await send('')]: 'null-sender',
    [await send('x@there.example', 'Auto-Submitted: auto-generated\r\n')]: 'automatic',
    [await send('x@there.example', 'List-Id: <news.there.example>\r\n')]: 'automatic',
    [await send('x@there.example', 'Precedence: bulk\r\n')]: 'automatic',
  };
  await back();
  assert.equal(await report(proven), 'spf');
  for (const [reference, why] of Object.entries(silent)) assert.equal(await report(reference), why);
  await until('the report to arrive', () => world.messages.length > 0);
  await gateway.restart();
  await until('nothing to wait any more', async () => (await gateway.command('spool', 'list')).stdout.startsWith('0 wait'));
  assert.deepEqual(
    world.messages.map(({ from, to }) => [from, to]),
    [['', ['x@there.example']]],
  );
  const text = world.messages[0]?.content.toString() ?? '';
  for (const line of [
    /^Auto-Submitted: auto-replied\r$/m,
    /^In-Reply-To: <one@there\.example>\r$/m,
    /^Content-Language: en\r$/m,
    /^Content-Type: multipart\/report; report-type=delivery-status;/m,
    /^Final-Recipient: rfc822; gone@hub\.example\r$/m,
    /^Diagnostic-Code: smtp; 550 5\.1\.1 No such user\r$/m,
    /^Content-Type: text\/rfc822-headers\r$/m,
  ])
    assert.match(text, line);
  const kept = await gateway.command('quarantine', 'list', '--json', '--check', 'spool');
  assert.equal(kept.stdout.split('\n').filter((line) => line !== '').length, 7, 'the postmaster has them all');
});

test('its time is over while the hub is away: the proven author is told, the forged one is not', async (t) => {
  const { world, send, report } = await scene(t, { keepFor: '2s' });
  const proven = await send('x@there.example');
  const forged = await send('victim@else.example');
  assert.deepEqual([await report(proven), await report(forged)], ['spf', 'unproven']);
  await until('the report to arrive', () => world.messages.length > 0);
  assert.deepEqual(
    world.messages.map(({ to }) => to),
    [['x@there.example']],
  );
  assert.match(world.messages[0]?.content.toString() ?? '', /^Status: 5\.4\.7\r$/m);
});

test('reports: never: not even a proven author is told', async (t) => {
  const { world, send, back, report } = await scene(t, { reports: 'never' });
  const proven = await send('x@there.example');
  await back();
  assert.equal(await report(proven), 'never');
  assert.deepEqual(world.messages, []);
});

test('with BATV a user of ours hears at his own address, not at the tagged one that the next hop saw', async (t) => {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const away = await startFakeHub();
  await away.close();
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    users: { ann: 'right-horse' },
    tls: true,
    listeners: { mx: {}, out: { role: 'submission' } },
    config: {
      spool: { enabled: true, freeDisk: '0', longestPause: '1s' },
      quarantine: { freeDisk: '0' },
      bounces: { batv: true },
      outbound: { address: `127.0.0.1:${away.port}` },
    },
  });
  const client = await SmtpClient.connect(t, { port: gateway.port('out'), from: '127.0.0.2' });
  await client.reply();
  await client.ask('EHLO laptop.example');
  await client.startTls();
  await client.ask('EHLO laptop.example');
  assert.equal((await client.ask(`AUTH PLAIN ${Buffer.from('\0ann\0right-horse').toString('base64')}`)).code, 235);
  const { end } = await client.transact({ from: 'ann@hub.example', to: ['gone@far.example'], content: letter() });
  assert.equal(end?.code, 250, end?.text);
  assert.match((await gateway.command('spool', 'list')).stdout, /\bann@hub\.example/, 'the operator sees who wrote it');
  const back = await startFakeHub({ script: { RCPT: '550 5.1.1 No such user' } }, away.port);
  atEnd(t, () => back.close());
  assert.equal((await gateway.event('spool-held')).report, 'user');
  await until('the report to arrive', () => hub.messages.length > 0);
  assert.match(back.sessions.flatMap(({ lines }) => lines).join('\n'), /MAIL FROM:<prvs=\d{4}[0-9a-f]{6}=ann@hub\.example>/);
  const [report] = hub.messages;
  assert.match(report?.from ?? '', /^<>/);
  assert.match(report?.recipients.join() ?? '', /^<ann@hub\.example>/);
});
