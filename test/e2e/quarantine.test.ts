// Held mail (issue 4, mission Q1 and R5): kept on the disk before 250, byte for byte; released, discarded, undone by a person.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ShownHeld } from '../../src/delivery/quarantine/desk.ts';
import { startFakeHub, type FakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { letter, newToken, onTheWire, tokenOf } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { deliverOnce, referenceIn, SmtpClient, type Answers, type SmtpReply } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  config: {
    threads: 2,
    quarantine: { freeDisk: '0' },
    rules: [
      { id: 'held-sender', when: { from: '@held\\.example$' }, action: 'quarantine', because: 'a trial' },
      { id: 'sink', when: { to: '^sink@' }, action: 'discard' },
      { id: 'marked-network', when: { client: ['127.0.0.9'] }, action: 'tag' },
    ],
  },
});

interface Sending {
  readonly content?: Buffer;
  readonly ip?: string;
  readonly by?: Gateway;
}
const send = (t: Owner, from: string, to: readonly string[], { content = letter(), ip = '127.0.0.2', by = gateway }: Sending = {}): Promise<Answers> =>
  deliverOnce(t, { port: by.port(), from: ip }, { from, to, content });
const jsonLines = (stdout: string): readonly Record<string, unknown>[] =>
  stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
async function quarantine(by: Gateway, ...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { code, stdout, stderr } = await by.command('quarantine', ...args, '--json');
  assert.equal(code, 0, stderr);
  return jsonLines(stdout);
}
const listed = async (by: Gateway, ...args: readonly string[]) => (await quarantine(by, 'list', ...args)) as unknown as readonly ShownHeld[];
const arrived = (at: FakeHub, token: string) => at.messages.filter(({ data }) => tokenOf(data) === token);
const heldIn = (by: Gateway): string[] => readdirSync(join(by.state, 'quarantine', 'held'));
const idOf = ({ end }: Answers): string => {
  assert.equal(end?.code, 250, end?.text);
  return referenceIn(end) ?? '';
};
/** The doors tell the keeper of what they kept a moment after the client has heard 250. */
const indexed = (by: Gateway, id: string) => until(`${id} to be listed`, async () => (await listed(by)).some((item) => item.id === id));

test('a held message is on the disk before 250, is listed and explained, and goes out byte for byte when it is released', async (t) => {
  const token = newToken();
  // Dots, a NUL, eight-bit octets, long lines: whatever came must go.
  const content = Buffer.concat([
    letter({ token, subject: 'Pay now\u001b[2J' }),
    Buffer.from('.\r\n..\r\n\0\xff\xfe\x80\r\n', 'latin1'),
    Buffer.alloc(300_000, 'y'),
    Buffer.from('\r\nend'),
  ]);
  const answers = await send(t, 'x@held.example', ['anna@hub.example', 'otto@hub.example'], { content });
  const id = idOf(answers);
  assert.ok(heldIn(gateway).includes(id));
  const wire = onTheWire(content).subarray(0, -3);
  const sha256 = createHash('sha256').update(wire).digest('hex');
  assert.equal(
    createHash('sha256')
      .update(readFileSync(join(gateway.state, 'quarantine', 'held', id, 'message')))
      .digest('hex'),
    sha256,
  );
  assert.equal(arrived(hub, token).length, 0);

  await indexed(gateway, id);
  const [item] = (await listed(gateway)).filter((each) => each.id === id);
  assert.deepEqual(
    { ...item, queuedAt: '', expiresAt: '', messageId: '' },
    {
      id,
      store: 'quarantine',
      reference: id,
      queuedAt: '',
      from: 'x@held.example',
      to: ['anna@hub.example', 'otto@hub.example'],
      size: wire.length,
      reason: 'held-sender: a trial',
      incident: null,
      state: 'held',
      expiresAt: '',
      check: 'held-sender',
      measure: null,
      user: null,
      ip: '127.0.0.2',
      subject: 'Pay now[2J',
      messageId: '',
      release: null,
      discarded: null,
      refused: false,
      unreadable: null,
    },
  );
  const { stdout } = await gateway.command('quarantine', 'show', id);
  assert.match(stdout, /\| Subject: Pay now\\u\{1b\}\[2J/);
  assert.doesNotMatch(stdout, /[\u0000-\u0008\u000b-\u001f]/, 'nothing that a terminal obeys');

  const [told] = await gateway.explain(id);
  assert.deepEqual([told?.['outcome'], (told?.['decision'] as { check: string } | undefined)?.check], ['held', 'held-sender']); // as explanation.ts has it
  await quarantine(gateway, 'release', id);
  const [message, ...more] = arrived(hub, token);
  assert.equal(more.length, 0);
  const data = message?.data ?? Buffer.alloc(0);
  assert.equal(createHash('sha256').update(data.subarray(-wire.length)).digest('hex'), sha256, 'the bytes of the message');
  assert.match(
    data.subarray(0, -wire.length).toString(),
    new RegExp(`^Received: from client\\.example [^]*id ${id}[^]*\\r\\n$`),
    'behind our trace line of the day',
  );
  assert.match(message?.from ?? '', /^<x@held\.example>/);
  assert.deepEqual(heldIn(gateway), []);
  assert.match(JSON.stringify((await gateway.explain(id))[0]?.['timeline']), /quarantine-released.*outcome.*delivered/, 'explain tells what became of it');
});

test('a discarded message is answered 250 and is nowhere but in the record', async (t) => {
  const token = newToken();
  const id = idOf(await send(t, 'x@sender.example', ['sink@hub.example'], { content: letter({ token }) }));
  const event = await gateway.event('message-discarded', ({ ref }) => ref === id);
  assert.deepEqual([event.check, event.recipients], ['sink', ['sink@hub.example']]);
  assert.equal(arrived(hub, token).length, 0);
  assert.equal((await gateway.event('message-finished', ({ ref }) => ref === id)).outcome, 'discarded');
});

test('recipients whose mail is treated differently come in messages of their own', async (t) => {
  const token = newToken();
  const { rcpt, end } = await send(t, 'x@sender.example', ['anna@hub.example', 'sink@hub.example'], { content: letter({ token }) });
  assert.deepEqual([rcpt[0]?.code, rcpt[1]?.code, rcpt[1]?.text.slice(0, 5), end?.code], [250, 452, '4.5.3', 250]);
  assert.deepEqual(arrived(hub, token)[0]?.recipients.length, 1);
});

test('what a rule finds before the message is carried out on the message: a tag at the connection', async (t) => {
  const token = newToken();
  idOf(await send(t, 'x@sender.example', ['anna@hub.example'], { content: letter({ token }), ip: '127.0.0.9' }));
  assert.match(arrived(hub, token)[0]?.data.toString() ?? '', /^X-Floodgate-Class: marked-network\r$/m);
});

test('a measure holds mail as it is given, and what it held is released in bulk', async (t) => {
  const { stdout, stderr } = await gateway.command(
    'measure',
    'add',
    '--recipient',
    'anna@hub.example',
    '--action',
    'hold',
    '--for',
    '1h',
    '--reason',
    'bomb',
    '--json',
  );
  const [measure] = jsonLines(stdout);
  assert.equal(measure?.['action'], 'quarantine', stderr);
  const tokens = [newToken(), newToken(), newToken()];
  const ids: string[] = [];
  await until('the measure to be felt', async () => {
    const { end } = await send(t, 'y@sender.example', ['anna@hub.example'], { content: letter({ token: tokens[0] ?? '' }) });
    const id = end === null ? '' : (referenceIn(end) ?? '');
    return heldIn(gateway).includes(id) && ids.push(id) > 0;
  });
  const before = arrived(hub, tokens[0] ?? '').length;
  for (const token of tokens.slice(1)) ids.push(idOf(await send(t, 'y@sender.example', ['anna@hub.example'], { content: letter({ token }) })));
  assert.equal(
    (await send(t, 'y@sender.example', ['otto@hub.example'], { content: letter() })).end?.text.startsWith('2.0.0 Delivered'),
    true,
    'the neighbour’s mail flows',
  );
  await indexed(gateway, ids.at(-1) ?? '');
  const [first] = await listed(gateway, '--measure', String(measure?.['id']));
  assert.equal(first?.reason, 'standing-measure: a standing measure covers it: bomb');
  const dry = await quarantine(gateway, 'release', '--measure', String(measure?.['id']), '--dry-run');
  assert.deepEqual(new Set(dry.map(({ id }) => id)), new Set(ids));
  assert.equal((await quarantine(gateway, 'release', '--measure', String(measure?.['id']))).length, 3);
  assert.deepEqual(
    tokens.map((token) => arrived(hub, token).length),
    [before + 1, 1, 1],
  );
  await gateway.command('measure', 'undo', String(measure?.['id']));
});

test('discard by what messages have in common, undo, and a refusal of the hub that keeps the message', async (t) => {
  const token = newToken();
  const id = idOf(await send(t, 'bulk@held.example', ['anna@hub.example'], { content: letter({ token, subject: 'Invoice 4711' }) }));
  await indexed(gateway, id);
  assert.equal((await quarantine(gateway, 'discard', '--sender', 'held.example', '--subject', 'invoice')).length, 1);
  assert.deepEqual(heldIn(gateway), []);
  assert.deepEqual(
    (await listed(gateway, '--trash')).map((item) => item.id),
    [id],
  );
  const wrong = await gateway.command('quarantine', 'release', id);
  assert.deepEqual([wrong.code, /is discarded; undo that first/.test(wrong.stderr)], [1, true]);
  assert.equal((await quarantine(gateway, 'undo', '--client', '127.0.0.0/30')).length, 1);

  hub.script = { dot: () => '554 5.7.1 Not that one' };
  const refused = await gateway.command('quarantine', 'release', id);
  hub.script = {};
  assert.deepEqual([refused.code, /is still held: 554 5\.7\.1 Not that one/.test(refused.stderr)], [1, true], refused.stderr);
  const [item] = await listed(gateway);
  assert.deepEqual([item?.release?.outcome, item?.release?.why], ['failed', '554 5.7.1 Not that one']);
  const nothing = await gateway.command('quarantine', 'discard');
  assert.equal(nothing.code, 2, 'an empty selection is a mistake');
  const before = arrived(hub, token).length;
  await quarantine(gateway, 'release', '--all');
  assert.equal(arrived(hub, token).length, before + 1);
});

test('the limits: 452 and an event where the quarantine is full, what is held stays; a lost database loses nothing; kill -9 in a release', async (t) => {
  const own = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    config: {
      quarantine: { freeDisk: '0', maxMessages: 2 },
      rules: [{ id: 'all', when: { from: 'x' }, action: 'quarantine' }],
    },
  });
  const sendOwn = (content?: Buffer) => send(t, 'x@sender.example', ['anna@hub.example'], { by: own, ...(content === undefined ? {} : { content }) });
  const token = newToken();
  const [one] = [idOf(await sendOwn(letter({ token }))), idOf(await sendOwn())];
  const { end } = await sendOwn();
  assert.deepEqual([end?.code, end?.text.slice(0, 5)], [452, '4.3.1']);
  assert.equal((await own.event('quarantine-full')).messages, 2);
  assert.match((await own.command('status')).stdout, /TROUBLE the quarantine is 100 % full/);
  assert.equal(heldIn(own).length, 2);

  await own.kill9();
  for (const file of readdirSync(own.state).filter((name) => name.startsWith('floodgate.sqlite'))) rmSync(join(own.state, file));
  await own.start();
  assert.equal((await listed(own)).length, 2);
  assert.equal((await sendOwn()).end?.code, 452, 'and still full');

  // The hub has the message, its answer is on the way: nobody knows.
  hub.script = { dot: () => ({ silent: true }) };
  const releasing = own.command('quarantine', 'release', one);
  await hub.until(() => arrived(hub, token).length === 1);
  await own.kill9();
  hub.script = {};
  assert.notEqual((await releasing).code, 0);
  await own.start();
  const [item] = (await listed(own)).filter(({ id }) => id === one);
  assert.deepEqual([item?.release?.outcome, item?.release?.why], ['interrupted', 'broken off; it may have been delivered']);
  await quarantine(own, 'release', one);
  assert.equal(arrived(hub, token).length, 2, 'one copy more at most');
  assert.equal(existsSync(join(own.state, 'quarantine', 'held', one)), false);
  assert.equal((await sendOwn()).end?.code, 250, 'and there is room again');
});

test('a stolen account: what it sends is held with 250, its neighbour’s mail flows, release delivers to the world', async (t) => {
  const outbound = await startFakeHub();
  atEnd(t, () => outbound.close());
  const own = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    listeners: { out: { role: 'submission' } },
    tls: true,
    users: { ulla: 'secret', otto: 'secret' },
    config: { quarantine: { freeDisk: '0' }, outbound: { address: `127.0.0.1:${outbound.port}` } },
  });
  const sendAs = async (user: string, token: string): Promise<SmtpReply | null> => {
    const client = await SmtpClient.greet(t, { port: own.port(), from: '127.0.0.2' });
    await client.startTls();
    await client.ask('EHLO client.example');
    assert.equal((await client.ask(`AUTH PLAIN ${Buffer.from(`\0${user}\0secret`).toString('base64')}`)).code, 235);
    const { end } = await client.transact({ from: `${user}@hub.example`, to: ['a@world.example', 'b@world.example'], content: letter({ token }) });
    await client.quit();
    return end;
  };
  const added = await own.command('measure', 'add', '--user', 'ulla', '--action', 'hold', '--for', '1h', '--reason', 'stolen?', '--json');
  assert.equal(added.code, 0, added.stderr);
  const [stolen, honest] = [newToken(), newToken()];
  await until('the measure to be felt', async () => (await sendAs('ulla', newToken())) !== null && heldIn(own).length > 0);
  assert.equal((await sendAs('ulla', stolen))?.code, 250);
  assert.equal((await sendAs('otto', honest))?.code, 250);
  assert.deepEqual([arrived(outbound, stolen).length, arrived(outbound, honest).length], [0, 1]);
  await until('both to be listed', async () => (await listed(own, '--user', 'ulla')).length === heldIn(own).length);
  await quarantine(own, 'release', '--user', 'ulla');
  assert.equal(arrived(outbound, stolen)[0]?.recipients.length, 2);
});
