// A router that masquerades what comes in: to the gateway the whole world is one inside address (mission R13). Real address translation
// by nftables, in network namespaces of the test's own.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { connectHosts, makeHost } from '../harness/netns.ts';
import { requirePeers } from '../harness/peer.ts';

/** Runs in the world: fifty strangers, each with an address, a name and a sender of its own, then an attempt to relay. Says the last code. */
const strangers = `
import net from 'node:net';
const [, , host, port] = process.argv;
async function session(number, recipient) {
  const socket = net.connect({ host, port: Number(port), localAddress: '198.51.100.' + (10 + number) });
  const lines = ['EHLO host' + number + '.world.example', 'MAIL FROM:<a@domain' + number + '.example>', 'RCPT TO:<' + recipient + '>', 'QUIT'];
  const codes = [];
  for await (const chunk of socket) {
    for (const line of chunk.toString().split('\\r\\n')) {
      if (!/^\\d{3} /.test(line)) continue;
      codes.push(line.slice(0, 3));
      const next = lines.shift();
      if (next !== undefined) socket.write(next + '\\r\\n');
    }
  }
  return codes[3];
}
for (let number = 0; number < 50; number++) await session(number, 'postmaster@hub.example');
console.log(await session(60, 'victim@far.example'));
`;

test('a masquerading router in front: alarm within 50 sessions, and no relaying through it', async (t) => {
  if (!requirePeers(t, 'ip', 'nft')) return;
  const world = makeHost(t, 'world');
  const router = makeHost(t, 'router');
  const inside = makeHost(t, 'inside');
  connectHosts({ host: world, address: '198.51.100.2/24' }, { host: router, address: '198.51.100.1/24' }, 'outer');
  connectHosts({ host: router, address: '10.99.0.1/24' }, { host: inside, address: '10.99.0.2/24' }, 'inner');
  for (let number = 0; number <= 60; number++) world.run('ip', 'address', 'add', `198.51.100.${10 + number}/24`, 'dev', 'outer');
  world.run('ip', 'route', 'add', '10.99.0.0/24', 'via', '198.51.100.1');
  router.run('sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward');
  router.run('nft', 'add table ip nat; add chain ip nat post { type nat hook postrouting priority 100; }; add rule ip nat post oifname "inner" masquerade');

  const gateway = await startGateway(t, {
    netns: inside.name,
    hub: '127.0.0.1:1',
    listeners: { mx: { host: '10.99.0.2' } },
    config: { site: { networks: ['127.0.0.0/8', '10.99.0.0/24'] }, hub: { verifyRecipients: false } },
  });
  const script = join(gateway.directory, 'strangers.mjs');
  writeFileSync(script, strangers);
  const lastCode = world.run(process.execPath, script, '10.99.0.2', String(gateway.port())).trim();
  const alarm = await gateway.event('client-address-lost');
  assert.equal(alarm.ip, '10.99.0.1');
  assert.equal(lastCode, '554');
});
