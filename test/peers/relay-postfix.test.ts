// Relay control with a real Postfix behind (missions R1, R2, R4, R10): what may pass is found in a mailbox or outside by its token,
// what may not pass is found nowhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { letter, newToken } from '../harness/letter.ts';
import { missing, peerPath } from '../harness/peer.ts';
import { runProgram, type Owner } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

const skip = missing('postfix', 'smtp-source', 'swaks');

test('relay control before a real Postfix', { skip }, async (t) => {
  const hub = await postfixHub(t);
  const gateway = await startGateway(t, {
    hub: hub.address,
    listeners: { mx: {}, mx6: { host: '::1' }, out: { role: 'submission' }, mine: { host: '127.0.0.3', role: 'smarthost' } },
    tls: true,
    users: { ulla: 'secret' },
  });
  const swaks = async (...args: readonly string[]): Promise<{ readonly code: number | null; readonly token: string; readonly said: string }> => {
    const token = newToken();
    const { code, stdout } = await runProgram(peerPath('swaks'), ['--from', 'x@sender.example', '--header', `X-Test-Token: ${token}`, ...args]);
    return { code, token, said: stdout };
  };
  const mx = ['--server', '127.0.0.1', '--port', String(gateway.port('mx'))];
  const means: readonly (readonly [title: string, args: readonly string[], relays: boolean])[] = [
    ['a stranger', [...mx, '--local-interface', '127.0.0.2'], false],
    ['a stranger on IPv6', ['--server', '::1', '--port', String(gateway.port('mx6'))], false],
    ['an insider', mx, true],
    [
      'a user with a password',
      [
        '--server',
        '127.0.0.1',
        '--port',
        String(gateway.port('out')),
        '--local-interface',
        '127.0.0.2',
        '--tls',
        '--auth',
        'PLAIN',
        '--auth-user',
        'ulla',
        '--auth-password',
        'secret',
      ],
      true,
    ],
    [
      'a user by AUTH LOGIN',
      [
        '--server',
        '127.0.0.1',
        '--port',
        String(gateway.port('out')),
        '--local-interface',
        '127.0.0.2',
        '--tls',
        '--auth',
        'LOGIN',
        '--auth-user',
        'ulla',
        '--auth-password',
        'secret',
      ],
      true,
    ],
    ['who reaches the smart host', ['--server', '127.0.0.3', '--port', String(gateway.port('mine')), '--local-interface', '127.0.0.2'], true],
  ];
  for (const [title, args, relays] of means) {
    await t.test(`${title}: own and customer domains are delivered, the world ${relays ? 'is reached' : 'is not'}`, async () => {
      for (const to of ['anna@hub.example', 'anna@customer.example']) {
        const { code, token, said } = await swaks(...args, '--to', to);
        assert.equal(code, 0, said);
        await hub.delivery('anna', token);
      }
      const { token, said } = await swaks(...args, '--to', 'someone@far.example');
      if (relays) {
        await hub.outside.arrival(token);
        return;
      }
      assert.match(said, /<\*\* 554 5\.7\.1 .*\(ref /);
      assert.equal(
        hub.outside.messages.some((message) => message.token === token),
        false,
      );
    });
  }

  await t.test('nothing bounced', () => assert.equal(hub.outside.backscatter.length, 0));
});

test('amplification: recipients beyond the limit of the client’s class hear 452, the others get their mail', { skip }, async (t) => {
  const users = Array.from({ length: 1100 }, (_, index) => `${index}user`);
  const hub = await postfixHub(t, { users });
  // smtp-source cannot choose its address: one gateway takes it for an insider, the other for a stranger.
  const start = (networks: readonly string[]) =>
    startGateway(t, { hub: hub.address, config: { site: { networks }, limits: { errors: 5000, errorsBeforeDelay: 5000 } } });
  const classes = [
    ['a stranger', await start(['192.0.2.0/24']), 1000, 100],
    ['an insider', await start(['127.0.0.1/32']), 1050, 1000],
  ] as const;
  const served = (): number => users.filter((user) => hub.messages(user).length > 0).length;

  for (const [title, gateway, wanted, limit] of classes) {
    await t.test(`${title} reaches ${limit} of ${wanted}`, async () => {
      await runProgram(
        peerPath('smtp-source'),
        ['-A', '-s', '1', '-m', '1', '-r', String(wanted), '-f', 'bulk@sender.example', '-t', 'user@hub.example', `inet:127.0.0.1:${gateway.port()}`],
        { timeoutMs: 60_000 },
      );
      const finished = await gateway.event('message-finished');
      const refusals = (await gateway.events())
        .filter((event) => event.type === 'stage-judged' && event.reply !== undefined)
        .map((event) => event.type === 'stage-judged' && event.reply?.slice(0, 10));
      assert.deepEqual([finished.recipients.length, refusals.length], [limit, wanted - limit]);
      assert.deepEqual([...new Set(refusals)], ['452 4.5.3 ']);
      assert.equal(finished.outcome, 'delivered');
      await until(`${limit} mailboxes to have it`, () => served() >= limit, 60_000);
      assert.equal(served(), limit);
    });
  }

  await t.test('nothing bounced', () => assert.equal(hub.outside.backscatter.length, 0));
});

/** PROXY protocol v1 in front of a session, as a load balancer writes it. */
const proxyV1 = (source: string, port: number): string => `PROXY TCP4 ${source} 127.0.0.1 ${port} 25\r\n`;

async function sendThroughProxy(t: Owner, port: number, header: string | Buffer, token: string, to = 'anna@hub.example'): Promise<number | undefined> {
  const client = await SmtpClient.connect(t, { port, from: '127.0.0.5' });
  await client.send(header);
  assert.equal((await client.reply()).code, 220);
  await client.ask('EHLO outside.example');
  const { rcpt, end } = await client.transact({ from: 'x@sender.example', to: [to], content: letter({ token }) });
  await client.quit();
  return end?.code ?? rcpt[0]?.code;
}

test('Postfix logs the outside client’s address (R10)', { skip }, async (t) => {
  const hub = await postfixHub(t);
  const listeners = { proxied: { proxyProtocol: { trusted: ['127.0.0.5/32'] } } };
  // Without the balancer's or the gateway's word for the client, Postfix would see 127.0.0.1 alone.
  const cases = [
    ['xforward', '203.0.113.9', /client=\S*\[127\.0\.0\.1\].*orig_client=\S*\[203\.0\.113\.9\]/],
    ['xclient', '203.0.113.10', /client=\S*\[203\.0\.113\.10\]/],
  ] as const;
  for (const [how, address, logged] of cases) {
    await t.test(`by ${how.toUpperCase()}`, async (t2) => {
      const gateway = await startGateway(t2, { hub: hub.address, listeners, config: { hub: { [how]: true } } });
      const token = newToken();
      assert.equal(await sendThroughProxy(t2, gateway.port(), proxyV1(address, 4321), token), 250);
      await hub.delivery('anna', token);
      await until(`Postfix to log ${address}`, () => logged.test(hub.log()));
      assert.match(
        hub
          .messages('anna')
          .map(String)
          .find((message) => message.includes(token)) ?? '',
        new RegExp(`^Received: from outside\\.example \\(unknown \\[${address.replaceAll('.', '\\.')}\\]:4321\\)`, 'm'),
        'and so does our own line',
      );
    });
  }

  await t.test('a hub that is told by XCLIENT judges the client itself: it would not relay for a stranger', async (t2) => {
    const gateway = await startGateway(t2, { hub: hub.address, listeners, config: { hub: { xclient: true } } });
    assert.equal(await sendThroughProxy(t2, gateway.port(), proxyV1('203.0.113.11', 4321), newToken(), 'someone@far.example'), 554);
  });
});
