// Our client before a real Postfix: what it says of the outside client reaches Postfix's headers and log, and one client is never
// taken for another on a connection that serves both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf, deliveryRequest, mailbox } from '../harness/delivery-request.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { routeTo } from '../harness/hub-route.ts';
import { letter, newToken } from '../harness/letter.ts';
import { missing } from '../harness/peer.ts';
import { until } from '../harness/until.ts';

const skip = missing('postfix');

test('a real Postfix: XCLIENT, XFORWARD, probes, a mixed burst', { skip }, async (t) => {
  const hub = await postfixHub(t);
  const at = { host: '127.0.0.1', port: hub.port };
  const request = (to: ReturnType<typeof routeTo>, token: string, client: { ip: string; name: string; user?: string }, recipients = ['anna@hub.example']) => {
    const usual = deliveryRequest({
      route: to.route,
      to: recipients,
      content: contentOf(letter({ token })),
      prependedHeaders: '',
      reference: token.slice(0, 13),
    });
    const handover = {
      ...usual.handover,
      client: { ...usual.handover.client, ip: client.ip },
      reverseName: client.name,
      helo: client.name,
      user: client.user ?? null,
    };
    return { ...usual, handover };
  };
  const received = (token: string): string =>
    hub
      .messages('anna')
      .map(String)
      .find((message) => message.includes(token)) ?? '';

  await t.test('XCLIENT: Postfix writes each client into its Received line, and no connection stands for two', async () => {
    await using to = routeTo(at, { xclient: true, commandMs: 20_000, finalDotMs: 20_000 });
    const [one, two, three] = [newToken(), newToken(), newToken()];
    const first = await to.hubRoute.deliver(request(to, one, { ip: '192.0.2.7', name: 'first.example', user: 'ulla' }));
    assert.equal(first.kind, 'delivered', JSON.stringify([first, to.events]));
    const second = await to.hubRoute.deliver(request(to, two, { ip: '192.0.2.9', name: 'second.example' }));
    assert.equal(second.kind, 'delivered', JSON.stringify([second, to.events]));
    // This Postfix speaks IPv4 only and does not take the address of the third.
    assert.equal((await to.hubRoute.deliver(request(to, three, { ip: '2001:db8::9', name: 'third.example' }))).kind, 'delivered');
    await until('the connections are closed', () => to.hubRoute.snapshot().open === 0);
    await hub.delivery('anna', one, two, three);
    assert.match(received(one), /from first\.example \(first\.example \[192\.0\.2\.7\]\)/);
    assert.match(received(two), /from second\.example \(second\.example \[192\.0\.2\.9\]\)/);
    assert.match(received(three), /from third\.example \(third\.example \[unknown\]\)/);
    const lineOf = (name: string): string =>
      hub
        .log()
        .split('\n')
        .find((line) => line.includes(`client=${name}[`)) ?? '';
    assert.match(lineOf('first.example'), /sasl_username=ulla/);
    assert.doesNotMatch(lineOf('second.example'), /sasl_username/, 'the login of the first is not the second’s');
  });

  await t.test('XFORWARD: the log names the client and our reference', async () => {
    await using to = routeTo(at, { xforward: true, commandMs: 20_000, finalDotMs: 20_000 });
    const token = newToken();
    assert.equal((await to.hubRoute.deliver(request(to, token, { ip: '192.0.2.8', name: 'fourth.example' }))).kind, 'delivered');
    await until('the log line', () => hub.log().includes(`orig_queue_id=${token.slice(0, 13)}`));
    assert.match(hub.log(), /orig_client=fourth\.example\[192\.0\.2\.8\]/);
  });

  await t.test('probes and a burst with an unknown recipient', async () => {
    await using to = routeTo(at, { commandMs: 20_000, finalDotMs: 20_000, probeMs: 20_000 });
    const kinds = await Promise.all(['anna', 'nobody', 'bert'].map(async (who) => (await to.hubRoute.probe(mailbox(`${who}@hub.example`), false)).kind));
    assert.deepEqual(kinds, ['accepted', 'refused', 'accepted']);
    const token = newToken();
    const mixed = await to.hubRoute.deliver(request(to, token, { ip: '192.0.2.9', name: 'x.example' }, ['anna@hub.example', 'nobody@hub.example']));
    assert.ok(mixed.kind === 'mixed' && mixed.at === 'rcpt');
    const after = newToken();
    assert.equal((await to.hubRoute.deliver(request(to, after, { ip: '192.0.2.9', name: 'x.example' }))).kind, 'delivered');
    await hub.delivery('anna', after);
    assert.equal(received(token), '', 'nothing was sent');
  });

  await t.test('Postfix restarted between two messages: the second is delivered all the same', async () => {
    await using to = routeTo(at, { commandMs: 20_000, finalDotMs: 20_000 });
    const [one, two] = [newToken(), newToken()];
    assert.equal((await to.hubRoute.deliver(request(to, one, { ip: '192.0.2.9', name: 'x.example' }))).kind, 'delivered');
    await hub.restart();
    assert.equal((await to.hubRoute.deliver(request(to, two, { ip: '192.0.2.9', name: 'x.example' }))).kind, 'delivered');
    await hub.delivery('anna', one, two);
  });
});
