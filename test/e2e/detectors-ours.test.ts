// What goes wrong with our own, over the wire (missions D7, D8, D9, D12, D13, D14): a stolen account, a script that sends, reports that come back and
// that leave, infected machines, a hub that dies. 127.0.0.1 plays a machine of ours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounce, forgedHeader } from '../harness/bounce.ts';
import { startFakeClamd } from '../harness/fake-clamd.ts';
import { letter } from '../harness/letter.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { assertInnocent, networksFrom, someText, startWatched, type Watched } from '../harness/watched-gateway.ts';

const ourMachine = '127.0.0.1';
const strangers = (count: number, domain: string): readonly string[] => Array.from({ length: count }, (_, number) => `s${number}@${domain}`);

async function logIn(context: { after(done: () => void): void }, { gateway }: Watched, user: string, from: string): Promise<SmtpClient> {
  const client = await SmtpClient.greet(context, { port: gateway.port('out'), from });
  assert.equal((await client.ask(`AUTH PLAIN ${Buffer.from(`\0${user}\0pencil`).toString('base64')}`)).code, 235);
  return client;
}

test('what our own do wrong is told of, and who does right beside it is not', async (t) => {
  const clamd = await startFakeClamd(t);
  const watched = await startWatched(t, {
    listeners: { mx: {}, out: { role: 'submission' } },
    users: { anna: 'pencil', bob: 'pencil', ben: 'pencil' },
    config: {
      viruses: { clamd, action: 'reject', leaving: 'reject' },
      quotas: { user: { externalRecipientsPerHour: 0, recipientsPerDay: 0 } },
      senderAuthentication: { perSecond: 0 },
    },
    hubScript: { RCPT: ({ line }) => (line.includes('@nowhere.example') ? '550 5.1.1 no such user' : undefined) },
  });
  const { send, alarm, greet } = watched;

  await t.test('an account writes one text to many strangers from a network it never came from: stolen-account within 250', async () => {
    const usual = await logIn(t, watched, 'anna', '127.31.0.1');
    await usual.transact({ from: 'anna@hub.example', to: ['friend@far.example'], content: letter({ from: 'anna@hub.example', body: someText() }) });
    await usual.quit();
    const neighbour = await logIn(t, watched, 'ben', '127.31.0.2');
    for (let number = 0; number < 5; number++)
      await neighbour.transact({ from: 'ben@hub.example', to: [`p${number}@far.example`], content: letter({ from: 'ben@hub.example', body: someText() }) });
    const offer = someText();
    const thief = await logIn(t, watched, 'anna', '127.32.0.1');
    for (let number = 0; number < 25; number++) {
      const content = letter({ from: 'anna@hub.example', subject: 'An offer', body: offer });
      assert.equal((await thief.transact({ from: 'anna@hub.example', to: strangers(10, `there${number}.example`), content })).end?.code, 250);
    }
    const { counts, because } = await alarm('stolen-account', { key: { user: 'anna' } });
    assert.ok((counts['strangers']?.est ?? 999) <= 250, because);
  });

  await t.test('a script on our web server writes to strangers: injector-abuse at the hundredth', async () => {
    const headers = ['X-PHP-Originating-Script: 33:contact.php'];
    for (let number = 0; number < 10; number++)
      await send({
        host: ourMachine,
        sender: 'www@hub.example',
        from: 'www@hub.example',
        recipients: strangers(10, `shop${number}.example`),
        headers,
        body: someText(),
      });
    const { count, key } = (await watched.gateway.event('alarm-raised', (event) => event.alarm.detector === 'injector-abuse' && event.alarm.level === 'alert'))
      .alarm;
    assert.equal(count, 100);
    assert.equal(key.ip, ourMachine);
    assert.match(key.injector ?? '', /contact\.php/);
  });

  await t.test('reports come back on mail that was never sent: backscatter-flood at the hundredth', async () => {
    const to = 'carl@hub.example';
    const victim = { from: to, to: 'x@far.example', subject: 'Cheap', ip: '192.0.2.66' };
    for (const host of networksFrom(33, 10)) {
      const client = await greet(host);
      for (let number = 0; number < 10; number++)
        assert.equal(
          (await client.transact({ from: '', to: [to], content: bounce({ to, failed: 'x@far.example', returned: forgedHeader(victim) }) })).end?.code,
          250,
        );
      await client.quit();
    }
    const { count, spoofable } = await alarm('backscatter-flood', { key: { recipient: to } });
    assert.equal(count, 100);
    assert.equal(spoofable, true, 'the servers that report were lied to');
  });

  await t.test('our hub reports to strangers: self-backscatter at the fifth', async () => {
    const content = (to: string): Buffer =>
      bounce({
        to,
        failed: 'gone@hub.example',
        returned: forgedHeader({ from: to, to: 'gone@hub.example', subject: 'Hi', ip: '192.0.2.1' }),
        by: 'hub.hub.example',
      });
    const client = await greet(ourMachine);
    for (let number = 0; number < 5; number++)
      await client.transact({ from: '', to: [`who${number}@far.example`], content: content(`who${number}@far.example`) });
    await client.quit();
    assert.equal((await alarm('self-backscatter', { key: { site: true } })).count, 5);
  });

  await t.test('and nobody takes these reports: double-bounces after at most twelve', async () => {
    const client = await greet(ourMachine);
    for (let number = 0; number < 12; number++) {
      const to = `made-up${number}@nowhere.example`;
      await client.transact({
        from: '',
        to: [to],
        content: bounce({ to, failed: 'gone@hub.example', returned: forgedHeader({ from: to, to: 'gone@hub.example', subject: 'Hi', ip: '192.0.2.1' }) }),
      });
    }
    const { count } = await alarm('double-bounces', { key: { site: true } });
    assert.ok(count <= 12, `after ${count}`);
  });

  await t.test('thirty messages with one virus: virus-storm at the thirtieth; the first of a user of ours is enough', async () => {
    for (const host of networksFrom(34, 30)) await send({ host, recipients: ['dora@hub.example'], headers: ['X-Infected: Worm.Test-1'], answer: 550 });
    assert.equal((await alarm('virus-storm', { key: { message: 'Worm.Test-1' } })).count, 30);
    const bob = await logIn(t, watched, 'bob', '127.31.0.3');
    await bob.transact({
      from: 'bob@hub.example',
      to: ['friend@far.example'],
      content: letter({ from: 'bob@hub.example', headers: ['X-Infected: Worm.Test-2'] }),
    });
    assert.equal((await alarm('virus-storm', { key: { user: 'bob' } })).count, 1);
  });

  await t.test('the neighbour who wrote to five people is nobody’s alarm', () => assertInnocent(watched, 'ben', '127.31.0.2'));

  await t.test('the hub dies: hub-distress after five failures in a row', async () => {
    const client = await greet('127.35.0.1');
    assert.equal((await client.transact({ from: 'p@far.example', to: ['erna@hub.example'], content: letter() })).end?.code, 250);
    await watched.hub.close();
    for (let number = 0; number < 6; number++) await client.transact({ from: 'p@far.example', to: ['erna@hub.example'], content: letter() });
    const { statistic } = await alarm('hub-distress', { key: { route: 'hub' } });
    assert.deepEqual([statistic.name, statistic.value], ['unreachable-in-a-row', 5]);
  });
});
