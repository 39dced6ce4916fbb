// Traps, sinks, a honeypot, and automatic answers that would leave (missions B3, B7, B8): nothing is bounced, nobody is answered.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type RawConfig } from '../harness/gateway.ts';
import { bounce, forgedHeader } from '../harness/bounce.ts';
import { letter } from '../harness/letter.ts';
import { atEnd } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const spammer = '127.0.0.31';

async function start(context: TestContext, config: RawConfig, listeners = { mx: {} }) {
  const [hub, world] = [
    await startFakeHub({ script: { RCPT: ({ line }) => (/made\.up|trap/.test(line) ? '550 5.1.1 No such user' : undefined) } }),
    await startFakeHub(),
  ];
  atEnd(context, () => Promise.all([hub.close(), world.close()]));
  const gateway = await startGateway(context, {
    hub: `127.0.0.1:${hub.port}`,
    listeners,
    config: { outbound: { address: `127.0.0.1:${world.port}` }, ...config },
  });
  return { hub, world, gateway };
}

test('who writes to two traps is shut out; a server that bounces there is not', async (context) => {
  const { gateway, hub, world } = await start(context, {
    traps: { recipients: ['trap@hub.example', 'trap2@hub.example'] },
    playbook: { 'trap-mail': {} },
    detectors: { 'rude-client': 'off' },
  });
  const from = 'x@spammer.example';
  const { rcpt } = await deliverOnce(
    context,
    { port: gateway.port(), from: spammer },
    { from, to: ['trap@hub.example', 'trap2@hub.example'], content: letter() },
  );
  assert.deepEqual(
    rcpt.map(({ code }) => code),
    [550, 550],
  );
  const { scope } = await gateway.event('measure-added');
  assert.equal(scope, `client ${spammer}/32`);
  // The doors have it a moment after it is on record, and one in a hundred sessions is a probe.
  await until('the spammer to be turned away', async () => {
    const client = await SmtpClient.connect(context, { port: gateway.port(), from: spammer });
    return (await client.reply()).code === 554;
  });

  const victim = '127.0.0.32';
  for (const to of ['trap@hub.example', 'trap2@hub.example', 'trap@hub.example'])
    assert.equal((await deliverOnce(context, { port: gateway.port(), from: victim }, { from: '', to: [to], content: letter() })).rcpt[0]?.code, 550);
  const again = await deliverOnce(context, { port: gateway.port(), from: victim }, { from: '', to: ['anna@hub.example'], content: letter() });
  assert.equal(again.end?.code, 250, 'it was lied to as we are');
  assert.deepEqual([hub.messages.length, world.messages.length], [1, 0]);
});

test('mail to a sink is taken and counted, a sample is kept, the hub and the world see none of it', async (context) => {
  const { gateway, hub, world } = await start(context, { traps: { sinks: ['made.up@hub.example'], maxSample: 2 } });
  const content = bounce({
    to: 'made.up@hub.example',
    failed: 'x@far.example',
    returned: forgedHeader({ from: 'made.up@hub.example', to: 'x@far.example', subject: 'x', ip: '203.0.113.9' }),
  });
  for (let n = 0; n < 5; n++) {
    const { end } = await deliverOnce(context, { port: gateway.port(), from: spammer }, { from: '', to: ['Made.Up@hub.example'], content });
    assert.equal(end?.code, 250);
  }
  const counted = async (outcome: 'held' | 'discarded'): Promise<number> =>
    (await gateway.events()).filter((event) => event.type === 'message-finished' && event.outcome === outcome).length;
  await until('all to be counted', async () => (await counted('held')) + (await counted('discarded')) === 5);
  assert.equal(await counted('held'), 2);
  await until('the samples to be listed', async () => (await gateway.command('quarantine', 'list', '--json')).stdout.trim().split('\n').length === 2);
  assert.deepEqual([hub.messages.length, world.messages.length], [0, 0]);
  const other = await deliverOnce(context, { port: gateway.port(), from: spammer }, { from: '', to: ['made.up.too@hub.example'], content });
  assert.equal(other.rcpt[0]?.code, 550, 'an address that is not named is no sink: there is no catch-all');
});

test('at a honeypot every recipient is put off, so that no letter is lost that DNS sent there, and the real door is open', async (context) => {
  const { gateway } = await start(context, {}, { mx: {}, honey: { trap: true } } as never);
  const envelope = { from: 'x@far.example', to: ['anna@hub.example'], content: letter() };
  assert.equal((await deliverOnce(context, { port: gateway.port('honey'), from: spammer }, envelope)).rcpt[0]?.code, 450);
  assert.equal((await deliverOnce(context, { port: gateway.port('mx'), from: spammer }, envelope)).end?.code, 250);
});

/** What Dovecot's Pigeonhole 0.5.19 writes for a `vacation` action, and sends with the null sender. */
const vacation = (to: string): Buffer =>
  Buffer.from(
    [
      'X-Sieve: Pigeonhole Sieve 0.5.19 (4eae2f79)',
      'Message-ID: <dovecot-sieve-1795269042-10142-0@mail.hub.example>',
      'Date: Sat, 21 Nov 2026 13:50:42 +0000',
      'From: <anna@hub.example>',
      `To: <${to}>`,
      'Subject: Away',
      'In-Reply-To: <h@far.example>',
      'References: <h@far.example>',
      'Auto-Submitted: auto-replied (vacation)',
      'Precedence: bulk',
      'X-Auto-Response-Suppress: All',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      'I am away until Monday.',
      '',
    ].join('\r\n'),
  );

for (const [leaving, from, to, code, out, why] of [
  ['refuse', '', 'dora@far.example', 550, 0, 'by default none leaves'],
  ['refuse', 'anna@hub.example', 'dora@far.example', 550, 0, 'with a sender neither'],
  ['refuse', '', 'bert@hub.example', 250, 0, 'a colleague may know that she is away'],
  ['discard', '', 'dora@far.example', 250, 0, 'thrown away, the program that made it hears nothing'],
  ['careful', '', 'dora@far.example', 550, 0, 'Dora is not proven to have written'],
  ['allow', '', 'dora@far.example', 250, 1, 'the operator wants it so'],
] as const)
  test(`an absence notice from <${from}> to ${to}, autoReplies.leaving ${leaving}: ${code}, for ${why}`, async (context) => {
    const { gateway, world } = await start(context, { autoReplies: { leaving } });
    const { end } = await deliverOnce(context, { port: gateway.port() }, { from, to: [to], content: vacation(to) });
    assert.equal(end?.code, code, end?.text);
    assert.equal(world.messages.length, out);
  });

test('a letter of a person leaves, whatever it says of holidays', async (context) => {
  const { gateway, world } = await start(context, {});
  const content = letter({
    from: 'anna@hub.example',
    to: 'dora@far.example',
    subject: 'My holiday',
    body: 'Dear Dora,\r\nI am out of office next week, shall we meet before?\r\nAnna\r\n',
  });
  assert.equal((await deliverOnce(context, { port: gateway.port() }, { from: 'anna@hub.example', to: ['dora@far.example'], content })).end?.code, 250);
  await world.until(() => world.messages.length === 1);
});
