// The invariant of mission B1: on whatever path mail comes and whatever fails, the gateway writes to nobody. The rest of the world is a server
// that takes everything and remembers it; whatever reaches it that was not sent there on purpose is backscatter.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { bounce, forgedHeader } from '../harness/bounce.ts';
import { startFakeHub, type FakeHub, type FakeHubScript } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { bodyOf, letter } from '../harness/letter.ts';
import { outsideWorld, type OutsideWorld } from '../harness/outside-world.ts';
import { atEnd, freePort } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

interface Site {
  readonly hub: FakeHub;
  readonly gateway: Gateway;
  readonly world: OutsideWorld;
  readonly web: number;
}

/** Who sends to whom: an address of loopback, an envelope, and what the hub does that day. */
interface Path {
  readonly title: string;
  readonly as?: string;
  readonly from?: string;
  readonly to?: readonly string[];
  readonly content?: Buffer;
  readonly hub?: FakeHubScript;
  /** First digit of the last answer heard. */
  readonly hears: 2 | 4 | 5;
}

const stranger = '127.0.0.41';
const away = letter({
  from: 'anna@hub.example',
  subject: 'Out of office',
  headers: ['Auto-Submitted: auto-replied'],
  body: 'I am out of the office until Monday.\r\n',
});
const forged = bounce({
  to: 'anna@hub.example',
  failed: 'x@far.example',
  returned: forgedHeader({ from: 'anna@hub.example', to: 'x@far.example', subject: 'x', ip: '203.0.113.9' }),
});
const circling = letter({
  headers: Array.from({ length: 60 }, (_, n) => `Received: from a${n}.example by b.example with SMTP; Sat, 21 Nov 2026 10:00:00 +0000`),
});

const paths: readonly Path[] = [
  { title: 'good mail', hears: 2 },
  { title: 'an unknown recipient', to: ['nobody@hub.example'], hub: { RCPT: '550 5.1.1 No such user' }, hears: 5 },
  // RFC 5321 4.5.3.1.10: 552 at RCPT has long meant "too many", so it is put off.
  { title: 'a full mailbox', to: ['full@hub.example'], hub: { RCPT: '552 5.2.2 Mailbox full' }, hears: 4 },
  { title: 'a mailbox that is closed for now', to: ['closed@hub.example'], hub: { RCPT: '450 4.2.1 Try later' }, hears: 4 },
  { title: 'one of two recipients is refused only at delivery', to: ['carl@hub.example', 'late@hub.example'], hub: { dot: '550 5.1.1 late' }, hears: 5 },
  { title: 'content that the hub refuses', hub: { dot: '554 5.7.1 Virus' }, hears: 5 },
  { title: 'a hub with a full disk', hub: { dot: '452 4.3.1 Disk full' }, hears: 4 },
  { title: 'a hub that dies before the dot', hub: { DATA: { drop: 'rst' } }, hears: 4 },
  { title: 'a hub that dies after the dot', hub: { dot: { drop: 'rst' } }, hears: 4 },
  { title: 'a message too big', content: letter({ body: bodyOf(300_000) }), hears: 5 },
  { title: 'a message that goes in circles', content: circling, hears: 5 },
  { title: 'a message that our own hub brings in circles, and would bounce', as: '127.0.0.1', content: circling, hears: 2 },
  { title: 'a null sender to nobody', from: '', to: ['nobody@hub.example'], hub: { RCPT: '550 5.1.1 No such user' }, hears: 5 },
  { title: 'a forged bounce', from: '', content: forged, hears: 2 },
  { title: 'relaying', to: ['x@far.example'], hears: 5 },
  { title: 'a trap', to: ['trap@hub.example'], hears: 5 },
  { title: 'a sink', to: ['sink@hub.example'], hears: 2 },
  { title: 'mail that is held', from: 'held@far.example', hears: 2 },
  { title: 'mail that is thrown away', from: 'dropped@far.example', hears: 2 },
  { title: 'an absence notice of a user', as: '127.0.0.1', from: '', to: ['x@far.example'], content: away, hears: 5 },
  { title: 'an absence notice to the forged sender of a spam', as: '127.0.0.1', from: 'anna@hub.example', to: ['victim@far.example'], content: away, hears: 5 },
];

async function startSite(context: TestContext): Promise<Site> {
  const [hub, world, web] = [await startFakeHub(), await outsideWorld(context), await freePort()];
  atEnd(context, () => hub.close());
  const gateway = await startGateway(context, {
    hub: `127.0.0.1:${hub.port}`,
    config: {
      outbound: { address: `127.0.0.1:${world.port}` },
      web: { address: `127.0.0.1:${web}` },
      limits: { message: '200 KiB' },
      timeouts: { hubIdle: '100ms', probe: '1s', hubFinalDot: '2s' },
      recipientCache: { positive: '1s', negative: '1s' },
      traps: { recipients: ['trap@hub.example'], sinks: ['sink@hub.example'] },
      rules: [
        { id: 'held', when: { from: '^held@' }, action: 'quarantine' },
        { id: 'dropped', when: { from: '^dropped@' }, action: 'discard' },
      ],
      detectors: { 'rude-client': 'off' },
    },
  });
  return { hub, gateway, world, web };
}

async function send(
  context: TestContext,
  gateway: Gateway,
  { as = stranger, from = 'forged@victim.example', to = ['anna@hub.example'], content = letter() }: Path,
): Promise<number> {
  const client = await SmtpClient.greet(context, { port: gateway.port(), from: as });
  const { mail, rcpt, end } = await client.transact({ from, to, content });
  client.reset();
  return (end ?? rcpt.at(-1) ?? mail).code;
}

test('whatever fails, the gateway writes to nobody', async (context) => {
  const { hub, gateway, world, web } = await startSite(context);
  for (const path of paths)
    await context.test(path.title, async () => {
      hub.script = path.hub ?? {};
      assert.equal(Math.floor((await send(context, gateway, path)) / 100), path.hears);
    });
  await context.test('a hub that is away', async () => {
    await hub.close();
    assert.equal(Math.floor((await send(context, gateway, { title: '', to: ['dora@hub.example'], hears: 4 })) / 100), 4);
  });
  await context.test('mail that insiders send on purpose does reach the world, and nothing else has', async () => {
    assert.equal(await send(context, gateway, { title: '', as: '127.0.0.1', from: 'anna@hub.example', to: ['bert@far.example'], hears: 2 }), 250);
    assert.deepEqual(
      world.messages.map(({ from, to }) => [from, to]),
      [['anna@hub.example', ['bert@far.example']]],
    );
    assert.deepEqual(world.backscatter, []);
    assert.match(await (await fetch(`http://127.0.0.1:${web}/metrics`)).text(), /^floodgate_backscatter_made_total 0$/m);
  });
});
