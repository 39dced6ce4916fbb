// Strangers over the wire (missions D4, D5, D6, D10): a harvest from one place and from a botnet, floods, slow and rude clients, relay probes,
// guessed passwords. Each is told of by its detector within its stated number of tries, under the key of who does it; who comes from the next network
// with a stale list, a forgotten password or a typing error is left alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter } from '../harness/letter.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { assertInnocent, networksFrom, startWatched } from '../harness/watched-gateway.ts';

test('strangers who look for a way in are told of, and their neighbours are not', async (t) => {
  const watched = await startWatched(t, {
    listeners: { mx: {}, out: { role: 'submission' } },
    users: { anna: 'pencil', ben: 'pencil' },
    config: {
      timeouts: { command: '1s' },
      senderAuthentication: { perSecond: 0 },
      limits: { errors: 1000, errorsBeforeDelay: 1000, freeDisk: '0' },
    },
    hubScript: { RCPT: ({ line }) => (/<(?:guess|gone|bot)/.test(line) ? '550 5.1.1 no such user' : undefined) },
  });
  const { alarm, greet, gateway } = watched;
  const password = async (from: string, user: string, tried: string): Promise<number> => {
    const client = await greet(from, 'out');
    const { code } = await client.ask(`AUTH PLAIN ${Buffer.from(`\0${user}\0${tried}`).toString('base64')}`);
    await client.quit();
    return code;
  };

  await t.test('innocent first: a list with two old names in ten, a mistyped domain, a phone with its old password', async () => {
    const list = await greet('127.240.0.1');
    assert.equal((await list.ask('MAIL FROM:<news@list.example>')).code, 250);
    for (let number = 0; number < 20; number++) await list.ask(`RCPT TO:<${number % 5 === 0 ? 'gone' : 'reader'}${number}@hub.example>`);
    await list.quit();
    const mistyped = await greet('127.241.0.1');
    await mistyped.ask('MAIL FROM:<p@far.example>');
    assert.equal((await mistyped.ask('RCPT TO:<anna@hbu.example>')).code, 554);
    await mistyped.quit();
    for (let number = 0; number < 12; number++) assert.equal(await password('127.242.0.1', 'ben', 'last-year'), 535);
    for (const host of networksFrom(243, 15)) await (await greet(host)).quit(); // a burst, as when another site lets its queue go
    await gateway.event('session-closed', ({ ip }) => ip === '127.243.14.1');
    assert.deepEqual(await watched.alarms(), []);
  });

  await t.test('a dictionary of names from one network: directory-harvest at the tenth', async () => {
    const client = await greet('127.40.0.1');
    assert.equal((await client.ask('MAIL FROM:<x@sender.example>')).code, 250);
    for (let number = 0; number < 10; number++) assert.equal((await client.ask(`RCPT TO:<guess${number}@hub.example>`)).code, 550);
    assert.equal((await alarm('directory-harvest', { key: { network: '127.40.0.0/24' } })).count, 10);
  });

  await t.test('one name each from forty networks: spread-harvest', async () => {
    for (const [number, host] of networksFrom(41, 40).entries()) {
      const client = await greet(host);
      await client.ask('MAIL FROM:<x@sender.example>');
      assert.equal((await client.ask(`RCPT TO:<bot${number}@hub.example>`)).code, 550);
      client.reset();
    }
    const { count, counts } = await alarm('spread-harvest', { key: { site: true } });
    assert.ok(count <= 40, `after ${count}: ${JSON.stringify(counts)}`);
  });

  await t.test('thirty connections of one host within a minute that bring nothing: connection-flood', async () => {
    for (let number = 0; number < 31; number++) await (await greet('127.42.0.1')).quit();
    const { statistic } = await alarm('connection-flood', { key: { ip: '127.42.0.1' } });
    assert.deepEqual([statistic.name, statistic.value], ['per-minute', 30]);
  });

  await t.test('twenty connections held open at once: connection-flood', async () => {
    for (let number = 0; number < 20; number++) await SmtpClient.connect(t, { port: gateway.port(), from: '127.43.0.1' });
    const { statistic } = await alarm('connection-flood', { key: { ip: '127.43.0.1' } });
    assert.deepEqual([statistic.name, statistic.value], ['at-once', 20]);
  });

  await t.test('five sessions that say nothing until the deadline: slow-clients at the fifth', async () => {
    for (let number = 1; number <= 5; number++) await greet(`127.44.0.${number}`);
    assert.equal((await alarm('slow-clients', { key: { network: '127.44.0.0/24' } })).count, 5);
  });

  await t.test('three foreign domains: relay-attempts at the third', async () => {
    const client = await greet('127.45.0.1');
    await client.ask('MAIL FROM:<x@sender.example>');
    for (const domain of ['one.example', 'two.example', 'three.example']) assert.equal((await client.ask(`RCPT TO:<a@${domain}>`)).code, 554);
    assert.equal((await alarm('relay-attempts', { key: { ip: '127.45.0.1' } })).count, 3);
  });

  await t.test('a browser, and one who is refused for all he says: rude-client', async () => {
    const client = await greet('127.46.0.1');
    assert.equal((await client.ask('GET / HTTP/1.1')).code, 500);
    await alarm('rude-client', { key: { ip: '127.46.0.1' } });
  });

  await t.test('other passwords for one name: password-guessing within six; many names of one network: within 25', async () => {
    for (let number = 0; number < 6; number++) assert.equal(await password('127.47.0.1', 'anna', `guess${number}`), 535);
    assert.ok((await alarm('password-guessing', { key: { ip: '127.47.0.1' } })).count <= 6);
    for (let number = 0; number < 25; number++) assert.equal(await password(`127.48.0.${1 + (number % 12)}`, `name${number}`, 'summer'), 535);
    await alarm('password-guessing', { key: { network: '127.48.0.0/24' } });
  });

  await t.test('the neighbours are nobody’s alarm, and their mail goes on', async () => {
    const client = await greet('127.240.0.1');
    assert.equal((await client.transact({ from: 'news@list.example', to: ['reader1@hub.example'], content: letter() })).end?.code, 250);
    await assertInnocent(watched, '127.240.', '127.241.', '127.242.');
  });
});
