// The failure table of the final dot, a row a test: what happens at the hub, what the client is told, who tries again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf, deliveryRequest } from '../../../test/harness/delivery-request.ts';
import { startFakeHub, type FakeHubMoment } from '../../../test/harness/fake-hub.ts';
import { routeTo } from '../../../test/harness/hub-route.ts';

const first = ({ earlier }: FakeHubMoment): boolean => earlier === 0;

test('the hub takes it: delivered, with the queue id of the hub', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.deepEqual(outcome, { kind: 'delivered', hubReply: { code: 250, enhanced: '2.0.0', lines: ['Ok: queued as FAKE1'] }, queueId: 'FAKE1' });
  assert.equal(
    hub.messages[0]?.data.toString(),
    'Received: from mail.client.example ([192.0.2.7]) by mx.example\r\n\twith ESMTP id 0123456789abc-1\r\nSubject: x\r\n\r\nhello\r\n',
  );
});

for (const [reply, code] of [
  ['550 5.7.1 Spam', 550],
  ['452 4.3.1 Full', 452],
  ['421 4.3.2 Going down', 421],
] as const) {
  test(`the hub rejects at the dot with ${code}: its answer, once`, async () => {
    await using hub = await startFakeHub({ script: { dot: reply } });
    await using to = routeTo(hub);
    const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
    assert.ok(outcome.kind === 'refused' && outcome.at === 'dot');
    assert.equal(outcome.hubReply.code, code);
    assert.equal(hub.messages.length, 1);
    if (code !== 421) await hub.until(() => hub.sessions[0]?.lines.includes('C: RSET') === true);
    else await hub.until(() => hub.sessions[0]?.open === false); // RFC 5321 3.8: it is closing
    assert.equal(hub.sessions[0]?.lines.includes('C: RSET'), code !== 421);
  });
}

test('the hub dies before the dot: once more on a fresh connection', async () => {
  await using hub = await startFakeHub({ script: { DATA: (moment) => (first(moment) ? { drop: 'rst' } : undefined) } });
  await using to = routeTo(hub);
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.equal(outcome.kind, 'delivered');
  assert.equal(hub.messages.length, 1);
  assert.equal(hub.sessions.length, 2);
});

test('the hub dies in the middle of large content: the content is read again from its start for the fresh connection', async () => {
  await using hub = await startFakeHub({ script: { content: ({ session, bytes }) => (session === 0 && bytes > 100_000 ? { drop: 'rst' } : undefined) } });
  await using to = routeTo(hub);
  const content = contentOf(Buffer.from('0123456789abcdef\r\n'.repeat(500_000)));
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, content, prependedHeaders: '' }));
  assert.equal(outcome.kind, 'delivered');
  assert.deepEqual(
    hub.messages.map(({ sha256 }) => sha256),
    [content.sha256],
  );
});

test('it dies before the dot again: unavailable, two tries, no third', async () => {
  await using hub = await startFakeHub({ script: { DATA: { drop: 'rst' } } });
  await using to = routeTo(hub);
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.equal(outcome.kind, 'unavailable');
  assert.equal(hub.sessions.length, 2);
  assert.ok(to.events.some(({ type }) => type === 'hub-failed'));
});

for (const drop of ['rst', 'fin'] as const) {
  test(`the hub dies after the dot (${drop}): ambiguous, and never tried again, for it may have the message`, async () => {
    await using hub = await startFakeHub({ script: { dot: { drop } } });
    await using to = routeTo(hub);
    const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
    assert.equal(outcome.kind, 'ambiguous');
    assert.equal(hub.messages.length, 1);
    assert.equal(hub.sessions.length, 1);
    assert.ok(to.events.some((event) => event.type === 'hub-failed' && event.why.startsWith('ambiguous')));
  });
}

test('no answer to the dot within the deadline: ambiguous, the connection is cut', async () => {
  await using hub = await startFakeHub({ script: { dot: { silent: true } } });
  await using to = routeTo(hub, { finalDotMs: 40 });
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'ambiguous');
  await hub.until(() => hub.sessions[0]?.open === false);
});

for (const junk of ['hello there\r\n', '354 Go on\r\n', '250-half\r\n550 other\r\n']) {
  test(`junk for an answer to the dot (${JSON.stringify(junk)}): ambiguous, and no second message on that connection`, async () => {
    await using hub = await startFakeHub({ script: { dot: (moment) => (first(moment) ? { raw: junk } : undefined) } });
    await using to = routeTo(hub);
    assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'ambiguous');
    assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'delivered');
    assert.equal(hub.sessions.length, 2);
  });
}

test('a pooled connection that went stale: one silent retry on a fresh one', async () => {
  for (const stale of [{ drop: 'rst' }, { drop: 'fin' }, { reply: '421 4.4.2 Timeout', drop: 'fin' }] as const) {
    await using hub = await startFakeHub({ script: { MAIL: ({ earlier }) => (earlier === 1 ? stale : undefined) } });
    await using to = routeTo(hub);
    assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'delivered');
    assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'delivered', JSON.stringify(stale));
    assert.equal(hub.sessions.length, 2);
    assert.equal(hub.messages.length, 2);
    assert.deepEqual(
      to.events.filter(({ type }) => type === 'hub-failed'),
      [],
      'silent',
    );
  }
});

test('421 on a new connection is meant: unavailable without a second try', async () => {
  await using hub = await startFakeHub({ script: { MAIL: '421 4.3.2 Too busy' } });
  await using to = routeTo(hub);
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.ok(outcome.kind === 'unavailable' && outcome.why.includes('Too busy'));
  assert.equal(hub.sessions.length, 1);
});

test('an idle connection that the hub closed is never handed out', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  hub.resetAll();
  await hub.until(() => hub.sessions[0]?.open === false);
  while (to.hubRoute.snapshot().idle > 0) await new Promise(setImmediate);
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'delivered');
});

test('a reply too many is never taken for the answer to the next message', async () => {
  await using hub = await startFakeHub({
    script: { dot: (moment) => (first(moment) ? { raw: '250 2.0.0 Ok: queued a\r\n250 2.0.0 Ok: queued b\r\n' } : '550 5.7.1 No') },
  });
  await using to = routeTo(hub);
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'delivered');
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'refused');
});

test('nor is what the hub says unasked while the connection is idle: the connection is given up', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  hub.sessions[0]?.blurt('250 2.0.0 Ok: queued b\r\n');
  for (let turns = 0; turns < 10_000 && to.hubRoute.snapshot().idle > 0; turns++) await new Promise(setImmediate);
  assert.equal(to.hubRoute.snapshot().idle, 0);
});

test('a hub that says nothing to MAIL: unavailable after the deadline, without making the client wait for it twice', async () => {
  await using hub = await startFakeHub({ script: { MAIL: { hold: new Promise(() => {}) } } });
  await using to = routeTo(hub, { commandMs: 40 });
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.ok(outcome.kind === 'unavailable' && outcome.why.includes('did not answer'));
  assert.equal(hub.sessions.length, 1);
});

/** More than the kernel's buffers take. */
const huge = contentOf(Buffer.from('0123456789abcdef\r\n'.repeat(1_000_000)));

test('a hub that stops reading content: unavailable after the deadline, no second try', async () => {
  await using hub = await startFakeHub({ script: { content: { deaf: true } } });
  await using to = routeTo(hub, { commandMs: 50 });
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, content: huge }));
  assert.ok(outcome.kind === 'unavailable' && outcome.why.includes('takes no content'), JSON.stringify(outcome));
  assert.equal(hub.sessions.length, 1);
});

test('a refusal in the middle of content is the answer; nothing more is sent', async () => {
  await using hub = await startFakeHub({ script: { content: ({ earlier }) => (earlier === 0 ? { reply: '552 5.3.4 Too big', deaf: true } : undefined) } });
  await using to = routeTo(hub);
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, content: huge }));
  assert.ok(outcome.kind === 'refused' && outcome.hubReply.code === 552, JSON.stringify(outcome));
  assert.equal(hub.messages.length, 0);
});

test('content that cannot be read again: unavailable, and the hub sees no end of data', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  const broken = {
    ...contentOf('Subject: x\r\n\r\n'),
    *chunks() {
      yield Buffer.from('Subject: x\r\n');
      throw new Error('EIO');
    },
  };
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, content: broken }));
  assert.ok(outcome.kind === 'unavailable' && outcome.why.includes('EIO'));
  await hub.until(() => hub.sessions[0]?.open === false);
  assert.equal(hub.messages.length, 0);
});

test('no hub there at all: unavailable', async () => {
  const hub = await startFakeHub();
  await hub.close();
  await using to = routeTo(hub);
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'unavailable');
});
