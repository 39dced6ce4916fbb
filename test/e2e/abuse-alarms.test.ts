// Abuse over the wire, by real clients at the whole gateway: what the doors write down is what the detectors alarm on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '../../src/model/alarm.ts';
import { startFakeHub } from '../harness/fake-hub.ts';
import { startGateway, type Gateway } from '../harness/gateway.ts';
import { SmtpClient } from '../harness/smtp-client.ts';

const alarmOf = async (gateway: Gateway, detector: string, level: Alarm['level']): Promise<Alarm> =>
  (await gateway.event('alarm-raised', ({ alarm }) => alarm.detector === detector && alarm.level === level)).alarm;

test('strangers who guess, harvest, probe and mistake us for a web server are told of within the session', async (t) => {
  await using hub = await startFakeHub({
    script: { RCPT: ({ recipient }) => (recipient.startsWith('anna') ? undefined : { reply: '550 5.1.1 no such user' }) },
  });
  const gateway = await startGateway(t, {
    hub: `127.0.0.1:${hub.port}`,
    listeners: { mx: {}, out: { role: 'submission' } },
    users: { anna: 'pencil' },
    config: { limits: { errors: 100, errorsBeforeDelay: 100 } },
  });
  const connect = (from: string, name = 'mx'): Promise<SmtpClient> => SmtpClient.greet(t, { port: gateway.port(name), from });

  await t.test('a dictionary of names: directory-harvest at the tenth', async () => {
    const client = await connect('127.0.7.1');
    assert.equal((await client.ask('MAIL FROM:<x@sender.example>')).code, 250);
    for (let number = 0; number < 10; number++) assert.equal((await client.ask(`RCPT TO:<name${number}@hub.example>`)).code, 550);
    const { key, count, samples } = await alarmOf(gateway, 'directory-harvest', 'alert');
    assert.deepEqual([key, count, samples.length], [{ network: '127.0.7.0/24' }, 10, 10]);
  });

  await t.test('three foreign domains: relay-attempts', async () => {
    const client = await connect('127.0.8.1');
    assert.equal((await client.ask('MAIL FROM:<x@sender.example>')).code, 250);
    for (const domain of ['one.example', 'two.example', 'three.example']) assert.equal((await client.ask(`RCPT TO:<a@${domain}>`)).code, 554);
    assert.deepEqual((await alarmOf(gateway, 'relay-attempts', 'alert')).key, { ip: '127.0.8.1' });
  });

  await t.test('passwords that do not fit: password-guessing', async () => {
    for (let number = 0; number < 6; number++) {
      const client = await connect('127.0.9.1', 'out');
      assert.equal((await client.ask(`AUTH PLAIN ${Buffer.from(`\0anna\0guess${number}`).toString('base64')}`)).code, 535);
      await client.quit();
    }
    assert.deepEqual((await alarmOf(gateway, 'password-guessing', 'alert')).key, { ip: '127.0.9.1' });
  });

  await t.test('a browser: rude-client', async () => {
    const client = await connect('127.0.10.1');
    assert.equal((await client.ask('GET / HTTP/1.1')).code, 500);
    await gateway.event('alarm-raised', ({ alarm }) => alarm.detector === 'rude-client' && alarm.level === 'alert' && alarm.key.ip === '127.0.10.1');
  });

  await t.test('thirty connections in a row: connection-flood', async () => {
    for (let number = 0; number < 31; number++) await (await connect('127.0.11.1')).quit();
    await gateway.event('alarm-raised', ({ alarm }) => alarm.detector === 'connection-flood' && alarm.level === 'alert' && alarm.key.ip === '127.0.11.1');
  });
});
