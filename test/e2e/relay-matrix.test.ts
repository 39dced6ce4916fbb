// Whose mail do we handle (mission R1, R2): every kind of client times every kind of recipient, on IPv4 and IPv6. Three scripted hubs
// stand for the site's own, a customer's and the way out, so that a message is proven to have gone the right way.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startFakeHub, type FakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { letter, newToken, tokenOf } from '../harness/letter.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient, referenceIn, type ClientOptions } from '../harness/smtp-client.ts';

const whole: Owner = { after };

const hubs = { own: await startFakeHub(), customer: await startFakeHub(), world: await startFakeHub() };
for (const hub of Object.values(hubs)) atEnd(whole, () => hub.close());
const at = (hub: FakeHub): string => `127.0.0.1:${hub.port}`;

const listeners = {
  mx: {},
  mx6: { host: '::1' },
  out: { role: 'submission' },
  out6: { host: '::1', role: 'submission' },
  mine: { host: '127.0.0.3', role: 'smarthost' },
} as const;
const start = (networks: readonly string[]): Promise<Gateway> =>
  startGateway(whole, {
    hub: at(hubs.own),
    listeners,
    tls: true,
    users: { ulla: 'secret' },
    config: { site: { networks }, routes: { 'customer.example': { address: at(hubs.customer) } }, outbound: { address: at(hubs.world) } },
  });
const [gateway, gatewayWithV6Inside] = await Promise.all([start(['127.0.0.1/32']), start(['127.0.0.1/32', '::1/128'])]);

type Who = ClientOptions & { readonly login?: true };
const anyone = ['own', 'customer', 'world'] as const;
const ours = ['own', 'customer'] as const;

const clients: readonly (readonly [title: string, who: Who, mayReach: readonly string[]])[] = [
  ['a stranger', { port: gateway.port('mx'), from: '127.0.0.2' }, ours],
  ['a stranger on IPv6', { port: gateway.port('mx6'), host: '::1' }, ours],
  ['an insider', { port: gateway.port('mx'), from: '127.0.0.1' }, anyone],
  ['an insider on IPv6', { port: gatewayWithV6Inside.port('mx6'), host: '::1' }, anyone],
  ['a user who logged in from outside', { port: gateway.port('out'), from: '127.0.0.2', login: true }, anyone],
  ['a user who logged in from outside on IPv6', { port: gateway.port('out6'), host: '::1', login: true }, anyone],
  ['a user who logged in from inside', { port: gateway.port('out'), from: '127.0.0.1', login: true }, anyone],
  ['whoever reaches the smart host address', { port: gateway.port('mine'), host: '127.0.0.3', from: '127.0.0.2' }, anyone],
];

const recipients = { own: 'anna@hub.example', customer: 'kim@customer.example', world: 'someone@far.example' } as const;

async function comeIn(owner: Owner, who: Who): Promise<SmtpClient> {
  const client = await SmtpClient.greet(owner, who);
  if (who.login !== true) return client;
  await client.startTls();
  await client.converse(`
    C: EHLO client.example
    S: 250
    C: AUTH PLAIN ${Buffer.from('\0ulla\0secret').toString('base64')}
    S: 235 2.7.0`);
  return client;
}

for (const [title, who, mayReach] of clients) {
  for (const [kind, to] of Object.entries(recipients)) {
    const allowed = mayReach.includes(kind);
    test(`${title} ${allowed ? 'reaches' : 'does not reach'} ${kind === 'world' ? 'the outside' : `${kind} domains`}`, async (t) => {
      const token = newToken();
      const client = await comeIn(t, who);
      const { mail, rcpt, end } = await client.transact({ from: 'x@sender.example', to: [to], content: letter({ token }) });
      assert.equal(mail.code, 250);
      const arrived = Object.entries(hubs)
        .filter(([, hub]) => hub.messages.some(({ data }) => tokenOf(data) === token))
        .map(([name]) => name);
      if (allowed) {
        assert.equal(end?.code, 250, end?.text);
        assert.deepEqual(arrived, [kind], 'the message went its own way and no other');
        return;
      }
      assert.equal(rcpt[0]?.code, 554);
      assert.match(rcpt[0].text, /^5\.7\.1 /);
      assert.ok(referenceIn(rcpt[0]), 'a refusal can be explained');
      assert.deepEqual(arrived, []);
    });
  }
}

test('on a submission listener nobody sends without a password, not even an insider', async (t) => {
  for (const from of ['127.0.0.1', '127.0.0.2']) {
    const client = await SmtpClient.greet(t, { port: gateway.port('out'), from });
    const { mail } = await client.transact({ from: 'ulla@hub.example', to: [recipients.own], content: letter() });
    assert.equal(mail.code, 530, `from ${from}`);
    assert.match(mail.text, /^5\.7\.0 /);
  }
});

test('a wrong password gives no permission, and the session goes on as before', async (t) => {
  const client = await SmtpClient.greet(t, { port: gateway.port('out'), from: '127.0.0.2' });
  await client.startTls();
  await client.converse(`
    C: EHLO client.example
    S: 250
    C: AUTH PLAIN ${Buffer.from('\0ulla\0wrong').toString('base64')}
    S: 535 5.7.8
    C: MAIL FROM:<ulla@hub.example>
    S: 530 5.7.0`);
});

test('a sender of our own domain and the null sender are taken, and grant nothing', async (t) => {
  for (const from of ['boss@hub.example', '']) {
    const client = await SmtpClient.greet(t, { port: gateway.port('mx'), from: '127.0.0.2' });
    await client.converse(`
      C: MAIL FROM:<${from}>
      S: 250
      C: RCPT TO:<someone@far.example>
      S: 554 5.7.1
      C: RCPT TO:<anna@hub.example>
      S: 250`);
  }
});

test('recipients whose mail goes different ways are deferred to a message of their own, not refused', async (t) => {
  const client = await SmtpClient.greet(t, { port: gateway.port('mx'), from: '127.0.0.2' });
  await client.converse(`
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: RCPT TO:<kim@customer.example>
    S: 452 4.5.3
    C: RCPT TO:<bert@hub.example>
    S: 250`);
});

test('no message was made up: the hubs saw nothing but what the tests sent', () => {
  for (const hub of Object.values(hubs)) assert.ok(hub.messages.every(({ data, from }) => tokenOf(data) !== null && from.startsWith('<x@sender.example>')));
});
