// The commands that tell or do something without a message (mission R9), and the order of commands.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const hub = await startFakeHub({ script: { RCPT: ({ line }) => (line.includes('nobody@') ? '550 5.1.1 No such user' : undefined) } });
atEnd(whole, () => hub.close());
const gateway = await startGateway(whole, { hub: `127.0.0.1:${hub.port}`, config: { smtp: { etrnNetworks: ['127.0.0.4/32'] } } });
const stranger = { port: gateway.port(), from: '127.0.0.2' };

test('VRFY tells nothing: the same answer whether the user exists or not', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  const [one, other] = [await client.ask('VRFY anna'), await client.ask('VRFY nobody')];
  assert.equal(one.code, 252);
  assert.deepEqual(one, other);
});

test('EXPN is not offered, VRFY and EXPN are not announced', async (t) => {
  const client = await SmtpClient.connect(t, stranger);
  await client.reply();
  const hello = await client.ask('EHLO client.example');
  assert.ok(!hello.lines.some((line) => /VRFY|EXPN|ETRN|XCLIENT|XFORWARD/.test(line)), hello.lines.join(' '));
  assert.equal((await client.ask('EXPN staff')).code, 502);
});

test('ETRN is for the configured network only', async (t) => {
  const outsider = await SmtpClient.greet(t, stranger);
  assert.equal((await outsider.ask('ETRN hub.example')).code, 458);
  const permitted = await SmtpClient.greet(t, { ...stranger, from: '127.0.0.4' });
  assert.equal((await permitted.ask('ETRN hub.example')).code, 251);
});

test('XCLIENT from somebody who was not named is refused', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  await client.converse(`
    C: XCLIENT ADDR=127.0.0.1
    S: 550 5.7.1
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<someone@far.example>
    S: 554 5.7.1`);
});

test('commands out of order are refused and change nothing', async (t) => {
  const client = await SmtpClient.connect(t, stranger);
  await client.converse(`
    S: 220
    C: MAIL FROM:<x@sender.example>
    S: 503
    C: EHLO client.example
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 503
    C: DATA
    S: 503
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: MAIL FROM:<y@sender.example>
    S: 503
    C: DATA
    S: 5
    C: RCPT TO:<nobody@hub.example>
    S: 550 5.1.1 No such user
    C: DATA
    S: 5
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: RSET
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 503
    C: QUIT
    S: 221`);
});

test('an unknown recipient is refused in the session, with the hub’s words and our reference', async (t) => {
  const client = await SmtpClient.greet(t, stranger);
  await client.ask('MAIL FROM:<x@sender.example>');
  const answer = await client.ask('RCPT TO:<nobody@hub.example>');
  assert.equal(answer.code, 550);
  assert.match(answer.lines.join(' '), /5\.1\.1 No such user.*\(ref \S+\)/);
});

test('a HELO client without ESMTP sends mail too', async (t) => {
  const client = await SmtpClient.connect(t, stranger);
  await client.converse(`
    S: 220
    C: HELO client.example
    S: 250
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: DATA
    S: 354
    C: Subject: hello
    C: 
    C: .
    S: 250
    C: QUIT
    S: 221`);
});
