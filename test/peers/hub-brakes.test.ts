// What `audit hub-brakes` proposes, written into real servers and provoked: each limit shows in the server's own log (mission L9).
// A small machine is pretended, so that the proposals are tight. What load averages and full disks trigger is not provoked here.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import type { HubProduct, Machine } from '../../src/audit/brakes/brake.ts';
import { judgeBrakes } from '../../src/audit/brakes/judge.ts';
import { eximHub } from '../harness/hubs/exim.ts';
import { postfixHub } from '../harness/hubs/postfix.ts';
import { sendmailHub } from '../harness/hubs/sendmail.ts';
import { peerPath, requirePeers } from '../harness/peer.ts';
import { atEnd, runProgram, type Owner } from '../harness/scratch.ts';
import { until } from '../harness/until.ts';

const small: Machine = { processors: 1, memoryMiB: 100, gatewayConnections: 2, gatewayAddress: '127.0.0.9', messageBytes: 4096 };
/** Only the gateway is inside: what comes from 127.0.0.1 is a stranger to the brakes. */
const networks = ['127.0.0.9/32'];

const proposals = (hub: HubProduct, machine: Machine, text = ''): readonly { setting: string; proposed: string; line: string }[] =>
  judgeBrakes(hub, [text], machine).flatMap(({ setting, proposed, line }) => (proposed === null || line === null ? [] : [{ setting, proposed, line }]));

/** Ends with an error as soon as the server refuses: that is what is wanted here. */
const source = (port: number, ...args: readonly string[]) =>
  runProgram(peerPath('smtp-source'), ['-f', 'alice@sender.example', '-t', 'anna@hub.example', ...args, `127.0.0.1:${port}`], { timeoutMs: 20_000 });

/** Sessions that say nothing and stay; those that are refused are as welcome. */
async function hold(owner: Owner, port: number, count: number, localAddress = '127.0.0.1'): Promise<void> {
  const sockets: Socket[] = [];
  atEnd(owner, () => sockets.forEach((socket) => socket.destroy()));
  for (let opened = 0; opened < count; opened++) {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('error', () => undefined).resume();
    sockets.push(socket);
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  }
}

const shows = (log: () => string, words: RegExp): Promise<true> =>
  until(`${words.source} in the log`, () => words.test(log()), 5000).catch(() => {
    throw new Error(`${words.source} is not in the log, which ends:\n${log().split('\n').slice(-15).join('\n')}`);
  });

test('Postfix shows the proposed limits in its log', async (t) => {
  if (!requirePeers(t, 'postfix', 'smtp-source')) return;
  // smtp-source numbers its recipients.
  const hub = await postfixHub(t, { networks, users: ['anna', ...Array.from({ length: 50 }, (_, index) => `${index + 1}anna`)] });
  // Whom Postfix lets say XCLIENT, it does not count.
  hub.set({ smtpd_authorized_xclient_hosts: '127.0.0.9' });
  const use = async (machine: Machine): Promise<void> => {
    hub.set({ ...Object.fromEntries(proposals('postfix', machine).map(({ setting, proposed }) => [setting, proposed])), queue_minfree: '0' });
    await hub.restart(); // anvil begins anew
  };
  await use(small);
  await t.test('smtpd_client_recipient_rate_limit', async () => {
    await source(hub.port, '-d', '-m', '7', '-r', '50');
    await shows(hub.log, /Recipient address rate limit exceeded: 301 from/);
  });
  await t.test('message_size_limit', async () => {
    await use(small);
    await source(hub.port, '-m', '1', '-l', '100000');
    await shows(hub.log, /queue file size limit exceeded|Message size exceeds fixed limit/);
  });
  await t.test('smtpd_client_message_rate_limit', async () => {
    await source(hub.port, '-d', '-m', '110');
    await shows(hub.log, /Message delivery request rate limit exceeded: 101 from/);
  });
  await t.test('smtpd_client_connection_rate_limit', async () => {
    await use(small);
    await source(hub.port, '-m', '70');
    await shows(hub.log, /Connection rate limit exceeded: 61 from/);
  });
  await t.test('smtpd_hard_error_limit', async () => {
    await use(small);
    await talk(hub.port, ['HELO a.example', 'MAIL FROM:<a@a.example>', ...Array.from({ length: 101 }, () => 'RCPT TO:<nobody@hub.example>')]);
    await shows(hub.log, /too many errors after RCPT/);
  });
  await t.test('smtpd_client_connection_count_limit, and the gateway is excepted', async (held) => {
    await use({ ...small, gatewayConnections: 40 });
    await hold(held, hub.port, 22, '127.0.0.9');
    await hold(held, hub.port, 22);
    await shows(hub.log, /Connection concurrency limit exceeded: 21 from \S*\[127\.0\.0\.1\]/);
    assert.doesNotMatch(hub.log(), /limit exceeded: \d+ from \S*\[127\.0\.0\.9\]/);
  });
});

test('Exim shows the proposed limits in its log', async (t) => {
  if (!requirePeers(t, 'exim', 'smtp-source')) return;
  // The machine that runs the test may be under load: these three would then hide the others.
  const lines = proposals('exim', small, 'recipients_max = 0').flatMap(({ setting, line }) => (/load/.test(setting) ? [] : [line]));
  const hub = await eximHub(t, { networks, lines });
  await t.test('recipients_max', async () => {
    await talk(hub.port, ['HELO a.example', 'MAIL FROM:<a@a.example>', ...Array.from({ length: 1001 }, () => 'RCPT TO:<anna@hub.example>'), 'QUIT']);
    await shows(hub.log, /too many recipients/);
  });
  await t.test('message_size_limit', async () => {
    await source(hub.port, '-m', '1', '-l', '100000');
    await shows(hub.log, /message too big: read=\d+ max=69632/);
  });
  await t.test('smtp_accept_max_per_host', async (held) => {
    await hold(held, hub.port, 11);
    await shows(hub.log, /Connection from \S*127\.0\.0\.1\S* refused: too many connections from that IP address/);
  });
  await t.test('smtp_accept_max with its reserve, which lets the gateway in', async (held) => {
    await hold(held, hub.port, 9, '127.0.0.3');
    await hold(held, hub.port, 5, '127.0.0.2');
    await shows(hub.log, /127\.0\.0\.2\S*(?: refused)?: (?:too many connections|not in reserve list)/);
    const gateway = connect({ port: hub.port, host: '127.0.0.1', localAddress: '127.0.0.9' });
    atEnd(held, () => gateway.destroy());
    assert.match(String((await once(gateway, 'data'))[0]), /^220 /);
  });
});

test('Sendmail shows the proposed limits in its transcript', async (t) => {
  if (!requirePeers(t, 'sendmail', 'm4', 'smtp-source')) return;
  const lines = proposals('sendmail', small, "define(`confQUEUE_LA', `0')").flatMap(({ setting, line }) => (setting.endsWith('LA') ? [] : [line]));
  const hub = await sendmailHub(t, { networks, lines });
  await t.test('MaxMessageSize', async () => {
    await source(hub.port, '-m', '1', '-l', '100000');
    await shows(hub.log, /552 5\.2\.3 Message (?:size )?exceeds maximum/);
  });
  await t.test('MaxRecipientsPerMessage', async () => {
    await talk(hub.port, ['HELO a.example', 'MAIL FROM:<a@a.example>', ...Array.from({ length: 1001 }, () => 'RCPT TO:<anna@hub.example>'), 'QUIT']);
    await shows(hub.log, /452 4\.5\.3 Too many recipients/);
  });
});

/** Says the lines in turn, each after a reply; ends when they are said or the server hangs up. */
async function talk(port: number, lines: readonly string[]): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  const left = [...lines];
  socket.on('error', () => undefined);
  socket.on('data', () => {
    const line = left.shift();
    if (line === undefined) socket.end();
    else socket.write(`${line}\r\n`);
  });
  await new Promise((resolve) => socket.once('close', resolve)); // being cut off is what some of them are after
}
