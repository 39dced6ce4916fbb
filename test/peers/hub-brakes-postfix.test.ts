// What `audit hub-brakes` proposes for Postfix, written into a real one and provoked: each limit shows in its log (mission L9). A small machine
// is pretended, so that the proposals are tight.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Machine } from '../../src/audit/brakes/brake.ts';
import { gatewayNetworks, hold, message, proposals, provoke, shows, smallMachine, source, talk } from '../harness/brakes.ts';
import { postfixHub, type PostfixHub } from '../harness/hubs/postfix.ts';
import { requirePeers } from '../harness/peer.ts';
import type { Owner } from '../harness/scratch.ts';
import { smallDisk } from '../harness/simulated-machine.ts';

// smtp-source numbers its recipients.
const users = ['anna', ...Array.from({ length: 50 }, (_, index) => `${index + 1}anna`)];
/** The audit proposes what is not written right: here what stands right in a new Postfix. */
const wrong = 'smtpd_recipient_limit = 50\nanvil_rate_time_unit = 5s\nsmtpd_timeout = 10\nmessage_size_limit = 1\n';
type Settings = Readonly<Record<string, string>>;

async function hubWith(
  owner: Owner,
  machine: Machine,
  more: Settings = {},
  everywhere = false,
): Promise<{ readonly hub: PostfixHub; use(machine: Machine): Promise<void> }> {
  const settings = (of: Machine): Settings => ({
    // Whom Postfix lets say XCLIENT, it does not count.
    smtpd_authorized_xclient_hosts: '127.0.0.9',
    ...Object.fromEntries(proposals('postfix', of, wrong).map(({ setting, proposed }) => [setting, proposed])),
    ...more,
  });
  const hub = await postfixHub(owner, { networks: gatewayNetworks, users, everywhere, settings: settings(machine) });
  const use = async (next: Machine): Promise<void> => {
    hub.set(settings(next));
    await hub.restart(); // anvil begins anew
  };
  return { hub, use };
}

test('Postfix shows the proposed limits of one client in its log', async (t) => {
  if (!requirePeers(t, 'postfix', 'smtp-source')) return;
  const { hub, use } = await hubWith(t, smallMachine, { anvil_status_update_time: '1s' });
  await t.test('smtpd_client_recipient_rate_limit', async () => {
    await source(hub.port, '-d', '-m', '7', '-r', '50');
    await shows(hub.log, /Recipient address rate limit exceeded: 301 from/);
  });
  await t.test('anvil_rate_time_unit', async () => {
    await provoke(hub.log, /statistics: max connection rate \d+\/60s for/, () => talk(hub.port, ['QUIT']));
  });
  await t.test('message_size_limit', async () => {
    await use(smallMachine);
    await source(hub.port, '-m', '1', '-l', '100000');
    await shows(hub.log, /queue file size limit exceeded|Message size exceeds fixed limit/);
  });
  await t.test('smtpd_client_message_rate_limit', async () => {
    await source(hub.port, '-d', '-m', '110');
    await shows(hub.log, /Message delivery request rate limit exceeded: 101 from/);
  });
  await t.test('smtpd_client_connection_rate_limit', async () => {
    await use(smallMachine);
    await source(hub.port, '-m', '70');
    await shows(hub.log, /Connection rate limit exceeded: 61 from/);
  });
});

test('Postfix shows the proposed limits of one session in its log', async (t) => {
  if (!requirePeers(t, 'postfix')) return;
  const { hub } = await hubWith(t, smallMachine, { smtpd_client_recipient_rate_limit: '0' });
  await t.test('smtpd_hard_error_limit', async () => {
    await talk(hub.port, ['HELO a.example', 'MAIL FROM:<a@a.example>', ...Array.from({ length: 101 }, () => 'RCPT TO:<nobody@hub.example>')]);
    await shows(hub.log, /too many errors after RCPT/);
  });
  await t.test('smtpd_recipient_limit', async () => {
    // Beyond the limit each hears 452, and Postfix says nothing; what comes behind smtpd_recipient_overshoot_limit (1000) are errors.
    const before = hub.log().length;
    const heard = await talk(hub.port, ['HELO a.example', 'MAIL FROM:<a@a.example>', ...Array.from({ length: 2101 }, () => 'RCPT TO:<anna@hub.example>')]);
    assert.equal(
      heard.findIndex((reply) => reply.startsWith('452 4.5.3 ')),
      2 + 1 + 1000,
      'the first thousand are taken',
    );
    await shows(() => hub.log().slice(before), /too many errors after RCPT/);
  });
});

test('Postfix shows the proposed limits of processes and connections in its log', async (t) => {
  if (!requirePeers(t, 'postfix')) return;
  const { hub, use } = await hubWith(t, smallMachine, {}, true);
  await t.test('default_process_limit', async (held) => {
    const letGo = await hold(held, hub.port, 14);
    await shows(hub.log, /has reached its process limit "12"/);
    letGo();
  });
  await t.test('smtpd_client_connection_count_limit, and the gateway is excepted', async (held) => {
    await use({ ...smallMachine, gatewayConnections: 40 });
    await hold(held, hub.port, 22, '127.0.0.9');
    await hold(held, hub.port, 22);
    await shows(hub.log, /Connection concurrency limit exceeded: 21 from \S*\[127\.0\.0\.1\]/);
    assert.doesNotMatch(hub.log(), /limit exceeded: \d+ from \S*\[127\.0\.0\.9\]/);
  });
});

test('Postfix shows in its log that a silent client is cut off after ten seconds of stress', async (t) => {
  if (!requirePeers(t, 'postfix')) return;
  const { hub } = await hubWith(t, smallMachine, { stress: 'yes' });
  await hold(t, hub.port, 1);
  await shows(hub.log, /timeout after CONNECT from \S*\[127\.0\.0\.1\]/, 15_000);
});

test('Postfix shows in its log that the free space is below queue_minfree', async (t) => {
  if (!requirePeers(t, 'postfix', 'mount')) return;
  const mib = 1024 ** 2;
  const disk = await smallDisk(t, 16 * mib);
  // 1.5 of its largest messages are kept free anyway, 1.6 MiB here, and four are proposed.
  const { hub } = await hubWith(t, { ...smallMachine, messageBytes: mib }, { queue_directory: `${disk.path}/queue` });
  const low = /452 4\.3\.1 Insufficient system storage/;
  await disk.leave(6 * mib);
  await talk(hub.port, message(['anna']), '127.0.0.9');
  assert.doesNotMatch(hub.log(), low, 'six MiB are free');
  await disk.leave(3 * mib);
  await talk(hub.port, message(['anna']), '127.0.0.9');
  await shows(hub.log, low);
});
