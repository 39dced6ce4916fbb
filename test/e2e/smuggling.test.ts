// SMTP smuggling: two servers that disagree about where a message ends (CVE-2023-51764). Every known sequence, cut into packets at every
// byte, in both ways of treating bare line ends: one message goes in, one message comes out, always.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { startFakeHub, type FakeHubScript } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { bodyOf, letter, newToken, tokenOf } from '../harness/letter.ts';
import { testCertificate } from '../harness/certificate.ts';
import { atEnd, scratchDirectory, type Owner } from '../harness/scratch.ts';
import { smuggledDialogue, smugglingSequences } from '../harness/smuggling-sequences.ts';
import { deliverOnce, SmtpClient } from '../harness/smtp-client.ts';

const whole: Owner = { after };
const hub = await startFakeHub();
atEnd(whole, () => hub.close());
const limits = { messagesPerSession: 100_000, errors: 100_000, errorsBeforeDelay: 100_000 };
const start = (lineEnds: 'normalize' | 'reject') => startGateway(whole, { hub: `127.0.0.1:${hub.port}`, config: { limits, smtp: { lineEnds } } });
const gateways = { normalize: await start('normalize'), reject: await start('reject') };

for (const [lineEnds, gateway] of Object.entries(gateways)) {
  for (const sequence of smugglingSequences) {
    test(`${JSON.stringify(sequence)} ends no message, however it is cut (${lineEnds})`, async (t) => {
      const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
      for (let cut = 0; cut <= sequence.length + 1; cut += 1) {
        const token = newToken();
        const before = hub.messages.length;
        await client.converse(`
          C: MAIL FROM:<honest@sender.example>
          S: 250
          C: RCPT TO:<anna@hub.example>
          S: 250
          C: DATA
          S: 354`);
        const head = `Subject: one\r\nX-Test-Token: ${token}\r\n\r\nfirst`;
        const stream = `${head}${sequence}${smuggledDialogue}NOOP\r\n`;
        const at = head.length + cut;
        await client.sendPieces([stream.slice(0, at), stream.slice(at, at + 1), stream.slice(at + 1)]);
        const [end, noop] = [await client.reply(), await client.reply()];
        assert.equal(end.code, lineEnds === 'reject' && /(?<!\r)\n|\r(?!\n)/.test(sequence) ? 550 : 250, end.text);
        assert.equal(noop.code, 250, 'the command behind the message is answered, and nothing else was');
        assert.equal(client.unread.length, 0);
        const arrived = hub.messages.slice(before);
        assert.equal(arrived.length, end.code === 250 ? 1 : 0, `cut at ${cut}`);
        for (const message of arrived) {
          assert.equal(tokenOf(message.data), token);
          assert.match(message.from, /honest/);
          assert.doesNotMatch(message.data.toString('latin1'), /(?<!\r)\n|\r(?!\n)/, 'no bare line end goes on to the hub');
        }
      }
    });
  }
}

test('a whole dialogue in one packet is two messages only where there are two', async (t) => {
  const before = hub.messages.length;
  const client = await SmtpClient.greet(t, { port: gateways.normalize.port(), from: '127.0.0.2' });
  const one = (name: string): string => `MAIL FROM:<${name}@sender.example>\r\nRCPT TO:<anna@hub.example>\r\nDATA\r\nSubject: ${name}\r\n\r\n${name}\r\n.\r\n`;
  await client.send(`${one('first')}${one('second')}QUIT\r\n`);
  const codes: number[] = [];
  for (let replies = 0; replies < 9; replies += 1) codes.push((await client.reply()).code);
  assert.deepEqual(codes, [250, 250, 354, 250, 250, 250, 354, 250, 221]);
  assert.equal(hub.messages.length - before, 2);
});

test('a bare LF in a command ends the session: what follows may be half of another dialogue', async (t) => {
  const client = await SmtpClient.greet(t, { port: gateways.normalize.port(), from: '127.0.0.2' });
  await client.send('NOOP\nMAIL FROM:<x@sender.example>\r\nRCPT TO:<anna@hub.example>\r\n');
  assert.equal((await client.reply()).code, 500);
  await client.closed;
  assert.equal(client.unread.length, 0);
});

/** The other direction: what a hub (or somebody in between) says too much must not answer for us. */
const answerOf = async (
  t: Owner,
  script: Parameters<typeof startFakeHub>[0],
  hubConfig: Record<string, unknown> = {},
  env: Record<string, string> = {},
  content = letter(),
) => {
  const liar = await startFakeHub(script);
  atEnd(t, () => liar.close());
  const gateway = await startGateway(t, { hub: `127.0.0.1:${liar.port}`, config: { hub: { verifyRecipients: false, ...hubConfig } }, env });
  const answers = await deliverOnce(t, { port: gateway.port(), from: '127.0.0.2' }, { from: 'x@sender.example', to: ['anna@hub.example'], content });
  return { liar, answers };
};

test('bytes behind the hub’s answer to STARTTLS are not believed', async (t) => {
  const { cert, key } = testCertificate(scratchDirectory(t, 'pem'));
  const tls = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  const clean = await answerOf(t, { tls }, { tls: 'must' }, { NODE_EXTRA_CA_CERTS: cert });
  assert.equal(clean.answers.end?.code, 250, `TLS works where nobody interferes: ${clean.answers.end?.text}`);
  const tampered = await answerOf(
    t,
    { tls, script: { STARTTLS: { reply: '220 2.0.0 Ready', raw: '220 2.0.0 Ready\r\n250-hub.example\r\n250 2.0.0 injected\r\n' } } },
    { tls: 'must' },
    { NODE_EXTRA_CA_CERTS: cert },
  );
  assert.equal(tampered.answers.end?.code, 451, 'not delivered over a connection that somebody tampered with');
  assert.equal(tampered.liar.messages.length, 0);
});

test('a 250 that the hub says before the final dot is no acceptance', async (t) => {
  const { answers } = await answerOf(t, {
    script: { DATA: { reply: '354 Go on', raw: '354 Go on\r\n250 2.0.0 Queued, believe me\r\n' }, dot: '554 5.7.1 No' },
  });
  assert.notEqual(answers.end?.code, 250);
});

test('a 250 that the hub says in the middle of the content is no acceptance', async (t) => {
  const script: FakeHubScript = { content: ({ earlier }) => (earlier === 0 ? { raw: '250 2.0.0 Queued, believe me\r\n' } : undefined), dot: '554 5.7.1 No' };
  const { answers } = await answerOf(t, { script }, {}, {}, letter({ body: bodyOf(8_000_000) }));
  assert.notEqual(answers.end?.code, 250);
});

test('surplus replies of the hub do not shift the ones that count', async (t) => {
  const { answers } = await answerOf(t, {
    capabilities: ['8BITMIME'],
    script: { MAIL: { reply: '250 2.1.0 Ok', raw: '250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go on\r\n250 2.0.0 Queued\r\n' }, dot: '554 5.7.1 No' },
  });
  assert.notEqual(answers.end?.code, 250);
});
