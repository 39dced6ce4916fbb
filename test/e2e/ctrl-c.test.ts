// Ctrl-C under `npm start` reaches the gateway twice: from the terminal, and from npm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway } from '../harness/gateway.ts';
import { letter, newToken, onTheWire } from '../harness/letter.ts';
import { atEnd } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until, within } from '../harness/until.ts';

test('a Ctrl-C that comes twice is one: the message under way is answered, and the end is in good order', async (t) => {
  const held = Promise.withResolvers<void>();
  const hub = await startFakeHub({ script: { dot: { reply: '250 2.0.0 Ok', hold: held.promise } } });
  atEnd(t, () => hub.close());
  const gateway = await startGateway(t, { hub: `127.0.0.1:${hub.port}`, config: { hub: { verifyRecipients: false } } });
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
  await client.converse(`
    C: MAIL FROM:<x@sender.example>
    S: 250
    C: RCPT TO:<anna@hub.example>
    S: 250
    C: DATA
    S: 354`);
  await client.send(onTheWire(letter({ token: newToken() })));
  await hub.until(() => hub.messages.length === 1);
  gateway.signal('SIGINT');
  await until('the listener to be closed', () =>
    SmtpClient.connect(t, { port: gateway.port() }).then(
      (late) => (late.reset(), false),
      () => true,
    ),
  );
  gateway.signal('SIGINT');
  held.resolve();
  assert.equal((await client.reply()).code, 250);
  client.halfClose();
  assert.equal(await within(5000, 'the gateway to end', gateway.exited), 0);
});
