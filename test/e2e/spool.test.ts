// Mail whose next hop is away (issue 5, missions L3 and X5): taken where it can only be delivered, on the disk before 250, handed on when
// the next hop is back; nobody is ever sent a bounce.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFakeHub, type FakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { letter, newToken, onTheWire, tokenOf } from '../harness/letter.ts';
import { atEnd, freePort, scratchDirectory, type Owner } from '../harness/scratch.ts';
import { deliverOnce, referenceIn, SmtpClient, type Answers } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const spool = { enabled: true, freeDisk: '0', longestPause: '1s' };
const quarantine = { freeDisk: '0' };

async function hubAt(t: Owner, port = 0, script: FakeHub['script'] = {}): Promise<FakeHub> {
  const hub = await startFakeHub({ script }, port);
  atEnd(t, () => hub.close());
  return hub;
}

const start = (t: Owner, hub: FakeHub, config: RawConfig = {}): Promise<Gateway> =>
  startGateway(t, { hub: `127.0.0.1:${hub.port}`, config: { threads: 1, spool, quarantine, ...config } });

const send = (t: Owner, gateway: Gateway, to: readonly string[], content = letter(), from = 'x@client.example'): Promise<Answers> =>
  deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to, content });

const arrived = (hub: FakeHub, token: string) => hub.messages.filter(({ data }) => tokenOf(data) === token);

test('with the hub away: verified recipients are served later, byte for byte and once; others are put off, and kill -9 loses nothing', async (t) => {
  const first = await hubAt(t);
  const gateway = await start(t, first);
  assert.equal((await send(t, gateway, ['ann@hub.example'])).end?.code, 250);
  await first.close();

  const [one, two] = [newToken(), newToken()];
  const content = Buffer.concat([letter({ token: one }), Buffer.from('.\r\n..\r\n\0\xff\xfe\r\n', 'latin1')]);
  const { end } = await send(t, gateway, ['ann@hub.example'], content);
  assert.equal(end?.code, 250, end?.text);
  const reference = (end && referenceIn(end)) ?? '';
  const stranger = await send(t, gateway, ['never.seen@hub.example']);
  assert.equal(stranger.rcpt[0]?.code.toString().at(0), '4', 'whether it exists is not known: a 250 could end as a bounce');

  const explained = await gateway.explain(reference);
  assert.equal(explained[0]?.['outcome'], 'spooled');
  const listed = await gateway.command('spool', 'list', '--json');
  assert.match(listed.stdout, new RegExp(`"id":"${reference}","store":"floodgate"`));

  await gateway.kill9();
  await gateway.start();
  // No door has asked it since the start: the spool alone knows, of its being away and of its coming back.
  await until('status to say that it is away', async () => /next hop hub [^ ]+: away,/.test((await gateway.command('status')).stdout));
  const second = await hubAt(t, first.port);
  await until('the message to arrive', () => arrived(second, one).length > 0);
  const [message] = arrived(second, one);
  assert.ok(message?.data.includes(onTheWire(content).subarray(0, -3)), 'what came is what goes');
  const delivered = await gateway.event('spool-delivered', ({ ref }) => ref === reference);
  assert.equal(delivered.recipients[0], 'ann@hub.example');
  assert.match((await gateway.command('status')).stdout, /next hop hub [^ ]+: well,/);
  assert.equal((await send(t, gateway, ['ann@hub.example'], letter({ token: two }))).end?.code, 250);
  await gateway.restart();
  assert.deepEqual([arrived(second, one).length, arrived(second, two).length], [1, 1], 'what was delivered is not delivered again');
});

test('a refusal after 250 and mail whose time is over go to the quarantine; nobody outside is written to', async (t) => {
  const first = await hubAt(t);
  const gateway = await start(t, first, { spool: { ...spool, keepFor: '6s' } });
  for (const to of ['gone@hub.example', 'late@hub.example']) assert.equal((await send(t, gateway, [to])).end?.code, 250);
  await first.close();
  const late = await send(t, gateway, ['late@hub.example']);
  const lateReference = (late.end && referenceIn(late.end)) ?? '';
  await gateway.event('spool-held', ({ ref }) => ref === lateReference);
  gateway.rewrite({ spool: { ...spool, keepFor: '1d' } }); // however long the next tries take
  assert.equal(await gateway.reload(), 'config-loaded');
  const gone = await send(t, gateway, ['gone@hub.example']);
  assert.equal(gone.end?.code, 250);
  const goneReference = (gone.end && referenceIn(gone.end)) ?? '';
  const second = await hubAt(t, first.port, { RCPT: ({ line }) => (line.includes('gone@') ? '550 5.1.1 No such user' : undefined) });
  const held = await gateway.event('spool-held', ({ ref }) => ref === goneReference);
  assert.deepEqual([held.why, held.author], ['550 5.1.1 No such user', 'not-told']);
  const { stdout } = await gateway.command('quarantine', 'list', '--json');
  for (const reference of [lateReference, goneReference]) assert.ok(stdout.includes(reference), `${reference} is kept for a person`);
  assert.deepEqual(second.messages, [], 'no report to the author, who is a stranger');
  assert.ok(!(await gateway.command('spool', 'list', '--json')).stdout.includes('"id"'));
});

test("a user's mail to anyone waits, and only the user is told what became of it", async (t) => {
  const hub = await hubAt(t);
  const world = await freePort(); // nobody listens there
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    users: { 'ann@hub.example': 'secret' },
    tls: true,
    listeners: { mx: {}, out: { role: 'submission' } },
    config: { threads: 1, spool: { ...spool, keepFor: '2s' }, quarantine, outbound: { address: `127.0.0.1:${world}` }, quotas: {} },
  });
  const client = await SmtpClient.greet(t, { port: gateway.port('out'), from: '127.0.0.2' });
  await client.startTls();
  await client.ask('EHLO client.example');
  await client.ask(`AUTH PLAIN ${Buffer.from('\0ann@hub.example\0secret').toString('base64')}`);
  const { end } = await client.transact({ from: 'ann@hub.example', to: ['someone@elsewhere.example'], content: letter() });
  assert.equal(end?.code, 250, end?.text);
  await client.quit();
  const held = await gateway.event('spool-held');
  assert.equal(held.author, 'told');
  assert.deepEqual(
    hub.messages.map(({ from, recipients }) => [from.split(' ')[0], recipients]),
    [['<>', ['<ann@hub.example>']]],
    'one report, with the null sender, to the author at home',
  );
  assert.match(hub.messages[0]?.data.toString() ?? '', /Content-Type: message\/delivery-status[^]*Final-Recipient: rfc822; someone@elsewhere\.example/);
});

test('emergency intake: listed recipients are taken, others 550; people are handed on before bulk', async (t) => {
  const hub = await hubAt(t);
  const port = await freePort();
  const recipients = join(scratchDirectory(t, 'intake'), 'customer.txt');
  writeFileSync(recipients, '# people\nann@customer.example\nbob@customer.example\n');
  const gateway = await start(t, hub, {
    site: { customerDomains: ['customer.example'] },
    routes: { 'customer.example': { address: `127.0.0.1:${port}` } },
    intake: [{ domain: 'customer.example', recipients }],
    spool: { freeDisk: '0', longestPause: '2s' },
  });
  const [bulk, person] = [newToken(), newToken()];
  const list = Buffer.concat([Buffer.from('List-Id: <news.example>\r\nPrecedence: bulk\r\n'), letter({ token: bulk })]);
  assert.equal((await send(t, gateway, ['ann@customer.example'], list)).end?.code, 250);
  assert.equal((await send(t, gateway, ['ann@customer.example'], list)).end?.code, 250);
  assert.equal((await send(t, gateway, ['bob@customer.example'], letter({ token: person }))).end?.code, 250);
  assert.equal((await send(t, gateway, ['nobody@customer.example'])).rcpt[0]?.code, 550);
  const primary = await hubAt(t, port);
  await primary.until(() => primary.messages.length === 3);
  const order = primary.messages.map(({ data }) => tokenOf(data));
  assert.ok(order.indexOf(person) < order.lastIndexOf(bulk), 'a person does not wait for the last of the lists');
  assert.equal(hub.messages.length, 0);
});

test('a full spool is 452, a running one shows in status and can be tried at once', async (t) => {
  const first = await hubAt(t);
  const gateway = await start(t, first, { spool: { ...spool, maxMessages: 5 } });
  assert.equal((await send(t, gateway, ['ann@hub.example'])).end?.code, 250);
  await first.close();
  const tokens = Array.from({ length: 7 }, newToken);
  const codes: (number | undefined)[] = [];
  for (const token of tokens) codes.push((await send(t, gateway, ['ann@hub.example'], letter({ token }))).end?.code);
  assert.deepEqual(codes, [250, 250, 250, 250, 250, 452, 452]);
  await gateway.event('spool-full');
  const status = await gateway.command('status');
  assert.match(status.stdout, /5 messages wait for hub/);
  const second = await hubAt(t, first.port);
  const retried = await gateway.command('spool', 'retry', 'hub', '--json');
  assert.match(retried.stdout, /"ok":true/);
  await second.until(() => second.messages.length >= 5);
  assert.deepEqual(
    second.messages.map(({ data }) => tokenOf(data)).toSorted((a, b) => String(a).localeCompare(String(b))),
    tokens.slice(0, 5).sort(),
  );
});
