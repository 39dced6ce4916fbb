// Logging is raised in a real Postfix for what an incident concerns, and lowered after it (mission X4): the client stands in debug_peer_list
// while the incident is open, its dialogue is in Postfix's log, and the operator's own entries are not touched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { missing, peerPath } from '../harness/peer.ts';
import { runProgram } from '../harness/scratch.ts';
import { SmtpClient } from '../harness/smtp-client.ts';
import { until } from '../harness/until.ts';

test('debug_peer_list has the client of an open incident, and gives it back', { skip: missing('postfix') }, async (t) => {
  const hub = await postfixHub(t, { settings: { debug_peer_list: 'watched.example' } });
  const gateway = await startGateway(t, {
    hub: hub.address,
    config: {
      respond: { postfixDebugPeers: { configDir: hub.config } },
      limits: { errors: 200, errorsBeforeDelay: 200 },
    },
  });
  const list = async (): Promise<string> =>
    (await runProgram(peerPath('postfix').replace(/postfix$/, 'postconf'), ['-c', hub.config, '-h', 'debug_peer_list'])).stdout.trim();
  const client = await SmtpClient.greet(t, { port: gateway.port(), from: '127.0.0.2' });
  await client.ask('MAIL FROM:<guess@bad.example>');
  for (let n = 0; n < 15; n++) await client.ask(`RCPT TO:<nobody${n}@hub.example>`);

  await until('the client to stand in the list', async () => (await list()) === 'watched.example, 127.0.0.0/24');
  await gateway.event('log-focus', ({ keys }) => keys.includes('network 127.0.0.0/24'));
  // Whoever comes from that network is written down, a line for every line.
  await until('Postfix to log the dialogue', async () => {
    const watched = await SmtpClient.greet(t, { port: hub.port, from: '127.0.0.3' });
    watched.reset();
    return /smtpd\[\d+\]: < \S+\[127\.0\.0\.3\]: EHLO/.test(hub.log());
  });

  const { stdout } = await gateway.command('incident', 'list', '--json');
  for (const line of stdout.trim().split('\n')) {
    const { id } = JSON.parse(line) as { readonly id: string };
    assert.equal((await gateway.command('incident', 'close', id)).code, 0);
  }
  await until('the entry to be taken back', async () => (await list()) === 'watched.example');
  await gateway.event('log-focus', ({ total }) => total === 0);
});
