// What `audit hub-brakes` proposes for Sendmail, written into a real one and provoked: each limit shows in its log (mission L9). Sendmail
// logs to syslog alone, so it has a /dev/log of ours; the load average it sees is the test's.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Machine } from '../../src/audit/brakes/brake.ts';
import { gatewayAddress, gatewayNetworks, hold, message, proposals, provoke, shows, smallMachine, source, talk } from '../harness/brakes.ts';
import type { Hub } from '../harness/hubs/hub.ts';
import { sendmailHub } from '../harness/hubs/sendmail.ts';
import { requirePeers } from '../harness/peer.ts';
import { atEnd } from '../harness/scratch.ts';
import { simulatedLoad, smallDisk, syslogHeard } from '../harness/simulated-machine.ts';

const users = ['anna', 'bert', 'carl', 'dora', 'emil', 'fred', 'postmaster'];
/** The audit proposes what is not written right: here all that it can. */
const wrong = "define(`confQUEUE_LA', `0')dnl\ndefine(`confREFUSE_LA', `0')dnl\ndefine(`confMIN_FREE_BLOCKS', `0')dnl\n";

interface Stage {
  readonly hub: Hub;
  readonly load: ReturnType<typeof simulatedLoad>;
  readonly log: () => string;
}

async function stage(t: TestContext, machine: Machine = smallMachine, more: Partial<Parameters<typeof sendmailHub>[1]> = {}): Promise<Stage> {
  const load = simulatedLoad(t, 0);
  const syslog = await syslogHeard(t);
  const lines = [...proposals('sendmail', machine, wrong).map(({ line }) => line), ...(more.lines ?? [])];
  const overlays = [...load.overlays, ...syslog.overlays, ...(more.overlays ?? [])];
  const hub = await sendmailHub(t, { networks: gatewayNetworks, users, ...more, lines, overlays });
  return { hub, load, log: syslog.log };
}

test('Sendmail shows the proposed limits of one session in its log', async (t) => {
  if (!requirePeers(t, 'sendmail', 'm4', 'smtp-source', 'perl')) return;
  const { hub, log } = await stage(t);
  await t.test('BadRcptThrottle', async () => {
    const unknown = Array.from({ length: 21 }, (_, index) => `RCPT TO:<nobody${index}@hub.example>`);
    await talk(hub.port, ['HELO a.example', 'MAIL FROM:<a@a.example>', ...unknown, 'QUIT']);
    await shows(log, /Possible SMTP RCPT flood, throttling/);
  });
  await t.test('MaxMessageSize', async () => {
    await source(hub.port, '-m', '1', '-l', '100000');
    await shows(hub.log, /552 5\.2\.3 Message (?:size )?exceeds maximum/); // in its transcript alone
  });
  await t.test('MaxRecipientsPerMessage', async () => {
    await talk(hub.port, ['HELO a.example', 'MAIL FROM:<a@a.example>', ...Array.from({ length: 1001 }, () => 'RCPT TO:<anna@hub.example>'), 'QUIT']);
    await shows(log, /Too many recipients|too many recipients/);
  });
  await t.test('ConnectionRateThrottle and MaxDaemonChildren', async (held) => {
    const letGo = await hold(held, hub.port, 30);
    await shows(log, /deferring connections on daemon MTA: 10 per second/);
    await shows(log, /rejecting connections on daemon MTA: 12 children, max 12/);
    letGo();
  });
});

test('Sendmail shows the proposed load thresholds in its log', async (t) => {
  if (!requirePeers(t, 'sendmail', 'm4', 'perl')) return;
  const { hub, load, log } = await stage(t);
  await t.test('DelayLA', async () => {
    load.set(7);
    await provoke(log, /delaying connections on daemon MTA: load average=7 >= 6/, () => talk(hub.port, ['QUIT']));
  });
  await t.test('QueueLA', async () => {
    load.set(11);
    await provoke(log, /load average=11 >= 6/, () => talk(hub.port, ['HELO a.example', 'QUIT']));
    // The higher the load, the fewer recipients make a message wait: at 11 more than four (QueueFactor 600,000). Sendmail says that it has
    // taken the message, and then nothing: no delivery follows.
    await talk(hub.port, message(users), gatewayAddress);
    await shows(log, /from=<a@a\.example>.* nrcpts=7,/);
    const queued = /: (\w+): from=<a@a\.example>.* nrcpts=7,/.exec(log())?.[1] ?? '';
    // A message to one is delivered at once: by then the other would be as well.
    await talk(hub.port, message(['anna']), gatewayAddress);
    await shows(log, /nrcpts=1,[^]*stat=Sent/);
    assert.doesNotMatch(log(), new RegExp(`${queued}: to=`));
  });
  await t.test('RefuseLA', async () => {
    load.set(13);
    await provoke(log, /rejecting connections on daemon MTA: load average: 13/, () => talk(hub.port, ['QUIT']));
  });
});

test('Sendmail shows in its log that the free space is below MinFreeBlocks', async (t) => {
  if (!requirePeers(t, 'sendmail', 'm4', 'mount', 'perl')) return;
  const mib = 1024 ** 2;
  const disk = await smallDisk(t, 10 * mib);
  const { hub, log } = await stage(t, { ...smallMachine, messageBytes: mib }, { overlays: [{ from: disk.path, over: '/var/spool/mqueue' }] });
  const low = /low on space \(.* needs \d+ bytes \+ 1024 blocks/;
  const offer = () => talk(hub.port, ['EHLO a.example', 'MAIL FROM:<a@a.example> SIZE=1000', 'QUIT']);
  await offer();
  assert.doesNotMatch(log(), low, 'ten MiB are free');
  await disk.leave(3 * mib);
  await hub.restart(); // it looks at the disk every five minutes
  await offer();
  await shows(log, low);
});

test('Sendmail shows its time limits in its log', async (t) => {
  if (!requirePeers(t, 'sendmail', 'm4', 'perl')) return;
  const silent = createServer((socket) => {
    let said = 0;
    socket.on('error', () => undefined).write('220 far.example ESMTP\r\n');
    // Falls silent at RCPT.
    socket.on('data', () => said++ < 2 && socket.write('250 Ok\r\n'));
  }).listen(0, '127.0.0.1');
  atEnd(t, () => silent.close());
  await once(silent, 'listening');
  const { port: wayOut } = silent.address() as AddressInfo;
  const short = ['COMMAND', 'DATABLOCK', 'RCPT'].map((name) => `define(\`confTO_${name}', \`2s')dnl`);
  const { hub, log } = await stage(t, smallMachine, { lines: short, wayOut });
  await t.test('Timeout.command', async (held) => {
    await hold(held, hub.port, 1);
    await shows(log, /timeout waiting for input from .* during server cmd read/i);
  });
  await t.test('Timeout.datablock', async () => {
    await talk(hub.port, [...message(['anna']).slice(0, -2), 'Subject: and then nothing']);
    await shows(log, /timeout waiting for input from .* during (?:message collect|server)/);
  });
  await t.test('Timeout.rcpt', async () => {
    await talk(hub.port, ['HELO a.example', 'MAIL FROM:<a@a.example>', 'RCPT TO:<x@far.example>', 'DATA', 'Subject: x\r\n\r\nx\r\n.', 'QUIT'], gatewayAddress);
    await shows(log, /timeout waiting for input from .* during client RCPT/i, 10_000);
  });
});
