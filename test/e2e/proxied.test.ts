// The real client behind a load balancer (mission R10): the PROXY protocol in both versions and XCLIENT, believed from the named peers
// only, and what they say decides who is inside.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const hub = await startFakeHub({
  capabilities: ['PIPELINING', '8BITMIME', 'XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT', 'XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE'],
});
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  listeners: { proxied: { proxyProtocol: { trusted: ['127.0.0.5/32'] } }, filtered: { xclient: { trusted: ['127.0.0.6/32'] } } },
  // The balancers themselves are inside: whoever hides behind them must not become so (mission R13).
  config: { site: { networks: ['127.0.0.0/29', '10.20.0.0/16'] }, hub: { verifyRecipients: false } },
  zone: {
    '9.113.0.203.in-addr.arpa PTR': ['mail.sender.example'],
    'mail.sender.example A': ['203.0.113.9'],
    '10.113.0.203.in-addr.arpa PTR': ['liar.example'],
    'liar.example A': ['192.0.2.1'],
  },
});
const balancer = { port: gateway.port('proxied'), from: '127.0.0.5' };
const filter = { port: gateway.port('filtered'), from: '127.0.0.6' };

/** RFC-less, but fixed: haproxy's proxy-protocol.txt 2.2, TCP over IPv4 and IPv6. */
function v2(source: readonly number[], port: number, { command = 0x21, family = 0x11 }: { readonly command?: number; readonly family?: number } = {}): Buffer {
  const header = Buffer.alloc(16);
  Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1').copy(header);
  header.set([command, family], 12);
  const addresses = Buffer.alloc(source.length * 2 + 4);
  Buffer.from(source).copy(addresses);
  addresses.set(
    Array.from({ length: source.length }, () => 1),
    source.length,
  );
  addresses.writeUInt16BE(port, source.length * 2);
  addresses.writeUInt16BE(25, source.length * 2 + 2);
  header.writeUInt16BE(addresses.length, 14);
  return Buffer.concat([header, addresses]);
}
const sixteen = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];

async function behind(t: Owner, pieces: readonly (string | Buffer)[]): Promise<SmtpClient> {
  const client = await SmtpClient.connect(t, balancer);
  await client.sendPieces(pieces);
  assert.equal((await client.reply()).code, 220);
  await client.ask('EHLO outside.example');
  return client;
}
const mayRelay = async (client: SmtpClient): Promise<boolean> => {
  await client.ask('MAIL FROM:<x@sender.example>');
  const { code } = await client.ask('RCPT TO:<someone@far.example>');
  await client.ask('RSET');
  return code === 250;
};
async function received(client: SmtpClient): Promise<string> {
  const { end } = await client.transact({ from: 'x@sender.example', to: ['anna@hub.example'], content: letter() });
  assert.equal(end?.code, 250);
  return hub.messages.at(-1)?.data.toString().split('\r\n')[0] ?? '';
}

const headers: readonly (readonly [title: string, pieces: readonly (string | Buffer)[], received: RegExp, inside: boolean])[] = [
  ['version 1', ['PROXY TCP4 203.0.113.9 192.0.2.1 4321 25\r\n'], /\(mail\.sender\.example \[203\.0\.113\.9\]:4321\)$/, false],
  ['version 1, a reverse name that does not lead back', ['PROXY TCP4 203.0.113.10 192.0.2.1 4321 25\r\n'], /\(unknown \[203\.0\.113\.10\]:4321\)$/, false],
  ['version 1 in single bytes', 'PROXY TCP4 203.0.113.9 192.0.2.1 4321 25\r\n'.split(''), /\[203\.0\.113\.9\]:4321/, false],
  ['version 1, IPv6', ['PROXY TCP6 2001:db8::9 2001:db8::1 4321 25\r\n'], /\[IPv6:2001:db8::9\]:4321/, false],
  ['version 1, an insider', ['PROXY TCP4 10.20.3.4 192.0.2.1 4321 25\r\n'], /\[10\.20\.3\.4\]:4321/, true],
  ['version 2', [v2([203, 0, 113, 9], 4321)], /\[203\.0\.113\.9\]:4321/, false],
  ['version 2 cut in two', [v2([203, 0, 113, 9], 4321).subarray(0, 13), v2([203, 0, 113, 9], 4321).subarray(13)], /\[203\.0\.113\.9\]:4321/, false],
  ['version 2, IPv6', [v2(sixteen, 4321, { family: 0x21 })], /\[IPv6:2001:db8::9\]:4321/, false],
  ['version 2, an insider', [v2([10, 20, 3, 4], 4321)], /\[10\.20\.3\.4\]:4321/, true],
  [
    'version 2, an IPv4 client mapped into IPv6',
    [v2([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 9], 4321, { family: 0x21 })],
    /\[203\.0\.113\.9\]:4321/,
    false,
  ],
];
for (const [title, pieces, line, inside] of headers) {
  test(`PROXY ${title}: the client is named, and is ${inside ? 'inside' : 'outside'}`, async (t) => {
    const client = await behind(t, pieces);
    assert.match(await received(client), line);
    assert.equal(await mayRelay(client), inside);
  });
}

test('a header and the first commands in one packet are told apart', async (t) => {
  const client = await SmtpClient.connect(t, balancer);
  await client.send('PROXY TCP4 203.0.113.9 192.0.2.1 4321 25\r\nEHLO outside.example\r\nMAIL FROM:<x@sender.example>\r\nRCPT TO:<someone@far.example>\r\n');
  assert.deepEqual([(await client.reply()).code, (await client.reply()).code, (await client.reply()).code, (await client.reply()).code], [220, 250, 250, 554]);
});

for (const [title, bytes] of [
  ['rubbish', 'GET / HTTP/1.0\r\n\r\n'],
  ['a command', 'EHLO outside.example\r\n'],
  ['an endless line', `PROXY TCP4 ${'1'.repeat(300)}`],
  ['an address that is none', 'PROXY TCP4 999.1.1.1 192.0.2.1 1 25\r\n'],
  ['a version that does not exist', v2([203, 0, 113, 9], 1, { command: 0x31 })],
  ['a bare LF', 'PROXY TCP4 203.0.113.9 192.0.2.1 4321 25\n'],
] as const) {
  test(`a balancer that sends ${title} gets no session`, async (t) => {
    const client = await SmtpClient.connect(t, balancer);
    await client.send(bytes);
    await client.closed;
    assert.ok(!/^(220|250)/m.test(client.received), client.received);
    // One of each: who reads the journal sees which balancer is set up wrongly, and that it is.
    const refused = await gateway.event('proxy-refused', () => true);
    assert.deepEqual([refused.ip, refused.listener], ['127.0.0.5', 'proxied']);
  });
}

test('PROXY from somebody else is not believed: it is not even a command', async (t) => {
  const client = await SmtpClient.connect(t, { ...balancer, from: '127.0.0.9' });
  await client.send('PROXY TCP4 10.20.3.4 192.0.2.1 4321 25\r\n');
  const answers = [await client.reply(), await client.reply()].map(({ code }) => code);
  assert.deepEqual(answers, [220, 500]);
  await client.ask('EHLO outside.example');
  assert.equal(await mayRelay(client), false);
});

test('XCLIENT from the named peer: the session begins anew as that of the client', async (t) => {
  const client = await SmtpClient.greet(t, filter);
  assert.equal(await mayRelay(client), true, 'the peer itself is inside');
  await client.converse(`
    C: XCLIENT NAME=mail.sender.example ADDR=203.0.113.9 PORT=4321
    S: 220
    C: MAIL FROM:<x@sender.example>
    S: 503
    C: EHLO outside.example
    S: 250`);
  assert.match(await received(client), /\[203\.0\.113\.9\]:4321/);
  assert.equal(await mayRelay(client), false);
});

test('XCLIENT with an insider’s address', async (t) => {
  const client = await SmtpClient.greet(t, filter);
  await client.ask('XCLIENT ADDR=10.20.3.4');
  await client.ask('EHLO inside.example');
  assert.equal(await mayRelay(client), true);
});

test('XCLIENT without a known address makes nobody an insider', async (t) => {
  for (const address of ['[UNAVAILABLE]', '[TEMPUNAVAIL]']) {
    const client = await SmtpClient.greet(t, filter);
    const answer = await client.ask(`XCLIENT NAME=[UNAVAILABLE] ADDR=${address}`);
    if (answer.code !== 220) continue;
    await client.ask('EHLO outside.example');
    assert.equal(await mayRelay(client), false, address);
  }
});

test('XCLIENT from somebody else is refused', async (t) => {
  const client = await SmtpClient.greet(t, { ...filter, from: '127.0.0.9' });
  assert.equal((await client.ask('XCLIENT ADDR=10.20.3.4')).code, 550);
  assert.equal(await mayRelay(client), false);
});

for (const how of ['xforward', 'xclient'] as const) {
  test(`the hub is told by ${how.toUpperCase()} who the client was, before each message`, async (t) => {
    const telling = await startGateway(t, { hub: `127.0.0.1:${hub.port}`, listeners: { mx: {} }, config: { hub: { [how]: true, verifyRecipients: false } } });
    for (const from of ['127.0.0.2', '127.0.0.3']) {
      const client = await SmtpClient.greet(t, { port: telling.port(), from, helo: 'outside.example' });
      const { end } = await client.transact({ from: 'x@sender.example', to: ['anna@hub.example'], content: letter() });
      assert.equal(end?.code, 250, end?.text);
      const said = hub.messages.at(-1)?.forwarded.join(' ') ?? '';
      assert.match(said, new RegExp(`ADDR=${from.replaceAll('.', '\\.')}`));
      assert.match(said, new RegExp(`PORT=${client.localPort}\\b`));
      assert.match(said, /HELO=outside\.example/);
      await client.quit();
    }
  });
}
