// What the record keeps of passwords that were tried: the same wrong one can be told from another, and the password is nowhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/model/events.ts';
import { startGateway } from '../harness/gateway.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

test('a phone with an old password tries one secret, a guesser two, and no password is recorded', async (t) => {
  const gateway = await startGateway(t, { hub: '127.0.0.1:1', listeners: { out: { role: 'submission' } }, users: { anna: 'pencil' } });
  const client = await SmtpClient.greet(t, { port: gateway.port() });
  for (const password of ['old-secret', 'old-secret']) {
    const plain = Buffer.from(`\0anna\0${password}`).toString('base64');
    assert.equal((await client.ask(`AUTH PLAIN ${plain}`)).code, 535);
  }
  const again = await SmtpClient.greet(t, { port: gateway.port() });
  assert.equal((await again.ask('AUTH LOGIN')).code, 334);
  assert.equal((await again.ask(Buffer.from('anna').toString('base64'))).code, 334);
  assert.equal((await again.ask(Buffer.from('other-secret').toString('base64'))).code, 535);

  const tried = async (): Promise<readonly Extract<Event, { type: 'auth-tried' }>[]> => (await gateway.events()).filter((event) => event.type === 'auth-tried');
  await until('three tries in the journal', async () => (await tried()).length === 3);
  const [first, second, third] = (await tried()).map(({ secret }) => secret);
  assert.match(first ?? '', /^[0-9a-f]{4}$/);
  assert.equal(second, first);
  assert.notEqual(third, first);
  assert.doesNotMatch(JSON.stringify(await gateway.events()), /old-secret|other-secret/);
});
