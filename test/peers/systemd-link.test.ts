// A service manager's own program, systemd-notify, and a real datagram socket as the manager opens one: what it hears of a start, a reload and an end.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { requirePeers } from '../harness/peer.ts';
import { scratchDirectory, startProcess } from '../harness/scratch.ts';
import { until } from '../harness/until.ts';

/** Binds a datagram socket at its argument and prints a line a message. */
const listener = `use Socket; $| = 1; socket(my $s, PF_UNIX, SOCK_DGRAM, 0) or die $!; bind($s, sockaddr_un($ARGV[0])) or die $!;
print "listening\\n"; while (defined recv($s, my $m, 4096, 0)) { $m =~ s/\\n/|/g; print "$m\\n"; }`;

test('systemd hears when the gateway is ready, reloads, stops, how it stands, and that it lives', async (t) => {
  if (!requirePeers(t, 'systemd-notify', 'perl')) return;
  const socket = join(scratchDirectory(t, 'notify'), 'notify.sock');
  const heard: string[] = [];
  const child = startProcess(t, 'perl', ['-e', listener, socket]);
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    heard.push(...lines.filter((line) => line !== 'BARRIER=1'));
  });
  await until('the socket', () => heard.includes('listening'));

  const gateway = await startGateway(t, { hub: '127.0.0.1:1', env: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1500000' } });
  await until('ready', () => heard[1] === 'READY=1');
  await until('two signs of life', () => heard.filter((line) => line === 'WATCHDOG=1').length >= 2);
  assert.ok(heard.some((line) => line.startsWith('STATUS=taking mail')));

  const before = heard.length;
  assert.equal(await gateway.reload(), 'config-loaded');
  await until('reloading, then ready', () => {
    const since = heard.slice(before);
    return since.includes('RELOADING=1') && since.lastIndexOf('READY=1') > since.indexOf('RELOADING=1');
  });
  assert.equal(await gateway.stop(), 0);
  await until('stopping', () => heard.at(-1) === 'STOPPING=1');
});
