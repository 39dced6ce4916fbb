// Clients that want to harm or waste (mission L6, engineering 1.2). Each is dealt with, and an honest client beside it is served.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { deliverOnce, referenceIn, SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const listeners = { mx: {}, out: { role: 'submission' }, tls: { role: 'submission', tls: 'implicit' } } as const;
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  listeners,
  tls: true,
  users: { ulla: 'secret' },
  config: {
    limits: { errorsBeforeDelay: 100, sessions: 3000, reservedForKnown: 0, sessionsPerAddress: 3000, sessionsPerNetwork: 3000 },
    rates: { connectionsPerAddress: 0, connectionsPerNetwork: 0 },
  },
});
const stranger = { port: gateway.port('mx'), from: '127.0.0.2' };
const honest = async (t: Owner): Promise<void> => {
  const { end } = await deliverOnce(t, { ...stranger, from: '127.0.9.9' }, { from: 'x@sender.example', to: ['anna@hub.example'], content: letter() });
  assert.equal(end?.code, 250, 'an honest client is served');
};
const mebibyte = 1024 * 1024;

test('2,000 clients that say nothing cost little memory, and are no obstacle', { timeout: 120_000 }, async (t) => {
  await honest(t);
  const before = gateway.memoryBytes();
  const clients: SmtpClient[] = [];
  for (let group = 0; group < 20; group += 1) {
    clients.push(...(await Promise.all(Array.from({ length: 100 }, () => SmtpClient.connect(t, { ...stranger, from: `127.0.${group + 10}.2` })))));
  }
  const greetings = await Promise.all(clients.map((client) => client.reply()));
  assert.ok(greetings.every(({ code }) => code === 220));
  const after2000 = gateway.memoryBytes();
  await Promise.all(clients.map((client) => client.send('EHLO s')));
  for (let round = 0; round < 10; round += 1) await Promise.all(clients.map((client) => client.send('x')));
  await honest(t);
  const dripped = gateway.memoryBytes();
  t.diagnostic(
    `${Math.round((after2000 - before) / 2000 / 1024)} KiB a silent session; ${Math.round((dripped - after2000) / mebibyte)} MiB more after 20,000 single bytes`,
  );
  assert.ok(after2000 - before < 120 * mebibyte, `${Math.round((after2000 - before) / mebibyte)} MiB for 2,000 sessions`);
  assert.ok(dripped - after2000 < 40 * mebibyte, 'a byte at a time does not pile up');
  for (const client of clients) client.reset();
});

test('10,000 commands in one go: the session ends at its limits', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  void client.send('NOOP\r\n'.repeat(10_000));
  await client.closed;
  const replies = client.received.split('\r\n').filter((line) => /^\d{3} /.test(line)).length;
  assert.ok(replies <= 105, `${replies} replies`);
  assert.match(client.received, /^421 /m);
  await honest(t);
});

test('commands without end and no ear for the replies: the gateway does not buffer for ever', async (t) => {
  const deafClient = async (): Promise<number> => {
    const client = await SmtpClient.greet(t, { ...stranger, port: gateway.port('mx') });
    client.deaf();
    void client.send('EHLO client.example\r\n'.repeat(200_000)); // some 50 MB of replies
    await honest(t);
    return gateway.memoryBytes();
  };
  // The first warms the heap, which is collected late on purpose; what is kept for each client shows with the next ones.
  const before = await deafClient();
  await deafClient();
  assert.ok((await deafClient()) - before < 60 * mebibyte);
});

for (const [title, bytes] of [
  ['a line of 10 MB without an end', Buffer.alloc(10_000_000, 0x61)],
  ['binary garbage', randomBytes(100_000)],
  ['NULs', Buffer.alloc(100_000)],
  ['a TLS handshake where none was asked for', Buffer.from('16030100f4010000f00303', 'hex')],
  ['HTTP', Buffer.from('POST / HTTP/1.1\r\nHost: mx\r\nContent-Length: 40\r\n\r\nMAIL FROM:<x@sender.example>\r\n')],
  ['8-bit in a command', Buffer.from('EHLO cli\xe9nt.example\r\n', 'latin1')],
] as const) {
  test(`${title}: refused, and nothing breaks`, async (t) => {
    const client = await SmtpClient.connect(t, stranger);
    await client.reply();
    void client.send(bytes).then(() => client.send('\r\n'));
    const answer = await Promise.race([client.reply(), client.closed]);
    assert.ok(typeof answer === 'string' || answer.code >= 500 || answer.code === 421, JSON.stringify(answer));
    client.reset();
    await honest(t);
  });
}

test('a header bomb is refused, and the session lives', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  for (const headers of [Array.from({ length: 5000 }, () => 'X: y'), [`X-Long: ${'y'.repeat(500_000)}`], [`X-Folded: a${'\r\n b'.repeat(50_000)}`]]) {
    const { end } = await client.transact({ from: 'x@sender.example', to: ['anna@hub.example'], content: letter({ headers }) });
    assert.equal(end?.code, 552, end?.text);
    assert.ok(referenceIn(end));
  }
  await honest(t);
});

test('a client that closes its half after QUIT, and one that does so after DATA, are answered', async (t) => {
  const quitter = await SmtpClient.greet(t, stranger);
  await quitter.send('QUIT\r\n');
  quitter.halfClose();
  assert.equal((await quitter.reply()).code, 221);
  const before = hub.messages.length;
  const sender = await SmtpClient.greet(t, stranger);
  await sender.send('MAIL FROM:<x@sender.example>\r\nRCPT TO:<anna@hub.example>\r\nDATA\r\n');
  for (const code of [250, 250, 354]) assert.equal((await sender.reply()).code, code);
  await sender.send('Subject: last words\r\n\r\nbye\r\n.\r\n');
  sender.halfClose();
  assert.equal((await sender.reply()).code, 250);
  assert.equal(hub.messages.length, before + 1);
  const torn = await SmtpClient.greet(t, stranger);
  await torn.send('MAIL FROM:<x@sender.example>\r\nRCPT TO:<anna@hub.example>\r\nDATA\r\nSubject: torn\r\n\r\nno end');
  torn.halfClose();
  await torn.closed;
  await honest(t);
  assert.equal(hub.messages.length, before + 2, 'what has no end is no message');
});

test('bytes behind STARTTLS in the same packet: refused, nothing of them is executed (CVE-2011-0411)', async (t) => {
  const client = await SmtpClient.greet(t, { port: gateway.port('mx'), from: '127.0.0.2' });
  await client.send('STARTTLS\r\nMAIL FROM:<injected@evil.example>\r\n');
  assert.equal((await client.reply()).code, 554);
  await client.closed;
  assert.equal(client.unread.length, 0);
});

test('after STARTTLS nothing is known of what was said before (RFC 3207 4.2)', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  await client.startTls();
  assert.equal((await client.ask('MAIL FROM:<x@sender.example>')).code, 503);
  const hello = await client.ask('EHLO client.example');
  assert.ok(!hello.lines.some((line) => line.includes('STARTTLS')), 'not offered twice');
  assert.equal((await client.ask('STARTTLS')).code, 503);
});

test('AUTH is neither offered nor taken before TLS; with TLS from the first byte it is', async (t) => {
  const client = await SmtpClient.connect(t, { port: gateway.port('out'), from: '127.0.0.2' });
  await client.reply();
  const hello = await client.ask('EHLO client.example');
  assert.ok(!hello.lines.some((line) => line.includes('AUTH')), hello.lines.join(' '));
  const answer = await client.ask(`AUTH PLAIN ${Buffer.from('\0ulla\0secret').toString('base64')}`);
  assert.ok([530, 538].includes(answer.code), answer.text);
  const secure = await SmtpClient.greet(t, { port: gateway.port('tls'), from: '127.0.0.2', implicitTls: true });
  await secure.converse(`
    C: AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C: ${Buffer.from('ulla').toString('base64')}
    S: 334 UGFzc3dvcmQ6
    C: ${Buffer.from('secret').toString('base64')}
    S: 235`);
});

test('a client that vanishes at any step leaves nothing behind', async (t) => {
  const steps = ['EHLO client.example\r\n', 'MAIL FROM:<x@sender.example>\r\n', 'RCPT TO:<anna@hub.example>\r\n', 'DATA\r\n', 'Subject: x\r\n\r\nhalf'];
  const before = hub.messages.length;
  for (let count = 0; count <= steps.length; count += 1) {
    for (const leave of ['reset', 'halfClose'] as const) {
      const client = await SmtpClient.connect(t, stranger);
      await client.reply();
      for (const step of steps.slice(0, count)) await client.send(step);
      client[leave]();
      await client.closed;
    }
  }
  await honest(t);
  assert.equal(hub.messages.length, before + 1);
  const failed = (await gateway.events()).filter(({ type }) => type === 'session-failed');
  assert.deepEqual(failed, [], 'none of all this was a fault of ours');
});
