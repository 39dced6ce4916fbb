// How the gateway begins, changes its mind and ends: with sessions running, and without losing a message.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { layOutGateway, startGateway } from '../harness/gateway.ts';
import { letter, newToken, onTheWire, tokenOf } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const at = `127.0.0.1:${hub.port}`;
const mail = { from: 'x@sender.example', to: ['anna@hub.example'] } as const;
const intoContent = async (client: SmtpClient): Promise<void> =>
  client.converse(`
  C: MAIL FROM:<x@sender.example>
  S: 250
  C: RCPT TO:<anna@hub.example>
  S: 250
  C: DATA
  S: 354`);

test('it says that it is ready with its addresses, and is', async (t) => {
  const gateway = await startGateway(t, { hub: at });
  assert.match(gateway.stdout(), new RegExp(`^floodgate ready .*127\\.0\\.0\\.1:${gateway.port()}`));
  assert.equal((await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { ...mail, content: letter() })).end?.code, 250);
});

test('SIGHUP: a session goes on, and what comes next is judged anew', async (t) => {
  const gateway = await startGateway(t, { hub: at });
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
  await client.converse(`
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@new.example>
    S: 554`);
  gateway.rewrite({ site: { domains: ['hub.example', 'new.example'] } });
  assert.equal(await gateway.reload(), 'config-loaded');
  await client.converse(`
    C: RCPT TO:<anna@new.example>
    S: 250
    C: QUIT
    S: 221`);
});

test('SIGHUP in the middle of content: the message arrives', async (t) => {
  const gateway = await startGateway(t, { hub: at });
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
  await intoContent(client);
  const [content, token] = [letter({ token: newToken() }), newToken()];
  const wire = onTheWire(content);
  await client.send(wire.subarray(0, 40));
  gateway.rewrite({ limits: { message: '1 KiB' } });
  assert.equal(await gateway.reload(), 'config-loaded');
  await client.send(wire.subarray(40));
  assert.equal((await client.reply()).code, 250);
  assert.ok(hub.messages.some(({ data }) => tokenOf(data) === tokenOf(content)) && token !== '');
});

test('SIGHUP with a wrong configuration: the old one stays, and all errors are said', async (t) => {
  const gateway = await startGateway(t, { hub: at });
  gateway.rewrite({ site: { domains: ['hub.example'], hostnam: 'x' }, threads: 'many' });
  assert.equal(await gateway.reload(), 'config-refused');
  assert.match(gateway.stderr(), /hostnam[\s\S]*threads|threads[\s\S]*hostnam/);
  writeFileSync(gateway.configFile, '{{{ not yaml');
  assert.equal(await gateway.reload(), 'config-refused');
  assert.equal((await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { ...mail, content: letter() })).end?.code, 250);
});

test('SIGHUP opens a new listener and closes one that is gone; the others stay', async (t) => {
  const gateway = await startGateway(t, { hub: at, listeners: { one: {}, two: {} } });
  const staying = await SmtpClient.greet(t, { port: gateway.port('one'), from: '127.0.0.2' });
  const leaving = await SmtpClient.greet(t, { port: gateway.port('two'), from: '127.0.0.2' });
  gateway.rewrite({
    listeners: [
      { name: 'one', address: `127.0.0.1:${gateway.port('one')}`, role: 'mx' },
      { name: 'three', address: `127.0.0.3:${gateway.port('two')}`, role: 'mx' },
    ],
  });
  assert.equal(await gateway.reload(), 'config-loaded');
  assert.equal((await staying.ask('NOOP')).code, 250);
  assert.equal((await leaving.ask('NOOP')).code, 250, 'a session under way outlives its listener');
  await SmtpClient.greet(t, { port: gateway.port('two'), host: '127.0.0.3', from: '127.0.0.2' });
  await assert.rejects(SmtpClient.connect(t, { port: gateway.port('two') }), /ECONNREFUSED/);
});

test('SIGTERM: a message under way is finished, idle sessions are told to come again, nobody new comes in, exit 0', async (t) => {
  const gateway = await startGateway(t, { hub: at });
  const busy = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
  const idle = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.3' });
  await intoContent(busy);
  const content = letter({ token: newToken() });
  const wire = onTheWire(content);
  await busy.send(wire.subarray(0, 40));
  const stopped = gateway.stop();
  assert.equal((await idle.reply()).code, 421);
  await new Promise<void>((resolve) =>
    connect(gateway.port(), '127.0.0.1')
      .once('error', () => resolve())
      .once('connect', function refused(this: ReturnType<typeof connect>) {
        this.once('close', () => resolve()).resume();
      }),
  );
  await busy.send(wire.subarray(40));
  assert.equal((await busy.reply()).code, 250);
  assert.equal((await busy.reply()).code, 421, 'and then it is sent home: the end waits for messages, not for what may come after them');
  assert.equal(await stopped, 0);
  assert.ok(hub.messages.some(({ data }) => tokenOf(data) === tokenOf(content)));
});

test('SIGTERM while the hub thinks about the dot: the answer still comes', async (t) => {
  const gateway = await startGateway(t, { hub: at });
  let release: () => void = () => undefined;
  hub.script = { dot: { reply: '250 2.0.0 Ok', hold: new Promise<void>((resolve) => (release = resolve)) } };
  const before = hub.messages.length;
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
  const idle = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.3' });
  await intoContent(client);
  await client.send(onTheWire(letter()));
  await hub.until(() => hub.messages.length > before);
  hub.script = {};
  const stopped = gateway.stop();
  assert.equal((await idle.reply()).code, 421, 'it is going down');
  release();
  assert.equal((await client.reply()).code, 250);
  await client.quit().catch(() => undefined); // it may have been sent home before it could say so
  assert.equal(await stopped, 0);
});

test('two on one state directory: the second refuses to start and says why, the first goes on', async (t) => {
  const first = await startGateway(t, { hub: at });
  const second = await layOutGateway(t, { hub: at, state: first.state });
  await assert.rejects(second.start(), /another Floodgate runs on the state directory/);
  assert.equal(await second.exited, 1);
  assert.equal((await deliverOnce(t, { port: first.port(), from: '127.0.0.2' }, { ...mail, content: letter() })).end?.code, 250);
});

test('after kill -9 the state directory is free again', async (t) => {
  const gateway = await startGateway(t, { hub: at });
  await gateway.kill9();
  await gateway.start();
  assert.equal((await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { ...mail, content: letter() })).end?.code, 250);
});

test('a wrong configuration does not start: exit 1, every error named', async (t) => {
  const gateway = await layOutGateway(t, { hub: 'nonsense', config: { site: { domains: [], hostname: 'not a name' }, limits: { sessions: 0 } } });
  await assert.rejects(gateway.start());
  assert.equal(await gateway.exited, 1);
  for (const path of ['hub.address', 'site.domains', 'site.hostname', 'limits.sessions'])
    assert.ok(gateway.stderr().includes(path), `${path} in ${gateway.stderr()}`);
});

test('a port that is taken: exit 1 and one clear line', async (t) => {
  const first = await startGateway(t, { hub: at });
  const second = await layOutGateway(t, { hub: at });
  second.rewrite({ listeners: [{ name: 'mx', address: `127.0.0.1:${first.port()}`, role: 'mx' }] });
  await assert.rejects(second.start(), /another program listens there already/);
  assert.equal(await second.exited, 1);
});
