// XCLIENT and XFORWARD: the hub learns who the outside client was, and never takes one client for another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryRequest, mailbox } from '../../../test/harness/delivery-request.ts';
import { startFakeHub, type FakeHub } from '../../../test/harness/fake-hub.ts';
import { routeTo } from '../../../test/harness/hub-route.ts';

const xforward = ['PIPELINING', 'XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE'];
const xclient = ['PIPELINING', 'XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT', ...xforward.slice(1)];

const heard = (hub: FakeHub, session = 0): string[] =>
  (hub.sessions[session]?.lines ?? []).filter((line) => line.startsWith('C: ')).map((line) => line.slice(3));

test('XFORWARD, where wanted and offered, comes before MAIL, with our reference as IDENT', async () => {
  await using hub = await startFakeHub({ capabilities: xforward });
  await using to = routeTo(hub, { xforward: true });
  await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.deepEqual(hub.messages[0]?.forwarded, [
    'XFORWARD NAME=mail.client.example ADDR=192.0.2.7 PORT=40001 PROTO=ESMTP HELO=mail.client.example IDENT=0123456789abc-1 SOURCE=REMOTE',
  ]);
});

test('not wanted, or not offered: not a word of it', async () => {
  await using hub = await startFakeHub({ capabilities: xclient });
  await using off = routeTo(hub);
  await off.hubRoute.deliver(deliveryRequest({ route: off.route }));
  hub.capabilities = ['PIPELINING'];
  await using on = routeTo(hub, { xforward: true, xclient: true });
  await on.hubRoute.deliver(deliveryRequest({ route: on.route }));
  assert.deepEqual(
    hub.messages.map(({ forwarded }) => forwarded),
    [[], []],
  );
});

test('a refused XFORWARD does not stop the mail: it is for the log only', async () => {
  await using hub = await startFakeHub({ capabilities: xforward, script: { XFORWARD: '550 5.7.0 Not you' } });
  await using to = routeTo(hub, { xforward: true });
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'delivered');
});

test('XCLIENT is said anew for every message on a reused connection, with every attribute, so that nothing of the client before stays', async () => {
  await using hub = await startFakeHub({ capabilities: xclient });
  await using to = routeTo(hub, { xclient: true, xforward: true });
  const one = deliveryRequest({ route: to.route });
  await to.hubRoute.deliver({ ...one, handover: { ...one.handover, user: 'alice' } });
  await to.hubRoute.deliver({
    ...one,
    handover: { ...one.handover, client: { ...one.handover.client, ip: '2001:db8::7' }, reverseName: null, helo: 'other client', esmtp: false },
  });
  assert.equal(hub.sessions.length, 1);
  const [, first, , second] = heard(hub).flatMap((line) => (line.startsWith('XCLIENT') ? ['', line] : []));
  assert.match(first ?? '', /LOGIN=alice .*NAME=mail\.client\.example ADDR=192\.0\.2\.7$/);
  assert.match(second ?? '', /PROTO=SMTP HELO=other\+20client LOGIN=\[UNAVAILABLE\] .*NAME=\[UNAVAILABLE\] ADDR=IPV6:2001:db8::7$/);
  // Back at the greeting: EHLO in the client's name where that is one, else in ours.
  assert.deepEqual(
    heard(hub).filter((line) => line.startsWith('EHLO')),
    ['EHLO mx.example', 'EHLO mail.client.example', 'EHLO mx.example'],
  );
  assert.ok(!heard(hub).some((line) => line.startsWith('XFORWARD')));
});

test('the hub refuses the client at XCLIENT: that is the answer, and the connection is not used again', async () => {
  await using hub = await startFakeHub({
    capabilities: xclient,
    script: { XCLIENT: ({ earlier }) => (earlier === 0 ? '554 5.7.1 Client host blocked' : undefined) },
  });
  await using to = routeTo(hub, { xclient: true });
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.ok(outcome.kind === 'refused' && outcome.hubReply.code === 554);
  await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.equal(hub.sessions.length, 2);
});

test('the hub does not understand our XCLIENT: unavailable; the client must not hear that as its refusal', async () => {
  await using hub = await startFakeHub({ capabilities: xclient, script: { XCLIENT: '501 5.5.4 Bad attribute' } });
  await using to = routeTo(hub, { xclient: true });
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'unavailable');
});

test('a hub that knows no IPv6 addresses (Postfix with inet_protocols = ipv4) hears that the address is unknown, never that it is ours', async () => {
  await using hub = await startFakeHub({
    capabilities: xclient,
    script: { XCLIENT: ({ line }) => (line.includes('IPV6:') ? '501 5.5.4 Bad ADDR syntax' : undefined) },
  });
  await using to = routeTo(hub, { xclient: true });
  const usual = deliveryRequest({ route: to.route });
  const outcome = await to.hubRoute.deliver({ ...usual, handover: { ...usual.handover, client: { ...usual.handover.client, ip: '2001:db8::7' } } });
  assert.equal(outcome.kind, 'delivered');
  assert.match(hub.messages[0]?.forwarded.at(-1) ?? '', /DESTADDR=198\.51\.100\.1 .*ADDR=\[UNAVAILABLE\]$/);
});

test('a hub that no longer offers XCLIENT after it: that connection is not used for the next client', async () => {
  await using hub = await startFakeHub({ capabilities: xclient });
  await using to = routeTo(hub, { xclient: true });
  hub.script = { XCLIENT: () => void (hub.capabilities = ['PIPELINING']) };
  await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  hub.capabilities = xclient;
  hub.script = {};
  await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.deepEqual(
    hub.messages.map(({ session, forwarded }) => [session, forwarded.length > 0]),
    [
      [0, true],
      [1, true],
    ],
  );
});

test('a probe never goes over a connection that stands for a client', async () => {
  await using hub = await startFakeHub({ capabilities: xclient });
  await using to = routeTo(hub, { xclient: true, connections: 1 });
  await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.equal((await to.hubRoute.probe(mailbox('user@hub.example'), false)).kind, 'accepted');
  assert.equal(heard(hub, 0).filter((line) => line.startsWith('RCPT')).length, 1);
  assert.deepEqual([hub.sessions.length, to.hubRoute.snapshot().open], [2, 1], 'the one place was given up for it');
});
