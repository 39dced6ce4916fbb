// Whatever the hub refuses is refused to the client in its session (mission B1): unknown users, content, size, closed mailboxes, a hub
// that changes its mind. Not one bounce leaves the site.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { bodyOf, letter, newToken, onTheWire } from '../harness/letter.ts';
import { missing } from '../harness/peer.ts';
import { scratchDirectory } from '../harness/scratch.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

test('a Postfix that refuses in every way makes no backscatter behind the gateway', { skip: missing('postfix') }, async (t) => {
  const rules = join(scratchDirectory(t, 'rules'), 'header_checks');
  writeFileSync(rules, '/^Subject: virus/ REJECT We take no viruses\n');
  const closed = join(scratchDirectory(t, 'closed'), 'access');
  writeFileSync(closed, 'bert@hub.example 450 4.2.1 Mailbox disabled for now\n');
  const hub = await postfixHub(t, { maxBytes: 200_000 });
  hub.set({ header_checks: `regexp:${rules}`, smtpd_recipient_restrictions: `check_recipient_access texthash:${closed}` });
  await hub.restart();
  const gateway = await startGateway(t, { hub: hub.address, config: { timeouts: { hubIdle: '200ms' } } });
  const send = (to: readonly string[], content = letter(), from = 'forged@victim.example') =>
    deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from, to, content });

  const refusals = [
    ['an unknown user', await send(['nobody@hub.example']), 'rcpt', 550],
    ['a mailbox that is closed for now', await send(['bert@hub.example']), 'rcpt', 450],
    ['content', await send(['anna@hub.example'], letter({ subject: 'virus' })), 'end', 550],
    ['content to several', await send(['anna@hub.example', 'postmaster@hub.example'], letter({ subject: 'virus' })), 'end', 550],
    ['a message too big for the hub', await send(['anna@hub.example'], letter({ body: bodyOf(300_000) })), 'end', 552],
    ['an unknown user at a customer', await send(['nobody@customer.example']), 'rcpt', 550],
    ['a null sender to nobody', await send(['nobody@hub.example'], letter(), ''), 'rcpt', 550],
  ] as const;
  for (const [title, answers, where, code] of refusals) {
    await t.test(`${title}: ${code} in the session`, () => {
      const answer = where === 'rcpt' ? answers.rcpt[0] : answers.end;
      assert.equal(answer?.code, code, answer?.text);
    });
  }

  await t.test('mail that is good still arrives', async () => {
    const token = newToken();
    assert.equal((await send(['anna@hub.example'], letter({ token }))).end?.code, 250);
    await hub.delivery('anna', token);
  });
  await t.test('a stranger cannot order a notice of success to whom he names as sender, though this Postfix would write it', async () => {
    const offers = async (client: SmtpClient): Promise<boolean> => (await client.ask('EHLO client.example')).lines.some((line) => line.slice(4) === 'DSN');
    const insider = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.1' });
    await until('the hub to be known for DSN', () => offers(insider));
    await insider.quit();
    const stranger = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
    assert.equal(await offers(stranger), false);
    await stranger.converse(`
      C: MAIL FROM:<forged@victim.example>
      S: 250
      C: RCPT TO:<anna@hub.example> NOTIFY=SUCCESS
      S: 555
      C: RCPT TO:<anna@hub.example>
      S: 250
      C: DATA
      S: 354`);
    const token = newToken();
    await stranger.send(onTheWire(letter({ token })));
    assert.equal((await stranger.reply()).code, 250);
    await stranger.quit();
    await hub.delivery('anna', token);
    assert.doesNotMatch(hub.log(), /sender delivery status notification/);
  });
  await t.test('nothing has left the site, and Postfix made no bounce', () => {
    assert.deepEqual(hub.outside.messages, []);
    assert.doesNotMatch(hub.log(), /postfix\/bounce|status=bounced/);
  });
});
