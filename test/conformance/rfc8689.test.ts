// RFC 8689, REQUIRETLS: offered under TLS only, and only where the way to the hub is TLS that was verified and the hub offers it too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { testCertificate } from '../harness/certificate.ts';
import { conforms, untilOffered } from '../harness/conformance.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { atEnd, scratchDirectory, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const files = testCertificate(scratchDirectory(whole, 'hub-certificate'));
const capabilities = ['PIPELINING', '8BITMIME', 'DSN', 'REQUIRETLS'];
const hub = await startFakeHub({ capabilities, tls: { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') } });
atEnd(whole, () => hub.close());
const start = (tls: 'may' | 'must') =>
  startGateway(whole, { hub: `127.0.0.1:${hub.port}`, tls: true, config: { hub: { tls, verifyRecipients: false } }, env: { NODE_EXTRA_CA_CERTS: files.cert } });
const [verified, unverified] = await Promise.all([start('must'), start('may')]);
// DSN, which insiders are offered, tells that the hub was met; REQUIRETLS is not seen without TLS.
await Promise.all([untilOffered(whole, verified, 'DSN', '127.0.0.1'), untilOffered(whole, unverified, 'DSN', '127.0.0.1')]);

conforms('RFC 8689', verified, [
  {
    section: '2',
    says: 'offered under TLS, taken without a value, handed on',
    tls: true,
    dialogue:
      'C: EHLO client.example\nS: 250 REQUIRETLS\nC: MAIL FROM:<x@sender.example> REQUIRETLS\nS: 250\nC: RCPT TO:<anna@hub.example>\nS: 250\nC: DATA\nS: 354\nC: Subject: secret\nC: .\nS: 250',
    afterwards: () => assert.match(hub.messages.pop()?.from ?? '', / REQUIRETLS$/),
  },
  {
    section: '2',
    says: 'it has no value',
    tls: true,
    dialogue: 'C: EHLO client.example\nS: 250 REQUIRETLS\nC: MAIL FROM:<x@sender.example> REQUIRETLS=yes\nS: 501',
  },
  {
    section: '2',
    says: 'not offered in clear, and then not known: a client that needs it hears so',
    dialogue: 'C: EHLO client.example\nS: 250\nC: MAIL FROM:<x@sender.example> REQUIRETLS\nS: 555',
    afterwards: (client) => assert.doesNotMatch(client.received, /REQUIRETLS/),
  },
]);

conforms('RFC 8689', unverified, [
  {
    section: '2',
    says: 'TLS to the hub that is not verified is not enough',
    from: '127.0.0.1',
    tls: true,
    dialogue: 'C: EHLO client.example\nS: 250 DSN\nC: MAIL FROM:<x@sender.example> REQUIRETLS\nS: 555',
    afterwards: (client) => assert.doesNotMatch(client.received, /REQUIRETLS/),
  },
]);

test('a hub that takes it no more after our promise: 451, and the message stays with its sender', async (t) => {
  const client = await SmtpClient.connect(t, { port: verified.port(), from: '127.0.0.2' });
  await client.converse('S: 220\nC: EHLO client.example\nS: 250');
  await client.startTls();
  await client.converse('C: EHLO client.example\nS: 250 REQUIRETLS');
  hub.capabilities = ['PIPELINING', 'DSN'];
  hub.resetAll();
  await client.converse(
    'C: MAIL FROM:<x@sender.example> REQUIRETLS\nS: 250\nC: RCPT TO:<anna@hub.example>\nS: 250\nC: DATA\nS: 354\nC: Subject: kept back\nC: .\nS: 451 4.7.30',
  );
  assert.equal(hub.messages.length, 0);
  hub.capabilities = capabilities;
});
