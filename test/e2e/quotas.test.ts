// Outgoing quotas (mission R5, issue 4): what one user or host of ours may send, what becomes of the rest, and who is told.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ShownQuota } from '../../src/facts/quota-keeper.ts';
import { startFakeHub, type FakeHubMessage } from '../harness/fake-hub.ts';
import { startGateway, type Gateway, type RawConfig } from '../harness/gateway.ts';
import { letter, newToken, onTheWire, tokenOf } from '../harness/letter.ts';
import { atEnd, scratchDirectory } from '../harness/scratch.ts';
import { deliverOnce, referenceIn, SmtpClient, type Answers } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const passwords = { bob: 'wrong-horse', alice: 'right-horse' } as const;
type User = keyof typeof passwords;

async function start(context: TestContext, config: RawConfig = {}) {
  const hub = await startFakeHub();
  atEnd(context, () => hub.close());
  const contacts = join(scratchDirectory(context, 'contacts'), 'contacts.txt');
  writeFileSync(contacts, 'bob: bob@elsewhere.example\n');
  const gateway = await startGateway(context, {
    hub: `127.0.0.1:${hub.port}`,
    users: passwords,
    tls: true,
    listeners: { mx: {}, out: { role: 'submission' } },
    config: {
      threads: 2,
      quarantine: { freeDisk: '0' },
      auth: { contacts },
      alerts: { mail: ['postmaster@hub.example'], gather: '200ms' },
      ...config,
    },
  });
  return { hub, gateway };
}

async function logIn(context: TestContext, gateway: Gateway, user: User): Promise<SmtpClient> {
  const client = await SmtpClient.connect(context, { port: gateway.port('out'), from: '127.0.0.2' });
  await client.reply();
  await client.ask('EHLO laptop.example');
  await client.startTls();
  await client.ask('EHLO laptop.example');
  const plain = Buffer.from(`\0${user}\0${passwords[user]}`).toString('base64');
  assert.equal((await client.ask(`AUTH PLAIN ${plain}`)).code, 235);
  return client;
}

let strangers = 0;
const someStrangers = (many: number): readonly string[] => Array.from({ length: many }, () => `stranger${++strangers}@elsewhere.example`);

async function send(context: TestContext, gateway: Gateway, user: User, to: readonly string[], token = newToken()): Promise<Answers> {
  const client = await logIn(context, gateway, user);
  const answers = await client.transact({ from: `${user}@hub.example`, to, content: letter({ token }) });
  await client.quit();
  return answers;
}

const letters = (messages: readonly FakeHubMessage[], to: string): readonly string[] =>
  messages.filter(({ from, recipients }) => from.startsWith('<>') && recipients.some((each) => each.startsWith(`<${to}>`))).map(({ data }) => data.toString());

async function jsonOf<T>(gateway: Gateway, ...words: readonly string[]): Promise<readonly T[]> {
  const { code, stdout, stderr } = await gateway.command(...words, '--json');
  assert.equal(code, 0, stderr);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T])); // as the command has it
}

test('beyond his quota a user’s mail is held, he is told at his second contact, his neighbour’s flows, and one command lets it go', async (context) => {
  const { hub, gateway } = await start(context, { quotas: { user: { externalRecipientsPerHour: 10 } } });
  const arrived = (token: string): number => hub.messages.filter(({ data }) => tokenOf(data) === token).length;

  // 8 of 10: most of it is used.
  const within = newToken();
  const first = await send(context, gateway, 'bob', someStrangers(8), within);
  assert.deepEqual([first.rcpt.every(({ code }) => code === 250), first.end?.code], [true, 250]);
  assert.equal(arrived(within), 1);
  await hub.until(() => letters(hub.messages, 'bob@elsewhere.example').length === 1);
  assert.match(letters(hub.messages, 'bob@elsewhere.example')[0] ?? '', /^Subject: \[\w+-\d+\] user bob: sending quota nearly used up\r$/m);

  // The quota ends among the recipients: the message is held as a whole. Many mail programs take a 452 for the end of it.
  const across = newToken();
  const mixed = await send(context, gateway, 'bob', someStrangers(4), across);
  assert.deepEqual([mixed.rcpt.map(({ code }) => code), mixed.end?.code], [[250, 250, 250, 250], 250]);
  assert.equal(arrived(across), 0);

  const held = newToken();
  const over = await send(context, gateway, 'bob', someStrangers(5), held);
  assert.deepEqual([over.rcpt.every(({ code }) => code === 250), over.end?.code], [true, 250], over.end?.text);
  assert.equal(arrived(held), 0);
  const id = over.end === null ? '' : (referenceIn(over.end) ?? '');
  await hub.until(() => letters(hub.messages, 'postmaster@hub.example').length === 2);
  assert.match(letters(hub.messages, 'postmaster@hub.example')[1] ?? '', /quota used up[^]*floodgate quota raise bob --for 24h/);

  const neighbour = newToken();
  assert.equal((await send(context, gateway, 'alice', someStrangers(5), neighbour)).end?.code, 250);
  assert.equal(arrived(neighbour), 1);
  const home = newToken();
  assert.equal((await send(context, gateway, 'bob', ['postmaster@hub.example', 'anna@hub.example'], home)).end?.code, 250);
  assert.equal(arrived(home), 1, 'to his own postmaster and colleagues he can write');

  const [quota] = await jsonOf<ShownQuota>(gateway, 'quota', 'list');
  assert.deepEqual([quota?.account, quota?.externalRecipientsPerHour], ['user bob', { used: 10, limit: 10 }]);
  const [told] = await gateway.explain(id);
  assert.match(JSON.stringify(told), /"check":"over-quota".*"quota":"externalRecipientsPerHour","used":10,"limit":10/);

  await until('the message to be listed', async () =>
    (await jsonOf<{ id: string }>(gateway, 'quarantine', 'list', '--user', 'bob')).some((item) => item.id === id),
  );
  await jsonOf(gateway, 'quarantine', 'release', '--user', 'bob');
  assert.deepEqual([arrived(across), arrived(held)], [1, 1]);
  assert.equal(hub.messages.find(({ data }) => tokenOf(data) === across)?.recipients.length, 4, 'to all its recipients');
  assert.equal(hub.messages.filter(({ from, recipients }) => from.startsWith('<>') && !/postmaster@hub|bob@elsewhere/.test(recipients.join())).length, 0);

  // He needs more today.
  const [raised] = await jsonOf<ShownQuota>(gateway, 'quota', 'raise', 'bob', '--for', '24h');
  assert.deepEqual(raised?.externalRecipientsPerHour, { used: 10, limit: 100 });
  const more = newToken();
  await until('the doors to know', async () => {
    await send(context, gateway, 'bob', someStrangers(1), more);
    return arrived(more) > 0;
  });
  await jsonOf(gateway, 'quota', 'lower', 'bob');
});

test('counts and raises outlive a restart', async (context) => {
  const { hub, gateway } = await start(context, { quotas: { user: { externalRecipientsPerHour: 10 } } });
  await send(context, gateway, 'bob', someStrangers(6));
  await jsonOf(gateway, 'quota', 'raise', 'alice', '--for', '1h', '--lift');
  await gateway.restart();
  const shown = async (user: string): Promise<ShownQuota | undefined> => (await jsonOf<ShownQuota>(gateway, 'quota', 'show', user))[0];
  assert.equal((await shown('bob'))?.externalRecipientsPerHour.used, 6);
  assert.deepEqual([(await shown('alice'))?.raised?.times, (await shown('alice'))?.externalRecipientsPerHour.limit], [null, 0]);
  const [within, beyond] = [newToken(), newToken()];
  await send(context, gateway, 'bob', someStrangers(4), within);
  await send(context, gateway, 'bob', someStrangers(1), beyond);
  const arrived = hub.messages.map(({ data }) => tokenOf(data));
  assert.deepEqual([arrived.includes(within), arrived.includes(beyond)], [true, false]);
});

test('a measure that comes while he names his recipients holds the whole message: no recipient is put off, the session lives', async (context) => {
  const { hub, gateway } = await start(context);
  const arrived = (token: string): number => hub.messages.filter(({ data }) => tokenOf(data) === token).length;
  const client = await logIn(context, gateway, 'bob');
  await client.ask('MAIL FROM:<bob@hub.example>');
  const name = async (many: number): Promise<readonly number[]> => {
    const codes: number[] = [];
    for (const to of someStrangers(many)) codes.push((await client.ask(`RCPT TO:<${to}>`)).code);
    return codes;
  };
  const codes = [...(await name(30))];
  await jsonOf(gateway, 'measure', 'add', '--user', 'bob', '--direction', 'out', '--action', 'quarantine', '--for', '1h', '--reason', 'a test');
  await until('the doors to know', async () => {
    const token = newToken();
    const answers = await Promise.all([1, 2, 3, 4].map(() => send(context, gateway, 'bob', someStrangers(1), token)));
    return answers.every(({ end }) => end?.code === 250) && arrived(token) === 0;
  });
  codes.push(...(await name(30)));
  assert.deepEqual(new Set(codes), new Set([250]));
  const token = newToken();
  await client.ask('DATA');
  await client.send(onTheWire(letter({ token })));
  assert.equal((await client.reply()).code, 250);
  assert.equal(arrived(token), 0);
  await until('it to be released', async () => {
    await jsonOf(gateway, 'quarantine', 'release', '--user', 'bob');
    return arrived(token) > 0;
  });
  assert.equal(hub.messages.find(({ data }) => tokenOf(data) === token)?.recipients.length, 60);
});

test('a host over its quota waits: 450 with a reference, its retries cost nothing, and a message that fails gives its recipients back', async (context) => {
  const { hub, gateway } = await start(context, { quotas: { host: { externalRecipientsPerHour: 3600 * 2, recipientsPerDay: 3 } } });
  const fromHost = (to: readonly string[]): Promise<Answers> =>
    deliverOnce(context, { port: gateway.port('mx'), from: '127.0.0.1' }, { from: 'robot@hub.example', to, content: letter() });

  // A transaction that is given up has used nothing.
  const client = await SmtpClient.greet(context, { port: gateway.port('mx'), from: '127.0.0.1' });
  await client.ask('MAIL FROM:<robot@hub.example>');
  for (const to of someStrangers(3)) assert.equal((await client.ask(`RCPT TO:<${to}>`)).code, 250);
  await client.quit();

  assert.equal((await fromHost(someStrangers(3))).end?.code, 250);
  const [over] = (await fromHost(someStrangers(1))).rcpt;
  assert.match(over?.lines[0] ?? '', /^450 4\.7\.1 Sending quota used up; try again later.*\(ref \S+\)$/);
  for (let n = 0; n < 20; n++) assert.equal((await fromHost(someStrangers(1))).rcpt[0]?.code, 450);
  const [quota] = await jsonOf<ShownQuota>(gateway, 'quota', 'show', '127.0.0.1', '--kind', 'host');
  assert.equal(quota?.recipientsPerDay.used, 3);
  await hub.until(() => letters(hub.messages, 'postmaster@hub.example').some((each) => each.includes('host 127.0.0.1: 3 of 3 recipients a day')));
  assert.equal(
    (await deliverOnce(context, { port: gateway.port('mx'), from: '127.0.0.2' }, { from: 'x@sender.example', to: ['anna@hub.example'], content: letter() })).end
      ?.code,
    250,
    'mail to us is not counted',
  );
});

test('in observe mode mail beyond the quota goes out, and the letter says so', async (context) => {
  const { hub, gateway } = await start(context, { mode: 'observe', quotas: { user: { externalRecipientsPerHour: 2 } } });
  const token = newToken();
  assert.equal((await send(context, gateway, 'bob', someStrangers(5), token)).end?.code, 250);
  assert.equal(hub.messages.find(({ data }) => tokenOf(data) === token)?.recipients.length, 5);
  await hub.until(() => letters(hub.messages, 'postmaster@hub.example').some((each) => each.includes('goes out all the same')));
});
