// The world behind one inside address: noticed, said loudly, and no longer trusted (mission R13).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { atEnd, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

async function begin(owner: Owner, site: Readonly<Record<string, unknown>> = {}): Promise<Gateway> {
  const hub = await startFakeHub();
  atEnd(owner, () => hub.close());
  return startGateway(owner, { hub: `127.0.0.1:${hub.port}`, config: { site: { networks: ['127.0.0.1/32'], ...site } } });
}

/** A stranger whose address was lost on the way: a name and a sender of its own, a recipient of ours. */
async function stranger(owner: Owner, gateway: Gateway, number: number): Promise<SmtpClient> {
  const client = await SmtpClient.connect(owner, { port: gateway.port(), from: '127.0.0.1' });
  await client.converse(`
    S: 220
    C: EHLO host${number}.world.example
    S: 250
    C: MAIL FROM:<someone@domain${number}.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250`);
  return client;
}

const tryToRelay = `
  C: RSET
  S: 250
  C: MAIL FROM:<someone@spam.example>
  S: 250
  C: RCPT TO:<victim@far.example>`;

test('after fifty strangers behind one inside address there is an alarm, and no relaying, not even in a session that is open', async (t) => {
  const gateway = await begin(t);
  const early = await stranger(t, gateway, 0);
  await early.converse(`${tryToRelay}
  S: 250`); // nothing is known yet
  for (let number = 1; number < 50; number++) (await stranger(t, gateway, number)).reset();
  const alarm = await gateway.event('client-address-lost');
  assert.equal(alarm.ip, '127.0.0.1');
  assert.ok(alarm.heloNames >= 8 && alarm.senderDomains >= 8 && alarm.samples.length > 0, 'with its numbers');
  await early.converse(`${tryToRelay}
  S: 554 5.7.1`);
  const late = await stranger(t, gateway, 99); // mail to us goes on
  await late.converse(`${tryToRelay}
  S: 554 5.7.1`);
  const { stdout } = await gateway.command('status');
  assert.match(stdout, /world stands behind 127\.0\.0\.1/);
  assert.match(gateway.stderr(), /client-address-lost/);
});

test('an address that is shared on purpose is left alone', async (t) => {
  const gateway = await begin(t, { sharedAddresses: ['127.0.0.1/32'] });
  for (let number = 0; number < 12; number++) (await stranger(t, gateway, number)).reset();
  const client = await stranger(t, gateway, 99);
  await client.converse(`${tryToRelay}
  S: 250`);
});

test('a mail filter of ours in front, with one name, is left alone whatever it brings', async (t) => {
  const gateway = await begin(t);
  for (let number = 0; number < 12; number++) {
    const client = await SmtpClient.connect(t, { port: gateway.port(), from: '127.0.0.1' });
    await client.converse(`
      S: 220
      C: EHLO filter.hub.example
      S: 250
      C: MAIL FROM:<someone@domain${number}.example>
      S: 250
      C: RCPT TO:<anna@hub.example>
      S: 250
      ${tryToRelay}
      S: 250`);
    client.reset();
  }
});
