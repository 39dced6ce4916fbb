import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryRequest, mailbox } from '../../../test/harness/delivery-request.ts';
import { startFakeHub, type FakeHub } from '../../../test/harness/fake-hub.ts';
import { routeTo } from '../../../test/harness/hub-route.ts';

const commands = (hub: FakeHub): string[] =>
  hub.sessions
    .flatMap(({ lines }) => lines)
    .filter((line) => /^C: (?!EHLO)/.test(line))
    .map((line) => line.slice(3));

test('MAIL from the null sender, RCPT, RSET: the hub is asked and gets no message', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  assert.deepEqual(await to.hubRoute.probe(mailbox('user@hub.example'), false), { kind: 'accepted' });
  assert.deepEqual(commands(hub), ['MAIL FROM:<>', 'RCPT TO:<user@hub.example>', 'RSET']);
});

test('the sender of probes may be configured; SMTPUTF8 is said where the recipient needs it', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub, { probeSender: 'probe@mx.example' });
  assert.equal((await to.hubRoute.probe(mailbox('jürgen@hub.example'), true)).kind, 'accepted');
  assert.equal(commands(hub)[0], 'MAIL FROM:<probe@mx.example> SMTPUTF8');
});

const answers: readonly [reply: string, kind: string, why: string][] = [
  ['250 2.1.5 Ok', 'accepted', 'it knows the recipient'],
  ['251 2.1.5 Will forward', 'accepted', 'it knows where to'],
  ['550 5.1.1 Unknown', 'refused', 'it does not know the recipient'],
  ['551 5.1.6 Moved', 'refused', 'it is not here any more'],
  ['450 4.2.0 Greylisted', 'deferred', 'it does not say yet'],
  ['452 4.5.3 Too many', 'deferred', 'it does not say now'],
  ['552 5.2.2 Full', 'deferred', 'RFC 5321 4.5.3.1.10: to be taken for 452'],
  ['503 5.5.1 Bad sequence', 'unreachable', 'speaks of the command, not of the recipient'],
  ['354 What', 'unreachable', 'is no answer to RCPT'],
];

for (const [reply, kind, why] of answers) {
  test(`"${reply}" to RCPT is ${kind}: ${why}`, async () => {
    await using hub = await startFakeHub({ script: { RCPT: reply } });
    await using to = routeTo(hub);
    const outcome = await to.hubRoute.probe(mailbox('user@hub.example'), false);
    assert.equal(outcome.kind, kind);
    if (outcome.kind === 'deferred') assert.ok(outcome.hubReply.code < 500 && outcome.hubReply.enhanced?.[0] === '4', 'a client told so tries again');
  });
}

test('MAIL refused is not the recipient’s fault: unreachable, with the hub’s words', async () => {
  await using hub = await startFakeHub({ script: { MAIL: '550 5.7.1 No null sender here' } });
  await using to = routeTo(hub);
  const outcome = await to.hubRoute.probe(mailbox('user@hub.example'), false);
  assert.ok(outcome.kind === 'unreachable' && outcome.why.includes('No null sender here'));
});

test('an address beyond ASCII for a hub without SMTPUTF8 is refused without asking', async () => {
  await using hub = await startFakeHub({ capabilities: ['PIPELINING'] });
  await using to = routeTo(hub);
  const outcome = await to.hubRoute.probe(mailbox('jürgen@hub.example'), true);
  assert.ok(outcome.kind === 'refused' && outcome.hubReply.code === 553);
  assert.deepEqual(commands(hub), []);
});

test('questions that come together go together: few transactions, each answer to its own question', async () => {
  for (const capabilities of [['PIPELINING'], []]) {
    await using hub = await startFakeHub({ capabilities, script: { RCPT: ({ line }) => (line.includes('7@') ? '550 5.1.1 Unknown' : undefined) } });
    await using to = routeTo(hub);
    const kinds = await Promise.all(Array.from({ length: 40 }, async (_, i) => (await to.hubRoute.probe(mailbox(`user${i}@hub.example`), false)).kind));
    assert.deepEqual(
      kinds,
      Array.from({ length: 40 }, (_, i) => (i % 10 === 7 ? 'refused' : 'accepted')),
    );
    assert.ok(commands(hub).filter((line) => line.startsWith('MAIL')).length <= 10);
    assert.ok(hub.peak <= 1, 'a quarter of four connections');
  }
});

test('a connection with ten refusals behind it is left: Postfix would slow it down', async () => {
  await using hub = await startFakeHub({ script: { RCPT: '550 5.1.1 Unknown' } });
  await using to = routeTo(hub);
  await Promise.all(Array.from({ length: 40 }, (_, i) => to.hubRoute.probe(mailbox(`user${i}@hub.example`), false)));
  for (const { lines } of hub.sessions) assert.ok(lines.filter((line) => line.startsWith('S: 550')).length <= 10);
});

test('a stale pooled connection says nothing about the recipient: asked once more on a fresh one', async () => {
  for (const stale of [{ drop: 'rst' }, { reply: '421 4.4.2 Timeout', drop: 'fin' }] as const) {
    await using hub = await startFakeHub({ script: { MAIL: ({ earlier }) => (earlier === 1 ? stale : undefined) } });
    await using to = routeTo(hub);
    await to.hubRoute.probe(mailbox('a@hub.example'), false);
    assert.equal((await to.hubRoute.probe(mailbox('b@hub.example'), false)).kind, 'accepted');
    assert.equal(hub.sessions.length, 2);
  }
});

test('a hub that breaks off every time: unreachable, and no endless trying', async () => {
  await using hub = await startFakeHub({ script: { RCPT: { drop: 'rst' } } });
  await using to = routeTo(hub);
  assert.equal((await to.hubRoute.probe(mailbox('a@hub.example'), false)).kind, 'unreachable');
  assert.ok(hub.sessions.length <= 2);
});

test('no answer within the deadline, waiting for a connection included: unreachable', async () => {
  await using hub = await startFakeHub({ script: { RCPT: { hold: new Promise(() => {}) } } });
  await using to = routeTo(hub, { probeMs: 40 });
  const all = await Promise.all(['a', 'b', 'c'].map((who) => to.hubRoute.probe(mailbox(`${who}@hub.example`), false)));
  assert.deepEqual(
    all.map(({ kind }) => kind),
    ['unreachable', 'unreachable', 'unreachable'],
  );
});

test('a harvest of a thousand addresses does not keep a delivery waiting', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await using hub = await startFakeHub({ script: { RCPT: ({ line }) => (line.includes('user@') ? undefined : { reply: '250 2.1.5 Ok', hold: held }) } });
  await using to = routeTo(hub);
  const probes = Array.from({ length: 1000 }, (_, i) => to.hubRoute.probe(mailbox(`x${i}@hub.example`), false));
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'delivered');
  release();
  await Promise.all(probes);
});

test('an address that would end its bracket is refused before the hub hears of it', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  assert.equal((await to.hubRoute.probe(mailbox('a>\r\nDATA\r\n@hub.example'), false)).kind, 'refused');
  assert.equal(hub.sessions.length, 0);
});

test('a configured sender that is no address: unreachable, and nothing of it is sent', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub, { probeSender: 'x@y>\r\nQUIT' });
  assert.equal((await to.hubRoute.probe(mailbox('user@hub.example'), false)).kind, 'unreachable');
  assert.equal(hub.sessions.length, 0);
});
