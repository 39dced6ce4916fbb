// From nothing to a connection that may be used, and every way in which that fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryRequest } from '../../../test/harness/delivery-request.ts';
import { startFakeHub, type FakeHub } from '../../../test/harness/fake-hub.ts';
import { routeTo, type RouteUnderTest } from '../../../test/harness/hub-route.ts';
import { makeTestCertificate } from '../../../test/harness/test-certificate.ts';

const certificate = makeTestCertificate();
const skip = certificate === null && 'openssl is not installed';
const pem = certificate ?? { cert: '', key: '' };

const deliver = (to: RouteUnderTest) => to.hubRoute.deliver(deliveryRequest({ route: to.route }));
const withTls = (hub: FakeHub, tls: 'may' | 'must') => routeTo(hub, { target: { protocol: 'smtp', host: hub.host, port: hub.port, tls } });

test('a hub that knows no EHLO is greeted with HELO and spoken to without extensions', async () => {
  await using hub = await startFakeHub({ script: { EHLO: '502 5.5.1 What' } });
  await using to = routeTo(hub);
  assert.equal((await deliver(to)).kind, 'delivered');
  assert.ok(hub.sessions[0]?.lines.includes('C: HELO mx.example'));
  assert.ok(hub.sessions[0]?.lines.includes('C: MAIL FROM:<sender@client.example>'));
});

for (const greeting of ['554 5.7.1 Go away', '421 4.3.2 Busy', '250 Ok']) {
  test(`greeted with "${greeting}": unavailable, and the hub's words are in the event`, async () => {
    await using hub = await startFakeHub({ script: { connect: greeting } });
    await using to = routeTo(hub);
    assert.equal((await deliver(to)).kind, 'unavailable');
    assert.ok(to.events.some((event) => event.type === 'hub-failed' && event.why.includes(greeting.slice(0, 3))));
    await hub.until(() => hub.sessions[0]?.open === false);
  });
}

test('no greeting within the deadline: unavailable', async () => {
  await using hub = await startFakeHub({ script: { connect: { silent: true } } });
  await using to = routeTo(hub, { commandMs: 30 });
  assert.equal((await deliver(to)).kind, 'unavailable');
});

test('five failures open the circuit: no more knocking, until one try after ten seconds; each change is an event', async () => {
  let now = 0;
  await using hub = await startFakeHub({ script: { connect: '421 4.3.2 Busy' } });
  await using to = routeTo(hub, {}, () => now);
  for (let i = 0; i < 8; i++) assert.equal((await deliver(to)).kind, 'unavailable');
  assert.equal(hub.sessions.length, 5);
  assert.equal(to.hubRoute.snapshot().circuit, 'open');
  now = 10_000;
  await deliver(to);
  assert.equal(hub.sessions.length, 6);
  const { answeredAt, failedAt } = to.hubRoute.snapshot();
  assert.deepEqual([answeredAt, failedAt], [null, 10_000], 'status is told when it failed last');
  hub.script = {};
  now = 20_000;
  assert.equal((await deliver(to)).kind, 'delivered');
  now = 30_000;
  assert.equal((await deliver(to)).kind, 'delivered');
  assert.equal(to.hubRoute.snapshot().answeredAt, 30_000, 'and answered last, also on a connection that was there');
  assert.deepEqual(
    to.events.flatMap((event) => (event.type === 'hub-circuit' ? [event.state] : [])),
    ['open', 'half-open', 'open', 'half-open', 'closed'],
  );
  assert.equal(to.events.filter(({ type }) => type === 'hub-failed').length, 6, 'one for each try, none for those refused by the circuit');
});

test('abilities: null before the first contact, then what EHLO says; asking brings about the contact', async () => {
  await using hub = await startFakeHub({ capabilities: ['8BITMIME', 'SIZE 1000'] });
  await using to = routeTo(hub);
  assert.equal(to.hubRoute.abilities(), null);
  while (to.hubRoute.abilities() === null) await new Promise(setImmediate);
  assert.deepEqual(to.hubRoute.abilities(), { reachable: true, smtputf8: false, eightBitMime: true, dsn: false, requireTls: false, maxBytes: 1000 });
  assert.equal(hub.sessions.length, 1);
});

test('abilities of a hub that cannot be reached: said to be so, and asked again only now and then', async () => {
  let now = 0;
  await using hub = await startFakeHub({ script: { connect: '421 Busy' } });
  await using to = routeTo(hub, {}, () => now);
  while (to.hubRoute.abilities() === null) await new Promise(setImmediate);
  for (let i = 0; i < 50; i++) assert.equal(to.hubRoute.abilities()?.reachable, false);
  assert.equal(hub.sessions.length, 1);
  hub.script = {};
  now = 10_000;
  while (to.hubRoute.abilities()?.reachable !== true) await new Promise(setImmediate);
});

test('abilities are asked for again when they are five minutes old', async () => {
  let now = 0;
  await using hub = await startFakeHub({ capabilities: [] });
  await using to = routeTo(hub, {}, () => now);
  await deliver(to);
  hub.capabilities = ['SMTPUTF8'];
  now = 299_999;
  assert.equal(to.hubRoute.abilities()?.smtputf8, false);
  now = 300_000;
  while (to.hubRoute.abilities()?.smtputf8 !== true) await new Promise(setImmediate);
});

test('tls may: STARTTLS where it is offered, EHLO again, and the mail goes under TLS', { skip }, async () => {
  await using hub = await startFakeHub({ tls: pem });
  await using to = withTls(hub, 'may');
  assert.equal((await deliver(to)).kind, 'delivered');
  assert.equal((await deliver(to)).kind, 'delivered');
  assert.equal(hub.sessions[0]?.secure, true);
  assert.equal(hub.sessions[0]?.lines.filter((line) => line === 'C: EHLO mx.example').length, 2);
});

test('tls may: a hub without it, or whose handshake is broken, gets the mail in clear', { skip }, async () => {
  await using plain = await startFakeHub();
  await using one = withTls(plain, 'may');
  assert.equal((await deliver(one)).kind, 'delivered');
  await using broken = await startFakeHub({ tls: pem, script: { STARTTLS: { reply: '220 Ready', drop: 'fin' } } });
  await using two = withTls(broken, 'may');
  assert.equal((await deliver(two)).kind, 'delivered');
  assert.deepEqual(
    broken.messages.map(({ session }) => session),
    [1],
  );
});

test('tls must: never in clear, and never to a certificate that nobody vouches for', { skip }, async () => {
  await using plain = await startFakeHub();
  await using one = withTls(plain, 'must');
  assert.equal((await deliver(one)).kind, 'unavailable');
  await using selfSigned = await startFakeHub({ tls: pem });
  await using two = withTls(selfSigned, 'must');
  const outcome = await deliver(two);
  assert.ok(outcome.kind === 'unavailable' && /self.signed/.test(outcome.why), JSON.stringify(outcome));
  assert.deepEqual([...plain.messages, ...selfSigned.messages], []);
});

test('bytes behind the answer to STARTTLS are an injection (CVE-2011-0411): the connection is cut', { skip }, async () => {
  await using hub = await startFakeHub({ tls: pem, script: { STARTTLS: { raw: '220 Ready\r\n250-injected\r\n250 XCLIENT NAME ADDR\r\n' } } });
  await using to = withTls(hub, 'must');
  const outcome = await deliver(to);
  assert.ok(outcome.kind === 'unavailable' && outcome.why.includes('behind the reply to STARTTLS'), JSON.stringify(outcome));
});
