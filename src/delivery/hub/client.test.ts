import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { HubClient, isLost } from './client.ts';

test('a command with a line break or NUL in it is never sent, whoever let it through', () => {
  const client = new HubClient(new Socket(), 0);
  for (const line of ['RCPT TO:<a@b>\r\nDATA', 'NOOP\n', 'NOOP\r', 'NOOP\0']) assert.throws(() => client.send('RSET', line), /line break/);
  client.destroy();
});

test('a connection that is cut answers every read, at once and for ever: nobody waits for it', async () => {
  const client = new HubClient(new Socket(), 0);
  client.expect(1);
  const waiting = client.read(60_000);
  client.destroy();
  assert.ok(isLost(await waiting));
  assert.ok(isLost(await client.read(60_000)));
  await client.drained(60_000);
  assert.equal(client.quiet, false);
});
