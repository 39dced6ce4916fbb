// What `audit hub-brakes` proposes for Exim, written into a real one and provoked: each limit shows in its log (mission L9). A small machine is
// pretended, so that the proposals are tight; the load average Exim sees is the test's.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Machine } from '../../src/audit/brakes/brake.ts';
import { gatewayAddress, gatewayNetworks, hold, message, proposals, shows, smallMachine, source, talk } from '../harness/brakes.ts';
import { eximHub } from '../harness/hubs/exim.ts';
import type { Hub, HubOptions } from '../harness/hubs/hub.ts';
import { mailUid } from '../harness/hubs/unpacked.ts';
import { requirePeers } from '../harness/peer.ts';
import { atEnd } from '../harness/scratch.ts';
import { simulatedLoad, smallDisk, syslogHeard } from '../harness/simulated-machine.ts';

/** The audit proposes what is not written right. */
const wrong = 'recipients_max = 0\ncheck_spool_space = 0\n';

async function stage(
  t: TestContext,
  machine: Machine = smallMachine,
  more: HubOptions = {},
): Promise<{ readonly hub: Hub; readonly load: ReturnType<typeof simulatedLoad> }> {
  const load = simulatedLoad(t, 0);
  const lines = [...proposals('exim', machine, wrong).map(({ line }) => line), ...(more.lines ?? [])];
  return { load, hub: await eximHub(t, { networks: gatewayNetworks, ...more, lines, overlays: [...load.overlays, ...(more.overlays ?? [])] }) };
}

test('Exim shows the proposed limits of sessions and messages in its log', async (t) => {
  if (!requirePeers(t, 'exim', 'smtp-source')) return;
  const { hub } = await stage(t);
  await t.test('recipients_max', async () => {
    await talk(hub.port, ['HELO a.example', 'MAIL FROM:<a@a.example>', ...Array.from({ length: 1001 }, () => 'RCPT TO:<anna@hub.example>'), 'QUIT']);
    await shows(hub.log, /too many recipients/);
  });
  await t.test('message_size_limit', async () => {
    await source(hub.port, '-m', '1', '-l', '100000');
    await shows(hub.log, /message too big: read=\d+ max=69632/);
  });
  await t.test('smtp_accept_max_per_host', async (held) => {
    const letGo = await hold(held, hub.port, 11);
    await shows(hub.log, /Connection from \S*127\.0\.0\.1\S* refused: too many connections from that IP address/);
    letGo();
  });
  await t.test('smtp_accept_max with its reserve, which lets the gateway in', async (held) => {
    await hold(held, hub.port, 9, '127.0.0.3');
    await hold(held, hub.port, 5, '127.0.0.2');
    await shows(hub.log, /127\.0\.0\.2\S*(?: refused)?: (?:too many connections|not in reserve list)/);
    assert.match(await greetingFor(held, hub), /^220 /);
  });
});

test('Exim shows smtp_accept_queue in its log', async (t) => {
  if (!requirePeers(t, 'exim')) return;
  const { hub } = await stage(t, { ...smallMachine, gatewayConnections: 12 });
  await hold(t, hub.port, 9);
  await hold(t, hub.port, 5, gatewayAddress);
  await talk(hub.port, message(['anna']), gatewayAddress);
  await shows(hub.log, /no immediate delivery: too many connections \(\d+, max 12\)/);
});

test('Exim shows the proposed load thresholds in its log', async (t) => {
  if (!requirePeers(t, 'exim')) return;
  const { hub, load } = await stage(t);
  load.set(9);
  await t.test('smtp_load_reserve, which lets the gateway in', async (held) => {
    await hold(held, hub.port, 1);
    await shows(hub.log, /127\.0\.0\.1\S* not in reserve list and load average = 9\.00/);
    assert.match(await greetingFor(held, hub), /^220 /);
  });
  await t.test('queue_only_load', async () => {
    await talk(hub.port, message(['anna']), gatewayAddress);
    await shows(hub.log, /no immediate delivery: load average 9\.00/);
  });
  await t.test('deliver_queue_load_max', async () => {
    await hub.stop();
    await hub.start().catch(() => undefined); // the first queue run is at the start; a stranger, who looks whether it answers, is refused
    await shows(hub.log, /Abandon queue run: .*\(load 9\.00, max 8\.00\)/, 10_000);
  });
});

test('Exim shows in its log that the free space is below check_spool_space', async (t) => {
  if (!requirePeers(t, 'exim', 'mount', 'perl')) return;
  const mib = 1024 ** 2;
  const disk = await smallDisk(t, 10 * mib, mailUid);
  const syslog = await syslogHeard(t); // its log must not lie on that disk
  const lines = ['log_file_path = syslog', 'check_log_space = 0', 'check_log_inodes = 0'];
  const overlays = [...syslog.overlays, { from: disk.path, over: '/var/spool/exim' }];
  const { hub } = await stage(t, { ...smallMachine, messageBytes: mib }, { lines, overlays });
  const low = /spool directory space check failed: space=\d+/;
  await disk.leave(6 * mib);
  await talk(hub.port, message(['anna']), gatewayAddress);
  assert.doesNotMatch(syslog.log(), low, 'six MiB are free');
  await disk.leave(3 * mib);
  await talk(hub.port, message(['anna']), gatewayAddress);
  await shows(syslog.log, low);
});

test('Exim shows smtp_receive_timeout in its log', async (t) => {
  if (!requirePeers(t, 'exim')) return;
  const { hub } = await stage(t, smallMachine, { lines: ['smtp_receive_timeout = 2s'] });
  await hold(t, hub.port, 1);
  await shows(hub.log, /SMTP command timeout on connection from/);
});

async function greetingFor(owner: Parameters<typeof hold>[0], hub: Hub): Promise<string> {
  const gateway = connect({ port: hub.port, host: '127.0.0.1', localAddress: gatewayAddress });
  atEnd(owner, () => gateway.destroy());
  return String((await once(gateway, 'data'))[0]);
}
