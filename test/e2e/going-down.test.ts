// Going down and changing listeners while mail is under way: what has begun may end, nobody is kept waiting for a session that is over.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { letter, newToken, onTheWire, tokenOf } from '../harness/letter.ts';
import { atEnd, freePort, type Owner } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';
import { until, within } from '../harness/until.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const start = (t: Owner, listeners = {}): Promise<Gateway> =>
  startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    listeners: { mx: {}, ...listeners },
    config: { hub: { verifyRecipients: false }, timeouts: { drain: '20s' } },
  });
const copies = (token: string): number => hub.messages.filter(({ data }) => tokenOf(data) === token).length;

const isClosed = (t: Owner, port: number): Promise<boolean> =>
  SmtpClient.connect(t, { port }).then(
    (client) => (client.reset(), false),
    () => true,
  );

/** A session whose message waits for the hub's answer to the dot, which `release` gives. */
async function awaitingTheHub(t: Owner, port: number) {
  const token = newToken();
  const held = Promise.withResolvers<void>();
  hub.script = { dot: { reply: '250 2.0.0 Ok', hold: held.promise } };
  const client = await SmtpClient.greet(t, { port, from: '127.0.0.2' });
  await client.converse(`
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: DATA
    S: 354`);
  await client.send(onTheWire(letter({ token })));
  await hub.until(() => copies(token) === 1);
  const release = (): void => {
    hub.script = {};
    held.resolve();
  };
  return { client, token, release };
}

test('SIGTERM while the hub thinks: the client hears 250, then 421, and nothing waits for it any longer', async (t) => {
  const gateway = await start(t);
  const { client, release } = await awaitingTheHub(t, gateway.port());
  const stopped = gateway.stop();
  await until('the listener to be closed', () => isClosed(t, gateway.port()));
  release();
  assert.equal((await client.reply()).code, 250);
  assert.equal((await client.reply()).code, 421);
  client.halfClose();
  assert.equal(await within(5000, 'the gateway to end without its whole patience', stopped), 0);
});

test('SIGTERM between RCPT and DATA: the message may still come, the next one may not', async (t) => {
  const gateway = await start(t);
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
  await client.ask('MAIL FROM:<x@sender.example>');
  await client.ask('RCPT TO:<anna@hub.example>');
  const stopped = gateway.stop();
  await until('the listener to be closed', () => isClosed(t, gateway.port()));
  assert.equal((await client.ask('RSET')).code, 250);
  assert.equal((await client.ask('MAIL FROM:<y@sender.example>')).code, 421);
  client.halfClose();
  assert.equal(await within(5000, 'the gateway to end', stopped), 0);
});

test('a listener that was moved away by a reload: its message under way survives SIGTERM too', async (t) => {
  const gateway = await start(t);
  const { client, token, release } = await awaitingTheHub(t, gateway.port());
  gateway.rewrite({ listeners: [{ name: 'mx', address: `127.0.0.1:${await freePort()}`, role: 'mx' }] });
  assert.equal(await gateway.reload(), 'config-loaded');
  await until('the old listener to be closed', () => isClosed(t, gateway.port()));
  const { stdout } = await gateway.command('status', '--json');
  assert.match(stdout, /"sessions":\s*\d+/);
  const stopped = gateway.stop();
  await new Promise((resolve) => setTimeout(resolve, 300)); // the signal must have been taken before the hub answers
  release();
  assert.equal((await client.reply()).code, 250);
  assert.equal((await client.reply()).code, 421);
  client.halfClose();
  assert.equal(await within(5000, 'the gateway to end', stopped), 0);
  assert.equal(copies(token), 1);
});

test('a reload to an address that cannot be had is refused, and the old listener goes on', async (t) => {
  const gateway = await start(t);
  const taken = await startFakeHub();
  atEnd(t, () => taken.close());
  gateway.rewrite({ listeners: [{ name: 'mx', address: `127.0.0.1:${taken.port}`, role: 'mx' }] });
  assert.equal(await gateway.reload(), 'config-refused');
  const { errors } = await gateway.event('config-refused');
  assert.match(errors.join(), new RegExp(`listener mx cannot listen on 127\\.0\\.0\\.1:${taken.port}`));
  assert.equal(
    (await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from: 'x@sender.example', to: ['anna@hub.example'], content: letter() })).end?.code,
    250,
  );
});

test('reload upon reload: each listener that is wanted in the end listens', async (t) => {
  const gateway = await start(t);
  const ports = [await freePort(), await freePort()];
  const listener = (name: string, port: number) => ({ name, address: `127.0.0.1:${port}`, role: 'mx' });
  gateway.rewrite({ listeners: [listener('mx', gateway.port()), ...ports.map((port, i) => listener(`more-${i}`, port))] });
  for (let i = 0; i < 5; i += 1) gateway.signal('SIGHUP');
  await gateway.reload();
  for (const port of [gateway.port(), ...ports]) {
    await until('the listener to be open', async () => !(await isClosed(t, port)));
    assert.equal((await deliverOnce(t, { port, from: '127.0.0.2' }, { from: 'x@sender.example', to: ['anna@hub.example'], content: letter() })).end?.code, 250);
  }
  gateway.rewrite({ listeners: [listener('mx', gateway.port())] });
  await gateway.reload();
  for (const port of ports) await until('the listener to be closed', () => isClosed(t, port));
});
