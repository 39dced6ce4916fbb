import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { parseCidr } from '../lib/ip.ts';
import { createNetworkGuard } from '../respond/network-guard.ts';
import { createProtectedNetworks } from './protected-networks.ts';

const config = configOf({
  hub: { address: 'hub.internal:25' },
  routes: { 'customer.example': { address: '203.0.113.9:25' } },
  neverBlock: { networks: ['198.51.100.0/28'] },
  listeners: [{ name: 'mx', address: '0.0.0.0:25', role: 'mx', proxyProtocol: { trusted: ['203.0.113.64/30'] } }],
});
const zone = new Map([['hub.internal', ['203.0.113.200', '2001:db8:9::1']]]);
const start = (asked: string[] = []) =>
  createProtectedNetworks({
    config: () => config,
    ownAddresses: () => ['203.0.113.250', 'fe80::1%eth0'],
    resolve: (name) => {
      asked.push(name);
      const addresses = zone.get(name);
      return addresses === undefined ? Promise.reject(new Error('no such name')) : Promise.resolve(addresses);
    },
  });

test('next hops, proxies, our own addresses and the never-block list are spared besides our networks', async () => {
  const kept = start();
  await kept.refresh();
  const guard = createNetworkGuard(kept.networks());
  const whose = (text: string): string | null => guard.why(parseCidr(text) ?? assert.fail(text));
  for (const [network, said] of [
    ['203.0.113.9/32', /a next hop/],
    ['203.0.113.200/32', /a next hop/],
    ['2001:db8:9::/48', /a next hop/],
    ['203.0.113.65/32', /a proxy/],
    ['203.0.113.250/32', /this machine/],
    ['198.51.100.7/32', /neverBlock/],
  ] as const)
    assert.match(whose(network) ?? '', said, network);
  assert.equal(whose('203.0.113.251/32'), null);
});

test('a next hop that cannot be resolved is named, and one that once was stays spared while DNS is down', async () => {
  const asked: string[] = [];
  const kept = start(asked);
  assert.deepEqual(kept.unresolved(), ['hub.internal']);
  await kept.refresh();
  assert.deepEqual(kept.unresolved(), []);
  zone.delete('hub.internal');
  await kept.refresh();
  assert.deepEqual([kept.unresolved(), asked], [[], ['hub.internal', 'hub.internal']]);
  assert.ok(kept.networks().some(({ network }) => network === '203.0.113.200'));
});
