// The EICAR test file through a real clamd (issue 5, mission B2): refused, kept or thrown away as configured; nobody is sent a notice.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { infected, infectedBehindDots, startClamd } from '../harness/clamd.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type RawConfig } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { requirePeers } from '../harness/peer.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

async function start(t: Owner, viruses: RawConfig) {
  const hub = await startFakeHub();
  atEnd(t, () => hub.close());
  const clamd = await startClamd(t);
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    listeners: { mx: {}, mine: { role: 'smarthost' } },
    config: { threads: 1, quarantine: { freeDisk: '0' }, viruses: { clamd, ...viruses } },
  });
  const send = async (content: Buffer, listener = 'mx') =>
    (await deliverOnce(t, { port: gateway.port(listener), from: '127.0.0.2' }, { from: 'x@client.example', to: ['ann@hub.example'], content })).end;
  return { hub, gateway, send };
}

test('reject: 550 in the session, other mail passes, and nothing is sent to anybody', async (t: TestContext) => {
  if (!requirePeers(t, 'clamd')) return;
  const { hub, gateway, send } = await start(t, {});
  const refused = await send(infected());
  assert.match(`${refused?.code} ${refused?.text}`, /^550 5\.7\.1 /);
  assert.equal((await send(letter()))?.code, 250);
  const found = await gateway.event('virus-scanned');
  assert.match(found.found ?? '', /^Eicar-Test/);
  assert.equal(hub.messages.length, 1);
});

test('a virus behind soft line breaks and dots is found: clamd gets what the reader gets', async (t: TestContext) => {
  if (!requirePeers(t, 'clamd')) return;
  const { gateway, send } = await start(t, {});
  assert.match(`${(await send(infectedBehindDots()))?.code}`, /^550$/);
  const found = await gateway.event('virus-scanned');
  assert.match(found.found ?? '', /^Dotted-Test/);
});

test('quarantine: the whole message is kept, and the postmaster hears of it once', async (t: TestContext) => {
  if (!requirePeers(t, 'clamd')) return;
  const { hub, gateway, send } = await start(t, { action: 'quarantine' });
  for (let each = 0; each < 3; each += 1) assert.equal((await send(infected()))?.code, 250);
  await until('all of them to be listed', async () => {
    const { stdout } = await gateway.command('quarantine', 'list', '--check', 'virus-found', '--json');
    return stdout.trim().split('\n').length === 3;
  });
  await hub.until(() => hub.messages.length === 1);
  assert.deepEqual(
    hub.messages.map(({ from, recipients }) => [from.split(' ')[0], recipients]),
    [['<>', ['<postmaster@hub.example>']]],
    'never the envelope sender',
  );
});

test('mail of our own that has one is held, whatever is done with that of others', async (t: TestContext) => {
  if (!requirePeers(t, 'clamd')) return;
  const { gateway, send } = await start(t, { action: 'discard' });
  assert.equal((await send(infected(), 'mine'))?.code, 250);
  assert.equal((await send(infected()))?.code, 250);
  await gateway.event('message-finished', ({ outcome }) => outcome === 'held');
  await gateway.event('message-finished', ({ outcome }) => outcome === 'discarded');
  const { stdout } = await gateway.command('quarantine', 'list', '--json');
  assert.equal(stdout.trim().split('\n').length, 1, 'what came from outside is thrown away, as ordered');
});

test('clamd is away: the mail goes on, or is put off, as configured', async (t: TestContext) => {
  if (!requirePeers(t, 'clamd')) return;
  const { gateway, send } = await start(t, {});
  gateway.rewrite({ viruses: { clamd: '/nowhere/clamd.sock' } });
  await gateway.reload();
  assert.equal((await send(letter()))?.code, 250);
  gateway.rewrite({ viruses: { clamd: '/nowhere/clamd.sock', whenAway: 'defer' } });
  await gateway.reload();
  assert.equal((await send(letter()))?.code, 451);
});
