// Clients that do not keep to the order of things: everything in one packet, gone too early, deaf, in the wrong protocol.
// Each hears an answer or is let go, and none costs another its mail.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, test } from 'node:test';
import tls from 'node:tls';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { bodyOf, letter, newToken, onTheWire, tokenOf } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until, within } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  tls: true,
  users: { carol: 'secret-of-carol' },
  listeners: {
    mx: {},
    secure: { tls: 'implicit' },
    behind: { tls: 'implicit', proxyProtocol: { trusted: ['127.0.0.1/32'] } },
    proxied: { proxyProtocol: { trusted: ['127.0.0.1/32'] } },
    trusting: { xclient: { trusted: ['127.0.0.1/32'] } },
  },
  config: {
    limits: { sessions: 200, junkCommands: 100_000, outsideRecipientsPerMessage: 5000, outsideRecipientsPerSession: 5000 },
    timeouts: { data: '3s', proxyHeader: '2s' },
  },
});
const stranger = { port: gateway.port('mx'), from: '127.0.0.2' };
const copies = (token: string): number => hub.messages.filter(({ data }) => tokenOf(data) === token).length;

/** Sends all at once, then says that nothing more will come; gives all that was answered until the end. */
async function shout(t: Owner, port: number, bytes: string | Buffer): Promise<string> {
  const client = await SmtpClient.connect(t, { port, from: '127.0.0.2' });
  await client.send(bytes);
  client.halfClose();
  await within(10_000, 'the gateway to finish with a client that said everything at once', client.closed);
  return client.received;
}

/** The hub keeps the answer to recipients named slow-... back. */
function slowRecipient(): { readonly asked: Promise<void>; release(): void } {
  const asked = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const answer = { reply: '250 2.1.5 Ok', hold: held.promise };
  hub.script = { RCPT: ({ line }) => (line.includes('slow-') ? (asked.resolve(), answer) : undefined) };
  const release = (): void => {
    hub.script = {};
    held.resolve();
  };
  return { asked: asked.promise, release };
}

const codes = (received: string): string =>
  received
    .split('\r\n')
    .filter((line) => /^\d{3} /.test(line))
    .map((line) => line.slice(0, 3))
    .join(' ');

test('everything in one packet, QUIT included, and half closed: all is answered in order', async (t) => {
  const token = newToken();
  const said = await shout(
    t,
    stranger.port,
    Buffer.concat([
      Buffer.from('EHLO a.example\r\nMAIL FROM:<x@sender.example>\r\nRCPT TO:<anna@hub.example>\r\nDATA\r\n'),
      onTheWire(letter({ token })),
      Buffer.from('QUIT\r\n'),
    ]),
  );
  assert.equal(codes(said), '220 250 250 250 354 250 221', said);
  assert.equal(copies(token), 1);
});

test('content beside its DATA is waited for to its end, also when it fills the backlog while a recipient is asked for', async (t) => {
  const token = newToken();
  const slow = slowRecipient();
  const client = await SmtpClient.greet(t, stranger);
  const content = onTheWire(letter({ token, body: bodyOf(400_000) }));
  await client.send(Buffer.concat([Buffer.from('MAIL FROM:<x@sender.example>\r\nRCPT TO:<slow-1@hub.example>\r\nDATA\r\n'), content.subarray(0, 200_000)]));
  await slow.asked;
  slow.release();
  void client.send(content.subarray(200_000));
  assert.deepEqual(
    [await client.reply(), await client.reply(), await client.reply(), await client.reply()].map(({ code }) => code),
    [250, 250, 354, 250],
  );
  assert.equal(copies(token), 1);
});

test('two thousand recipients and DATA in one write, all known but the first: the content behind 354 is read', async (t) => {
  const known = Array.from({ length: 2000 }, (_, i) => `known-recipient-number-${i}@hub.example`);
  const first = await SmtpClient.greet(t, stranger);
  await first.ask('MAIL FROM:<x@sender.example>');
  await first.send(known.map((to) => `RCPT TO:<${to}>\r\n`).join(''));
  for (const _ of known) assert.equal((await first.reply()).code, 250);
  await first.quit();

  const slow = slowRecipient();
  const token = newToken();
  const client = await SmtpClient.greet(t, stranger);
  await client.send(
    ['MAIL FROM:<x@sender.example>', 'RCPT TO:<slow-2@hub.example>', ...known.map((to) => `RCPT TO:<${to}>`), 'DATA'].map((line) => `${line}\r\n`).join(''),
  );
  await slow.asked;
  slow.release();
  for (let left = known.length + 2; left > 0; left -= 1) assert.equal((await client.reply()).code, 250);
  assert.equal((await client.reply()).code, 354);
  await client.send(onTheWire(letter({ token })));
  assert.equal((await client.reply()).code, 250);
  assert.equal(copies(token), 1);
});

test('half closed after the final dot, also under TLS: the answer is heard', async (t) => {
  for (const secure of [false, true]) {
    const token = newToken();
    const client = await SmtpClient.greet(t, stranger);
    if (secure) {
      await client.startTls();
      await client.ask('EHLO a.example');
    }
    await client.converse(`
      C: MAIL FROM:<x@sender.example>
      S: 250
      C: RCPT TO:<anna@hub.example>
      S: 250
      C: DATA
      S: 354`);
    await client.send(onTheWire(letter({ token })));
    client.halfClose();
    assert.equal((await client.reply()).code, 250, secure ? 'TLS' : 'plain');
    await within(5000, 'the session to end', client.closed);
    assert.equal(copies(token), 1);
  }
});

test('a client that never reads its answers is stopped, let go, and leaves nothing behind', async (t) => {
  const before = gateway.memoryBytes();
  const client = await SmtpClient.greet(t, { port: gateway.port('mx') });
  client.deaf();
  const many = 'NOOP\r\n'.repeat(20_000);
  let sent = 0;
  const pump = (async () => {
    for (; sent < 100; sent += 1) await client.send(many);
  })();
  await Promise.race([pump, new Promise((resolve) => setTimeout(resolve, 1500))]);
  assert.ok(gateway.memoryBytes() - before < 60e6, `${(gateway.memoryBytes() - before) / 1e6} MB more`);
  client.reset();
});

test('bytes behind STARTTLS in the same packet are told as such, and TLS is not begun', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  await client.send('STARTTLS\r\nEHLO injected.example\r\n');
  const answer = await client.reply();
  assert.ok(answer.code >= 400, answer.text);
  await client.closed;
});

test('a plain-text client on the listener that speaks TLS at once is let go', async (t) => {
  const client = await SmtpClient.connect(t, { port: gateway.port('secure'), from: '127.0.0.2' });
  await client.send('EHLO a.example\r\n');
  await within(5000, 'the session to end', client.closed);
  assert.ok(!/^2/m.test(client.received));
});

test('TLS at once behind a balancer: the ClientHello may come in the packet of the PROXY header', async (t) => {
  const balancer = net.createServer((client) => {
    const inner = net.connect({ port: gateway.port('behind'), host: '127.0.0.1' });
    atEnd(t, () => (inner.destroy(), client.destroy()));
    client.once('data', (hello) => {
      inner.write(Buffer.concat([Buffer.from('PROXY TCP4 192.0.2.7 198.51.100.1 4711 465\r\n'), hello]));
      client.pipe(inner).pipe(client);
    });
  });
  balancer.listen(0, '127.0.0.1');
  await once(balancer, 'listening');
  atEnd(t, () => balancer.close());
  const secured = tls.connect({ port: (balancer.address() as net.AddressInfo).port, host: '127.0.0.1', rejectUnauthorized: false });
  const [greeting] = (await within(5000, 'a greeting under TLS', once(secured, 'data'))) as [Buffer];
  assert.match(greeting.toString(), /^220 /);
});

test('a PROXY header in single bytes, and none at all: the first is believed, the second is not greeted', async (t) => {
  const client = await SmtpClient.connect(t, { port: gateway.port('proxied') });
  await client.sendPieces(Array.from('PROXY TCP4 192.0.2.9 198.51.100.1 4712 25\r\n'));
  assert.equal((await client.reply()).code, 220);
  await gateway.event('session-opened', ({ ip, port }) => ip === '192.0.2.9' && port === 4712);
  const without = await SmtpClient.connect(t, { port: gateway.port('proxied') });
  await without.send('EHLO a.example\r\nMAIL FROM:<x@sender.example>\r\n');
  await within(5000, 'the client without a header to be let go', without.closed);
  assert.equal(without.received, '');
});

test('a password that is no base64 does not reach the record by its first letters either', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  await client.startTls();
  await client.ask('EHLO a.example');
  assert.equal((await client.ask('AUTH LOGIN')).code, 334);
  assert.equal((await client.ask(Buffer.from('carol').toString('base64'))).code, 334);
  assert.equal((await client.ask('hunter2!not-base64')).code, 501);
  await client.quit();
  await gateway.event('command-refused', ({ reason, command }) => reason === 'bad-syntax' && command === 'AUTH');
  assert.ok(!JSON.stringify(await gateway.events()).includes('hunter2'));
  assert.ok(!gateway.stderr().includes('hunter2'));
});

test('an AUTH line beyond all bounds ends the exchange; the next line is a command again', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  await client.startTls();
  await client.ask('EHLO a.example');
  assert.equal((await client.ask('AUTH PLAIN')).code, 334);
  assert.equal((await client.ask('A'.repeat(20_000))).code, 500);
  assert.equal((await client.ask('NOOP')).code, 250);
  assert.equal((await client.ask('AUTH PLAIN')).code, 334);
  assert.equal((await client.ask('*')).code, 501);
  assert.equal((await client.ask(`AUTH PLAIN ${Buffer.from('\0carol\0secret-of-carol').toString('base64')}`)).code, 235);
});

test('XCLIENT: an address that is not known is nobody of ours, whoever relays the session', async (t) => {
  const client = await SmtpClient.greet(t, { port: gateway.port('trusting'), from: '127.0.0.1' });
  assert.equal((await client.ask('XCLIENT ADDR=[UNAVAILABLE] NAME=[TEMPUNAVAIL]')).code, 220);
  await client.ask('EHLO a.example');
  await client.ask('MAIL FROM:<x@sender.example>');
  assert.equal((await client.ask('RCPT TO:<victim@elsewhere.example>')).code, 554);
});

test('XCLIENT LOGIN from a trusted peer counts as AUTH, from anybody else as nothing', async (t) => {
  const trusted = await SmtpClient.greet(t, { port: gateway.port('trusting'), from: '127.0.0.1' });
  await trusted.converse(`
    C: XCLIENT ADDR=192.0.2.20 LOGIN=carol
    S: 220
    C: EHLO a.example
    S: 250
    C: MAIL FROM:<carol@hub.example>
    S: 250
    C: RCPT TO:<friend@elsewhere.example>
    S: 250`);
  const other = await SmtpClient.greet(t, { port: gateway.port('trusting'), from: '127.0.0.2' });
  await other.converse(`
    C: XCLIENT ADDR=127.0.0.1 LOGIN=carol
    S: 550
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<victim@elsewhere.example>
    S: 554`);
});

test('EHLO twice, RSET everywhere, a thousand recipients one by one refused: the session keeps its order', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  await client.converse(`
    C: EHLO again.example
    S: 250
    C: RSET
    S: 250
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: EHLO third.example
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 503
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: RSET
    S: 250
    C: DATA
    S: 503
    C: MAIL FROM:<x@sender.example>
    S: 250`);
});

test('when all have gone nothing is left: no session counted, no descriptor open', async () => {
  await until('all sessions to be over', async () => {
    const { stdout } = await gateway.command('status', '--json');
    const { sessions } = JSON.parse(stdout) as { sessions: { inside: number; outside: number } };
    return sessions.inside + sessions.outside === 0;
  });
});
