// The one way in: which next hop serves which route, with which share, and what a reload changes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { deliveryRequest, mailbox } from '../../test/harness/delivery-request.ts';
import { startFakeHub } from '../../test/harness/fake-hub.ts';
import { configOf } from '../../test/harness/policy-inputs.ts';
import type { Config } from '../config/options.ts';
import type { Route } from '../model/delivery.ts';
import { createDelivery, type DeliveryDesk } from './delivery.ts';
import { createMailbox } from './maildir/mailboxes.ts';

const deskFor = (config: Config, shareOf = 1): DeliveryDesk & AsyncDisposable => {
  const desk = createDelivery({ config, record: () => {}, shareOf, now: Date.now });
  return { ...desk, [Symbol.asyncDispose]: () => desk.close() };
};

const routeOf = (key: string, config: Config): Route => ({
  key,
  address: key === 'hub' ? config.hub.address : (config.routes[key]?.address ?? config.outbound?.address ?? config.hub.address),
});

test('each route goes to its own next hop, by its own protocol and settings', async () => {
  await using hub = await startFakeHub({ capabilities: ['PIPELINING', 'XFORWARD NAME ADDR'] });
  await using customer = await startFakeHub({ protocol: 'lmtp', capabilities: ['PIPELINING', 'XFORWARD NAME ADDR'] });
  const mailboxes = mkdtempSync(join(tmpdir(), 'delivery-'));
  await createMailbox(mailboxes, 'user@hub.example');
  const config = configOf({
    hub: { address: `127.0.0.1:${hub.port}`, xforward: true },
    routes: { 'customer.example': { address: `lmtp://127.0.0.1:${customer.port}` } },
    outbound: { address: `maildir:${mailboxes}` },
  });
  await using desk = deskFor(config);
  for (const key of ['hub', 'customer.example', 'outbound']) {
    assert.equal((await desk.deliver(deliveryRequest({ route: routeOf(key, config) }))).kind, 'delivered', key);
    assert.equal((await desk.probe(routeOf(key, config), mailbox('user@hub.example'), false)).kind, 'accepted', key);
    assert.equal(desk.abilities(routeOf(key, config))?.reachable, true, key);
  }
  assert.deepEqual([hub.messages[0]?.forwarded.length, customer.messages[0]?.forwarded.length], [1, 0]);
  assert.deepEqual(
    desk.snapshot().map(({ route, open, idle, waiting, circuit }) => ({ route, open, idle, waiting, circuit })),
    [
      { route: 'hub', open: 1, idle: 1, waiting: 0, circuit: 'closed' },
      { route: 'customer.example', open: 1, idle: 1, waiting: 0, circuit: 'closed' },
    ],
  );
  rmSync(mailboxes, { recursive: true });
});

test('a door opens no more than its share of the connections', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await using hub = await startFakeHub({ script: { dot: { reply: '250 2.0.0 Ok', hold: held } } });
  const config = configOf({ hub: { address: `127.0.0.1:${hub.port}`, connections: 10 } });
  await using desk = deskFor(config, 4);
  const all = Array.from({ length: 12 }, () => desk.deliver(deliveryRequest({ route: routeOf('hub', config) })));
  await hub.until(() => hub.messages.length === 3);
  assert.deepEqual([hub.peak, desk.snapshot()[0]?.waiting], [3, 9]);
  release();
  assert.deepEqual(new Set((await Promise.all(all)).map(({ kind }) => kind)), new Set(['delivered']));
  assert.equal(hub.peak, 3);
});

test('a reload keeps the connections where nothing changed for them, and ends them where something did', async () => {
  await using hub = await startFakeHub();
  const config = configOf({ hub: { address: `127.0.0.1:${hub.port}` } });
  await using desk = deskFor(config);
  const deliver = () => desk.deliver(deliveryRequest({ route: routeOf('hub', config) }));
  await deliver();
  desk.reconfigure(configOf({ hub: { address: `127.0.0.1:${hub.port}` }, limits: { sessions: 7 } }));
  await deliver();
  assert.equal(hub.sessions.length, 1);
  desk.reconfigure(configOf({ hub: { address: `127.0.0.1:${hub.port}`, xforward: true } }));
  await hub.until(() => hub.sessions[0]?.open === false);
  await deliver();
  assert.equal(hub.sessions.length, 2);
  assert.equal(hub.sessions[0]?.lines.at(-2), 'C: QUIT');
});

test('a message under way at a reload that takes its hub away is delivered', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await using hub = await startFakeHub({ script: { dot: { reply: '250 2.0.0 Ok', hold: held } } });
  const config = configOf({ hub: { address: `127.0.0.1:${hub.port}` } });
  await using desk = deskFor(config);
  const outcome = desk.deliver(deliveryRequest({ route: routeOf('hub', config) }));
  await hub.until(() => hub.messages.length === 1);
  desk.reconfigure(configOf({ hub: { address: '127.0.0.1:1' } }));
  assert.deepEqual(desk.snapshot(), []);
  release();
  assert.equal((await outcome).kind, 'delivered');
  await hub.until(() => hub.sessions[0]?.open === false);
});
