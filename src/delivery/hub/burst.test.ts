// What stands on the wire between MAIL and the dot, and what each refusal on the way means.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf, deliveryRequest } from '../../../test/harness/delivery-request.ts';
import { startFakeHub, type FakeHub, type FakeHubScript } from '../../../test/harness/fake-hub.ts';
import { routeTo } from '../../../test/harness/hub-route.ts';

/** What we said, without the greeting. */
const said = (hub: FakeHub, session = 0): string[] =>
  (hub.sessions[session]?.lines ?? []).filter((line) => line.startsWith('C: ') && !/^C: [EL]HLO/.test(line)).map((line) => line.slice(3));

const refuses = (needle: string, reply: string): FakeHubScript => ({ RCPT: ({ line }) => (line.includes(needle) ? reply : undefined) });

test('with PIPELINING the whole envelope goes in one burst, with the parameters the hub offers and the client gave', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  await to.hubRoute.deliver(
    deliveryRequest({
      route: to.route,
      to: ['a@hub.example', 'b@hub.example'],
      prependedHeaders: 'X: y\r\n',
      content: 'a\r\n',
      parameters: { size: 3, body: '8BITMIME', smtputf8: true, auth: 'x' },
    }),
  );
  assert.deepEqual(said(hub), [
    'MAIL FROM:<sender@client.example> SIZE=9 BODY=8BITMIME SMTPUTF8',
    'RCPT TO:<a@hub.example>',
    'RCPT TO:<b@hub.example>',
    'DATA',
    '(9 bytes of content)',
  ]);
});

test('without it each command waits for its answer', async () => {
  await using hub = await startFakeHub({ capabilities: [] });
  await using to = routeTo(hub);
  await to.hubRoute.deliver(deliveryRequest({ route: to.route, from: null, parameters: { size: null, body: '8BITMIME', smtputf8: false, auth: null } }));
  const lines = hub.sessions[0]?.lines ?? [];
  const mail = lines.indexOf('C: MAIL FROM:<>');
  assert.deepEqual(lines.slice(mail, mail + 6), [
    'C: MAIL FROM:<>',
    'S: 250 2.1.0 Ok',
    'C: RCPT TO:<user@hub.example>',
    'S: 250 2.1.5 Ok',
    'C: DATA',
    'S: 354 Go on',
  ]);
});

test('one refused recipient: its refusal is the answer, and although DATA was taken nothing is sent, not even RSET', async () => {
  let content = 0;
  await using hub = await startFakeHub({ script: { RCPT: '550 5.1.1 Unknown', DATA: '354 Go on', content: ({ bytes }) => void (content = bytes) } });
  await using to = routeTo(hub);
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.deepEqual(outcome, { kind: 'refused', hubReply: { code: 550, enhanced: '5.1.1', lines: ['Unknown'] }, at: 'rcpt' });
  await hub.until(() => hub.sessions[0]?.open === false);
  assert.deepEqual(hub.messages, []);
  assert.equal(said(hub).at(-1), 'DATA');
  assert.equal(content, 0, 'RSET would have been content');
});

test('some of several recipients refused: mixed at RCPT, nothing is sent to anybody', async () => {
  for (const capabilities of [['PIPELINING'], []]) {
    await using hub = await startFakeHub({ capabilities, script: refuses('nobody@', '550 5.1.1 Unknown') });
    await using to = routeTo(hub);
    const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, to: ['a@hub.example', 'nobody@hub.example'] }));
    assert.ok(outcome.kind === 'mixed' && outcome.at === 'rcpt');
    assert.deepEqual(
      outcome.perRecipient.map(({ to: who, hubReply }) => [who.text, hubReply.code]),
      [
        ['a@hub.example', 250],
        ['nobody@hub.example', 550],
      ],
    );
    // The next message shows that the connection was given up or reset, and never had a dot.
    assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'delivered');
    assert.equal(hub.messages.length, 1);
    assert.equal(said(hub).includes('DATA') && said(hub).includes('RSET'), capabilities.length === 0);
  }
});

test('all of several refused alike: that is one answer; refused unlike: mixed', async () => {
  await using hub = await startFakeHub({ script: { RCPT: '550 5.1.1 Unknown' } });
  await using to = routeTo(hub);
  const both = ['a@hub.example', 'b@hub.example'];
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route, to: both }))).kind, 'refused');
  hub.script = { RCPT: ({ line }) => (line.includes('a@') ? '550 5.1.1 Unknown' : '451 4.2.0 Later') };
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route, to: both }));
  assert.equal(outcome.kind, 'mixed');
});

test('MAIL or DATA refused: that answer, RSET, and the connection serves the next message', async () => {
  for (const [step, at] of [
    ['MAIL', 'mail'],
    ['DATA', 'data'],
  ] as const) {
    for (const capabilities of [['PIPELINING'], []]) {
      await using hub = await startFakeHub({
        capabilities,
        script: { [step]: ({ earlier }: { earlier: number }) => (earlier === 0 ? '451 4.3.0 Not now' : undefined) },
      });
      await using to = routeTo(hub);
      const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
      assert.ok(outcome.kind === 'refused' && outcome.at === at && outcome.hubReply.code === 451);
      while (to.hubRoute.snapshot().idle === 0) await new Promise(setImmediate);
      assert.ok(said(hub).includes('RSET'));
      if (step === 'MAIL' && capabilities.length === 0) assert.equal(said(hub)[1], 'RSET', 'no RCPT after a refused MAIL');
      assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'delivered');
      assert.equal(hub.sessions.length, 1);
    }
  }
});

test('MAIL refused but DATA taken by a careless hub: the connection is cut, no dot makes an empty message of it', async () => {
  await using hub = await startFakeHub({ script: { MAIL: '550 5.7.1 No', DATA: '354 Go on' } });
  await using to = routeTo(hub);
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'refused');
  await hub.until(() => hub.sessions[0]?.open === false);
  assert.deepEqual(hub.messages, []);
});

test('a positive answer that is none of SMTP (250 to DATA) is unavailable, never delivered', async () => {
  await using hub = await startFakeHub({ script: { DATA: '250 2.0.0 Ok' } });
  await using to = routeTo(hub);
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route }))).kind, 'unavailable');
  assert.deepEqual(hub.messages, []);
});

test('SMTPUTF8 for a hub that never had it: 553 5.6.7; for one that had it a moment ago: 451 4.6.7', async () => {
  await using hub = await startFakeHub({ capabilities: ['PIPELINING'] });
  await using to = routeTo(hub, { idleMs: 0 });
  const request = deliveryRequest({ route: to.route, to: ['jürgen@hub.example'], parameters: { size: null, body: null, smtputf8: true, auth: null } });
  const never = await to.hubRoute.deliver(request);
  assert.ok(never.kind === 'refused' && never.hubReply.code === 553 && never.hubReply.enhanced === '5.6.7');
  hub.capabilities = ['PIPELINING', 'SMTPUTF8'];
  hub.resetAll();
  await hub.until(() => hub.sessions[0]?.open === false);
  while (to.hubRoute.snapshot().open > 0) await new Promise(setImmediate);
  assert.equal((await to.hubRoute.deliver(request)).kind, 'delivered');
  assert.equal(hub.messages[0]?.recipients[0], '<jürgen@hub.example>');
  hub.capabilities = ['PIPELINING'];
  hub.resetAll();
  await hub.until(() => hub.sessions[1]?.open === false);
  while (to.hubRoute.snapshot().open > 0) await new Promise(setImmediate);
  const shrunk = await to.hubRoute.deliver(request);
  assert.ok(shrunk.kind === 'refused' && shrunk.hubReply.code === 451 && shrunk.hubReply.enhanced === '4.6.7');
});

test('replies that come a byte at a time are understood', async () => {
  await using hub = await startFakeHub({
    script: {
      MAIL: { reply: '250 2.1.0 Ok', split: 1 },
      RCPT: { reply: '250-2.1.5 Ok\n250 2.1.5 really', split: 1 },
      dot: { reply: '250 2.0.0 Ok: queued as SLOW1', split: 1 },
    },
  });
  await using to = routeTo(hub);
  const outcome = await to.hubRoute.deliver(deliveryRequest({ route: to.route }));
  assert.ok(outcome.kind === 'delivered' && outcome.queueId === 'SLOW1');
});

test('addresses that would end their brackets are refused before the hub hears of them', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  for (const bad of ['a@b>\r\nRCPT TO:<x@y', 'a@b> SIZE=1', 'a\0@b', 'ä@b', '"a@b']) {
    const asSender = await to.hubRoute.deliver(deliveryRequest({ route: to.route, from: bad }));
    assert.ok(asSender.kind === 'refused' && asSender.at === 'mail', bad);
    const asRecipient = await to.hubRoute.deliver(deliveryRequest({ route: to.route, to: ['x@hub.example', bad] }));
    assert.ok(asRecipient.kind === 'refused' && asRecipient.at === 'rcpt', bad);
  }
  assert.equal(hub.sessions.length, 0);
});

test('headers that would end the header, and content without a line end, are our own fault: thrown, and the hub gets no message', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  for (const prependedHeaders of ['X: y', 'X: y\r\n\r\nbody\r\n', 'X: y\n', '.\r\n', 'X: y\r\n.\r\n']) {
    await assert.rejects(to.hubRoute.deliver(deliveryRequest({ route: to.route, prependedHeaders })), /no header lines/, JSON.stringify(prependedHeaders));
  }
  await assert.rejects(to.hubRoute.deliver(deliveryRequest({ route: to.route, content: 'no line end' })), /does not end with CRLF/);
  await assert.rejects(
    to.hubRoute.deliver(deliveryRequest({ route: to.route, content: contentOf(`${'x'.repeat(80_000)}\r`, 40_000) })),
    /does not end with CRLF/,
  );
  assert.deepEqual(hub.messages, []);
});

test('a line end cut in two by the border of two chunks is one', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  const content = contentOf(`${'x'.repeat(79_999)}\r\n`, 80_000);
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route, content, prependedHeaders: '' }))).kind, 'delivered');
  assert.equal(hub.messages[0]?.sha256, content.sha256);
});

test('an empty message is one', async () => {
  await using hub = await startFakeHub();
  await using to = routeTo(hub);
  assert.equal((await to.hubRoute.deliver(deliveryRequest({ route: to.route, content: '', prependedHeaders: '' }))).kind, 'delivered');
  assert.equal(hub.messages[0]?.data.length, 0);
});
