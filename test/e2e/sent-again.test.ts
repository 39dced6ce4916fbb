// A message that comes twice (engineering 4.2): a retry whose 250 was not heard is answered and not delivered, at whichever door thread
// it arrives; a deliberate repetition after a 250 that was heard is delivered, always.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { letter, newToken, onTheWire, tokenOf } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, { hub: `127.0.0.1:${hub.port}`, config: { threads: 2, hub: { verifyRecipients: false } } });
const stranger = { port: gateway.port(), from: '127.0.0.2' };
const envelope = { from: 'x@sender.example', to: ['anna@hub.example'] } as const;
const copies = (token: string): number => hub.messages.filter(({ data }) => tokenOf(data) === token).length;

/** Sends a message and resets the connection while the hub thinks about it. Resolves when the gateway knows. */
async function sendAndGo(t: Owner, at: Gateway, content: Buffer): Promise<{ readonly session: string }> {
  const token = tokenOf(content) ?? '';
  const client = await SmtpClient.greet(t, { ...stranger, port: at.port() });
  await client.converse(`
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: DATA
    S: 354`);
  const port = client.localPort;
  const opened = await at.event('session-opened', (event) => event.port === port);
  const before = copies(token);
  await client.send(onTheWire(content));
  await hub.until(() => copies(token) === before + 1);
  client.reset();
  await at.event('session-closed', ({ session }) => session === opened.session);
  return { session: opened.session ?? '' };
}

/** The same; the hub then takes it. */
async function goneBeforeTheAnswer(t: Owner, at: Gateway, content: Buffer): Promise<void> {
  const held = Promise.withResolvers<void>();
  hub.script = { dot: { reply: '250 2.0.0 Ok', hold: held.promise } };
  const gone = await sendAndGo(t, at, content);
  held.resolve();
  hub.script = {};
  await at.event('message-finished', ({ session }) => session === gone.session);
}

test('a retry at any door is answered from memory; once that was heard, the next repetition is a message again', async (t) => {
  const content = letter({ token: newToken() });
  const token = tokenOf(content) ?? '';
  await goneBeforeTheAnswer(t, gateway, content);
  // The kernel gives each connection to one of the two doors: of so many some meet each.
  const doors = new Set<string>();
  while (doors.size < 2) {
    const client = await SmtpClient.greet(t, stranger);
    const opened = await gateway.event('session-opened', ({ port }) => port === client.localPort);
    const { end } = await client.transact({ ...envelope, content });
    assert.equal(end?.code, 250);
    doors.add(opened.door);
    client.reset(); // never heard: it stays remembered
    await gateway.event('session-closed', ({ session }) => session === opened.session);
  }
  assert.equal(copies(token), 1, 'delivered once, whichever door the retry met');

  assert.equal((await deliverOnce(t, stranger, { ...envelope, content })).end?.code, 250);
  assert.equal(copies(token), 1, 'this retry says QUIT and has thereby heard it');
  for (let again = 2; again <= 5; again += 1) {
    assert.equal((await deliverOnce(t, stranger, { ...envelope, content })).end?.code, 250);
    assert.equal(copies(token), again, 'what is sent now is meant anew');
  }
});

test('a retry that comes while the hub still has the first try is put off at every door, and delivered by the first alone', async (t) => {
  const content = letter({ token: newToken() });
  const token = tokenOf(content) ?? '';
  const held = Promise.withResolvers<void>();
  hub.script = { dot: { reply: '250 2.0.0 Ok', hold: held.promise } };
  const { session } = await sendAndGo(t, gateway, content);
  const doors = new Set<string>();
  while (doors.size < 2) {
    const client = await SmtpClient.greet(t, stranger);
    const opened = await gateway.event('session-opened', ({ port }) => port === client.localPort);
    const { end } = await client.transact({ ...envelope, content });
    assert.match(`${end?.code} ${end?.text}`, /^451 4\.4\.5 /);
    doors.add(opened.door);
    client.reset();
  }
  held.resolve();
  hub.script = {};
  await gateway.event('message-finished', (event) => event.session === session);
  // The other door hears of the answer a moment later.
  await until('a retry to be answered', async () => (await deliverOnce(t, stranger, { ...envelope, content })).end?.code === 250);
  assert.equal(copies(token), 1);
});

test('in one session too: the repetition behind a heard answer is delivered', async (t) => {
  const content = letter({ token: newToken() });
  const token = tokenOf(content) ?? '';
  await goneBeforeTheAnswer(t, gateway, content);
  const client = await SmtpClient.greet(t, stranger);
  for (const expected of [1, 2, 3]) {
    assert.equal((await client.transact({ ...envelope, content })).end?.code, 250);
    assert.equal(copies(token), expected);
  }
});

test('what was not heard survives a restart, what was heard does not come back', async (t) => {
  const own = await startGateway(t, { hub: `127.0.0.1:${hub.port}`, config: { threads: 2, hub: { verifyRecipients: false } } });
  const [unheard, heard] = [letter({ token: newToken() }), letter({ token: newToken() })];
  await goneBeforeTheAnswer(t, own, unheard);
  await goneBeforeTheAnswer(t, own, heard);
  const there = { ...stranger, port: own.port() };
  await deliverOnce(t, there, { ...envelope, content: heard });
  await own.restart();
  for (const [content, expected] of [
    [unheard, 1],
    [heard, 2],
  ] as const) {
    assert.equal((await deliverOnce(t, there, { ...envelope, content })).end?.code, 250);
    assert.equal(copies(tokenOf(content) ?? ''), expected);
  }
});

/** Brings a message word by word; `behind` comes in the packet of the final dot. The client is left open. */
async function bring(t: Owner, content: Buffer, behind = ''): Promise<{ readonly client: SmtpClient; readonly session: string | undefined }> {
  const client = await SmtpClient.greet(t, stranger);
  await client.converse(`
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: DATA
    S: 354`);
  const { session } = await gateway.event('session-opened', ({ port }) => port === client.localPort);
  await client.send(Buffer.concat([onTheWire(content), Buffer.from(behind)]));
  assert.equal((await client.reply()).code, 250);
  return { client, session };
}

/** What a device says: nothing in it tells it from the next time. */
const alarm = (token: string): Buffer => Buffer.from(`Subject: ALARM temperature high\r\nX-Test-Token: ${token}\r\n\r\nrack 4\r\n`);

for (const [what, behind] of [
  ['closes the connection where others say QUIT', ''],
  ['says QUIT in one breath with the final dot', 'QUIT\r\n'],
] as const)
  test(`a client that ${what} has heard its 250: what it says again is delivered again`, async (t) => {
    for (const content of [letter({ token: newToken() }), alarm(newToken())])
      for (const expected of [1, 2, 3]) {
        const { client, session } = await bring(t, content, behind);
        client.halfClose();
        await gateway.event('session-closed', (event) => event.session === session);
        assert.equal(copies(tokenOf(content) ?? ''), expected);
      }
  });

test('a device that resets the connection may not have heard: its next alarm is delivered all the same, for nothing tells it from a retry', async (t) => {
  const [known, unknown] = [letter({ token: newToken() }), alarm(newToken())];
  for (const [content, expected] of [
    [known, 1],
    [unknown, 2],
  ] as const) {
    for (const _ of ['first', 'second']) {
      const { client, session } = await bring(t, content);
      client.reset();
      await gateway.event('session-closed', (event) => event.session === session);
    }
    assert.equal(copies(tokenOf(content) ?? ''), expected);
  }
});
