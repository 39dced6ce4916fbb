// A harvester with several machines under names of one house (missions D4, X1): what answers the alarm holds for all of its machines, by their
// confirmed names, and for nobody else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter } from '../harness/letter.ts';
import { startWatched } from '../harness/watched-gateway.ts';
import { until } from '../harness/until.ts';

test('an alarm about a house is answered for all of its machines, and for nobody else', async (t) => {
  const watched = await startWatched(t, {
    hubScript: { RCPT: ({ line }) => (line.includes('<guess') ? '550 5.1.1 no such user' : undefined) },
    zone: {
      '1.0.70.127.in-addr.arpa PTR': ['mx1.evil.example'],
      'mx1.evil.example A': ['127.70.0.1'],
      '1.0.71.127.in-addr.arpa PTR': ['mx2.evil.example'],
      'mx2.evil.example A': ['127.71.0.1'],
      '1.0.72.127.in-addr.arpa PTR': ['mx.notevil.example'],
      'mx.notevil.example A': ['127.72.0.1'],
    },
    config: {
      playbook: { 'directory-harvest': {} },
      detectors: { 'rude-client': 'off' },
      senderAuthentication: { perSecond: 0 },
      limits: { errors: 1000, errorsBeforeDelay: 1000, freeDisk: '0' },
    },
  });
  const codeFor = async (from: string): Promise<number> => {
    const client = await watched.greet(from);
    await client.ask('MAIL FROM:<x@sender.example>');
    const { code } = await client.ask('RCPT TO:<anna@hub.example>');
    await client.quit();
    return code;
  };
  // The name is looked up for the first recipient that is accepted, and known when that message is done.
  const harvester = await watched.greet('127.70.0.1');
  assert.equal((await harvester.transact({ from: 'x@sender.example', to: ['anna@hub.example'], content: letter() })).end?.code, 250);
  await harvester.ask('MAIL FROM:<x@sender.example>');
  const heard: number[] = [];
  for (let number = 0; number < 14; number++) heard.push((await harvester.ask(`RCPT TO:<guess${number}@hub.example>`)).code);
  assert.match(heard.join(' '), /^550(?: 550){9,}(?: 450)*$/, 'unknown as often as it takes to alarm; then what answers that may meet the session itself');
  await watched.alarm('directory-harvest', { key: { domain: 'evil.example' } });
  const { scope, action } = await watched.gateway.event('measure-added');
  assert.deepEqual([scope, action], ['hostname .evil.example', 'defer']);
  for (const host of ['127.70.0.1', '127.71.0.1']) await until(`${host} is put off`, async () => (await codeFor(host)) === 450);
  assert.equal(await codeFor('127.72.0.1'), 250, 'a name that only ends alike');
  assert.equal(await codeFor('127.73.0.1'), 250, 'a neighbour without a name');
});
