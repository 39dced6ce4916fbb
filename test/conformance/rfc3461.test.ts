// RFC 3461, delivery status notifications: offered to our own when every next hop that was met takes it, handed on untouched, never dropped;
// never to strangers, who would have the hub write to whom they name as sender (docs/adr/dsn-for-our-own.md).
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { conforms as conformsFrom, untilOffered as untilOfferedTo, type Row } from '../harness/conformance.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const insider = '127.0.0.1';
const untilOffered = (owner: Owner, at: Gateway): Promise<void> => untilOfferedTo(owner, at, 'DSN', insider);
const conforms = (standard: string, at: Gateway, rows: readonly Row[]): void =>
  conformsFrom(
    standard,
    at,
    rows.map((row) => ({ from: insider, ...row })),
  );
const usual = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'DSN'];
const hub = await startFakeHub({ capabilities: usual });
const [customer, outbound] = await Promise.all([startFakeHub({ capabilities: ['PIPELINING'] }), startFakeHub({ capabilities: ['PIPELINING'] })]);
atEnd(whole, () => Promise.all([hub.close(), customer.close(), outbound.close()]).then(() => {}));
const gateway = await startGateway(whole, {
  hub: `127.0.0.1:${hub.port}`,
  config: {
    hub: { verifyRecipients: false },
    routes: { 'customer.example': { address: `127.0.0.1:${customer.port}`, verifyRecipients: false } },
  },
});
await untilOffered(whole, gateway);

const greeted = 'C: EHLO client.example\nS: 250 DSN';
const message = (mail: string, rcpts: readonly string[]): string =>
  `${greeted}\nC: MAIL FROM:<x@sender.example>${mail}\nS: 250\n${rcpts.map((rcpt) => `C: RCPT TO:${rcpt}\nS: 250`).join('\n')}\nC: DATA\nS: 354\nC: Subject: ${mail}${rcpts.join()}\nC: .\nS: 250`;
const passedOn = (from: RegExp, recipients: readonly string[]) => (): void => {
  const got = hub.messages.pop();
  assert.match(got?.from ?? '', from);
  assert.deepEqual(got?.recipients, recipients);
};

conforms('RFC 3461', gateway, [
  {
    section: '4.1',
    says: 'NOTIFY goes on as it was written',
    dialogue: message('', ['<anna@hub.example> NOTIFY=success,FAILURE']),
    afterwards: passedOn(/^<x@sender\.example>/, ['<anna@hub.example> NOTIFY=success,FAILURE']),
  },
  {
    section: '4.2',
    says: 'so does ORCPT, each recipient with its own',
    dialogue: message('', ['<anna@hub.example> ORCPT=rfc822;Anna+2Bx@old.example', '<bert@hub.example> NOTIFY=NEVER']),
    afterwards: passedOn(/^<x@sender\.example>/, ['<anna@hub.example> ORCPT=rfc822;Anna+2Bx@old.example', '<bert@hub.example> NOTIFY=NEVER']),
  },
  {
    section: '4.3 and 4.4',
    says: 'RET and ENVID go on',
    dialogue: message(' RET=HDRS ENVID=QQ+2B314', ['<anna@hub.example>']),
    afterwards: passedOn(/ RET=HDRS ENVID=QQ\+2B314$/, ['<anna@hub.example>']),
  },
  {
    section: '4.1',
    says: 'NEVER stands alone',
    dialogue: `${greeted}\nC: MAIL FROM:<x@sender.example>\nS: 250\nC: RCPT TO:<anna@hub.example> NOTIFY=NEVER,DELAY\nS: 501`,
  },
  {
    section: '4.2',
    says: 'ORCPT is xtext',
    dialogue: `${greeted}\nC: MAIL FROM:<x@sender.example>\nS: 250\nC: RCPT TO:<anna@hub.example> ORCPT=rfc822;a=b@c.example\nS: 501`,
  },
  { section: '4.4', says: 'ENVID is xtext of printable characters', dialogue: `${greeted}\nC: MAIL FROM:<x@sender.example> ENVID=a+0Ab\nS: 501` },
  { section: '4', says: 'after HELO nothing is offered', dialogue: 'C: HELO client.example\nS: 250\nC: MAIL FROM:<x@sender.example> RET=FULL\nS: 555' },
  {
    section: '6.1',
    says: 'to a stranger nothing is offered, and what he asks for all the same is refused: no success is told to whom he names',
    from: '127.0.0.2',
    dialogue:
      'C: EHLO client.example\nS: 250\nC: MAIL FROM:<forged@victim.example> RET=FULL\nS: 555\nC: MAIL FROM:<forged@victim.example>\nS: 250\nC: RCPT TO:<anna@hub.example> NOTIFY=SUCCESS\nS: 555',
    afterwards: (client) => assert.doesNotMatch(client.received, /^250[- ]DSN\r$/m),
  },
  {
    section: '5',
    says: 'NEVER goes on',
    dialogue: message('', ['<carl@hub.example> NOTIFY=NEVER']),
    afterwards: passedOn(/^<x@sender\.example>/, ['<carl@hub.example> NOTIFY=NEVER']),
  },
]);

test('a hub that shrank after EHLO: 451 and nothing lost, and the next EHLO offers it no more', async (t) => {
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: insider });
  hub.capabilities = usual.filter((keyword) => keyword !== 'DSN');
  hub.resetAll();
  await client.converse(`
    C: MAIL FROM:<x@sender.example> RET=FULL
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: DATA
    S: 354
    C: Subject: shrunk
    C: .
    S: 451 4.3.3
    C: EHLO client.example
    S: 250
    C: MAIL FROM:<x@sender.example> RET=FULL
    S: 555
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@hub.example> NOTIFY=NEVER
    S: 555`);
  assert.doesNotMatch(client.received.slice(client.received.indexOf('4.3.3')), /^250[- ]DSN\r$/m);
  assert.equal(hub.messages.length, 0);
  hub.capabilities = usual;
  hub.resetAll();
  await client.converse(`
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: DATA
    S: 354
    C: Subject: again
    C: .
    S: 250`);
  await untilOffered(t, gateway);
});

test('a way out without it, once met, ends the offer for those who may take it', async (t) => {
  const own = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    config: { hub: { verifyRecipients: false }, outbound: { address: `127.0.0.1:${outbound.port}` } },
  });
  await untilOffered(t, own);
  const client = await SmtpClient.greet(t, { port: own.port(), from: insider });
  await client.converse(`
    C: MAIL FROM:<anna@hub.example>
    S: 250
    C: RCPT TO:<someone@far.example>
    S: 250
    C: DATA
    S: 354
    C: Subject: out
    C: .
    S: 250
    C: EHLO client.example
    S: 250
    C: MAIL FROM:<anna@hub.example> RET=FULL
    S: 555`);
  assert.equal(outbound.messages.length, 1);
});

test('a customer’s server without it, once met, ends the offer: any recipient may be its', async (t) => {
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: insider });
  await client.converse(`
    C: EHLO client.example
    S: 250 DSN
    C: MAIL FROM:<x@sender.example> RET=FULL
    S: 250
    C: RCPT TO:<anna@customer.example>
    S: 250
    C: DATA
    S: 354
    C: Subject: customer
    C: .
    S: 451 4.3.3
    C: EHLO client.example
    S: 250
    C: MAIL FROM:<x@sender.example> RET=FULL
    S: 555`);
  assert.equal(customer.messages.length, 0);
});
