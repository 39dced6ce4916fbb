// Addresses that hide another address never relay (mission R3, engineering 3.3). The hub behind takes everything: if a trick reached it,
// it would go out, so the proof is that the hub never hears of the victim.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter } from '../harness/letter.ts';
import { relayTricks } from '../harness/relay-tricks.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  listeners: { mx: {}, mx6: { host: '::1' } },
  config: { site: { domains: ['hub.example', 'bücher.example'] }, limits: { errors: 1000, errorsBeforeDelay: 1000 } },
});
const stranger = { port: gateway.port('mx'), from: '127.0.0.2' };

for (const [rcpt, why] of relayTricks) {
  test(`${JSON.stringify(rcpt)} does not relay: ${why}`, async (t) => {
    const client = await SmtpClient.greet(t, stranger);
    assert.equal((await client.ask('MAIL FROM:<x@sender.example>')).code, 250);
    void client.send(`RCPT TO:${rcpt}\r\n`);
    const answer = await client.reply();
    assert.ok(answer.code >= 500 && answer.code < 600, `refused for good, not ${answer.code} ${answer.text}`);
    if (answer.code !== 500) assert.equal((await client.ask('DATA')).code >= 500, true, 'and there is no message to send');
  });
}

const honest: readonly (readonly [rcpt: string, why: string])[] = [
  ['<anna@hub.example>', 'plain'],
  ['<Anna@HUB.Example>', 'the case of the domain does not matter, that of the local part is kept'],
  ['<anna@hub.example.>', 'a trailing dot'],
  ['<anna+tag@hub.example>', 'a plus address'],
  ['<"anna b"@hub.example>', 'a quoted local part'],
  ['<postmaster>', 'RFC 5321 4.5.1'],
  ['<PostMaster@[127.0.0.1]>', 'postmaster at our literal'],
  ['<anna@xn--bcher-kva.example>', 'our IDN as A-label'],
];

for (const [rcpt, why] of honest) {
  test(`${rcpt} is ours: ${why}`, async (t) => {
    const client = await SmtpClient.greet(t, stranger);
    assert.equal((await client.ask('MAIL FROM:<x@sender.example>')).code, 250);
    const answer = await client.ask(`RCPT TO:${rcpt}`);
    assert.equal(answer.code, 250, answer.text);
  });
}

test('an IDN of ours in UTF-8 is ours too where SMTPUTF8 is said', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  assert.equal((await client.ask('MAIL FROM:<x@sender.example> SMTPUTF8')).code, 250);
  const answer = await client.ask('RCPT TO:<anna@bücher.example>');
  assert.equal(answer.code, 250, answer.text);
});

test('tricks in the sender grant nothing', async (t) => {
  for (const from of [
    'anna@hub.example',
    'user%victim.example@hub.example',
    '@hub.example:anna@hub.example',
    'anna@[127.0.0.1]',
    'postmaster@mx.hub.example',
  ]) {
    const client = await SmtpClient.greet(t, stranger);
    const mail = await client.ask(`MAIL FROM:<${from}>`);
    if (mail.code === 250) assert.equal((await client.ask('RCPT TO:<user@victim.example>')).code, 554, from);
  }
});

test('the HELO name grants nothing', async (t) => {
  for (const helo of ['mx.hub.example', 'hub.example', '[127.0.0.1]', 'localhost', '127.0.0.1']) {
    const client = await SmtpClient.connect(t, stranger);
    await client.reply();
    const hello = await client.ask(`EHLO ${helo}`);
    if (hello.code !== 250) continue;
    await client.ask('MAIL FROM:<x@sender.example>');
    assert.notEqual((await client.ask('RCPT TO:<user@victim.example>')).code, 250, helo);
  }
});

test('the hub never heard of the victim, and got no message', () => {
  const said = hub.sessions.flatMap(({ lines }) => lines);
  assert.deepEqual(
    said.filter((line) => /victim/i.test(line)),
    [],
  );
  assert.equal(hub.messages.length, 0);
});

test('an insider may write to a literal and to an address with a percent sign elsewhere: those are not ours to read', async (t) => {
  const client = await SmtpClient.greet(t, { port: gateway.port('mx'), from: '127.0.0.1' });
  const { rcpt } = await client.transact({ from: 'anna@hub.example', to: ['user%x@far.example', 'user@[192.0.2.77]'], content: letter() });
  assert.deepEqual(
    rcpt.map(({ code }) => code),
    [250, 250],
  );
});
