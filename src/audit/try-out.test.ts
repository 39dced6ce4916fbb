import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeHub, type FakeHubScript } from '../../test/harness/fake-hub.ts';
import { tryOut } from './try-out.ts';

const ours = { domain: 'example.org', recipient: 'alice@example.org' };

/** A gateway as the trials see it: an SMTP server that refuses what the script refuses. */
async function tried(script: FakeHubScript, isInside = false) {
  await using gateway = await startFakeHub({ script });
  const trials = await tryOut({ host: gateway.host, port: gateway.port, from: '127.0.0.2', isInside, ...ours });
  return { trials, commands: gateway.sessions.map(({ lines }) => lines.filter((line) => line.startsWith('C: ')).map((line) => line.slice(3, 7))) };
}

test('a message, an unknown mailbox, a relay attempt and a relay trick, each with its last code', async () => {
  const { trials } = await tried({ RCPT: ({ line }) => (line.includes('alice@') ? undefined : '550 5.7.1 No') });
  assert.deepEqual(
    trials.map(({ code }) => code),
    [250, 550, 550, 550],
  );
  const said = trials.map(({ dialogue }) => dialogue.find((line) => line.startsWith('C: RCPT')));
  assert.deepEqual(said.slice(1), [
    'C: RCPT TO:<nobody-of-that-name@example.org>',
    'C: RCPT TO:<someone@elsewhere.example>',
    'C: RCPT TO:<someone%elsewhere.example@example.org>',
  ]);
});

test('the dialogue reads as it stood on the wire: hyphens in replies of several lines', async () => {
  const { trials } = await tried({ EHLO: '250-here\n250-PIPELINING\n250 SMTPUTF8' });
  const [first] = trials;
  assert.deepEqual(first?.dialogue.slice(2, 5), ['S: 250-here', 'S: 250-PIPELINING', 'S: 250 SMTPUTF8']);
});

test('after a refused recipient no content is sent: it would be taken for commands', async () => {
  const { commands, trials } = await tried({ RCPT: '550 5.1.1 No such mailbox' });
  assert.deepEqual(commands[0], ['EHLO', 'MAIL', 'RCPT', 'QUIT']);
  assert.deepEqual([trials[0]?.code, trials[0]?.what], [550, 'a message to "alice@example.org"'], 'and nothing says that the mailbox exists');
});

test('one of the gateway’s own may relay: it does not try, or it would send mail to the world', async () => {
  const { trials } = await tried({}, true);
  assert.equal(trials.length, 2);
});

test('only loopback is spoken to', async () => {
  await assert.rejects(tryOut({ host: '192.0.2.1', port: 25, from: '127.0.0.2', isInside: false, ...ours }), /loopback only/);
});
