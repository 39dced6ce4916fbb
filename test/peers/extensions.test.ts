// Exim and swaks as clients of the gateway: PRDR and CHUNKING as others have written them, with an LMTP hub that says different things.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { eximHub } from '../harness/hubs/exim.ts';
import { bodyOf, letter, newToken, tokenOf } from '../harness/letter.ts';
import { peerPath, requirePeers } from '../harness/peer.ts';
import { atEnd, runProgram } from '../harness/scratch.ts';
import { deliverOnce } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

/** What the LMTP hub says of each at the dot. */
const verdictOf = (recipient: string): string =>
  recipient.includes('bert@') ? '550 5.7.1 Not wanted by bert' : recipient.includes('carl@') ? '452 4.2.2 Mailbox full' : '250 2.0.0 Ok';

test('Exim hears of each recipient what the LMTP hub said of it, by PRDR behind BDAT', async (t) => {
  if (!requirePeers(t, 'exim')) return;
  const hub = await startFakeHub({ protocol: 'lmtp', script: { dot: ({ recipient }) => verdictOf(recipient) } });
  atEnd(t, () => hub.close());
  const gateway = await startGateway(t, { hub: `lmtp://127.0.0.1:${hub.port}`, config: { hub: { verifyRecipients: false } } });
  const exim = await eximHub(t, { domains: ['sender.example'], wayOut: gateway.port() });
  const token = newToken();
  const to = ['anna@hub.example', 'bert@hub.example', 'carl@hub.example'];
  const { end } = await deliverOnce(
    t,
    { port: exim.port, from: '127.0.0.1' },
    { from: 'anna@sender.example', to, content: letter({ token, body: `.\r\n..x\r\n${bodyOf(100_000)}` }) },
  );
  assert.equal(end?.code, 250, end?.text);

  const line = (mark: string, who: string): Promise<string> =>
    until(
      `Exim's log to tell of ${who}`,
      () =>
        exim
          .log()
          .split('\n')
          .find((each) => each.includes(` ${mark} ${who}@hub.example `)) ?? false,
    );
  assert.match(await line('=>', 'anna'), / PRDR\b/);
  assert.match(await line('**', 'bert'), /550 5\.7\.1 Not wanted by bert/);
  assert.match(await line('==', 'carl'), /452 4\.2\.2 Mailbox full/);

  const copies = hub.messages.filter(({ data }) => tokenOf(data) === token);
  assert.equal(copies.length, 1, 'one transaction, no retry for those who were served');
  assert.equal(copies[0]?.recipients.length, 3);
  const { answers } = await gateway.event('message-finished', ({ recipients }) => recipients.length === 3);
  assert.deepEqual(
    answers?.map((answer) => answer.slice(0, 3)),
    ['250', '550', '452'],
  );
  assert.match(exim.log(), /=> anna@hub\.example .* K/, 'the content came by BDAT');
});

test('swaks hears it too', async (t) => {
  if (!requirePeers(t, 'swaks')) return;
  const hub = await startFakeHub({ protocol: 'lmtp', script: { dot: ({ recipient }) => verdictOf(recipient) } });
  atEnd(t, () => hub.close());
  const gateway = await startGateway(t, { hub: `lmtp://127.0.0.1:${hub.port}`, config: { hub: { verifyRecipients: false } } });
  const { stdout } = await runProgram(peerPath('swaks'), [
    '--server',
    '127.0.0.1',
    '--port',
    String(gateway.port()),
    '--prdr',
    '--from',
    'x@sender.example',
    '--to',
    'anna@hub.example,bert@hub.example',
  ]);
  assert.match(stdout, /MAIL FROM:<x@sender\.example> PRDR/);
  assert.match(stdout, /353 Content analysis has started[^]*250 2\.1\.5 Delivered[^]*550 5\.7\.1 Not wanted by bert[^]*250 2\.0\.0 /);
});
