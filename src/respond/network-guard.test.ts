import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCidr } from '../lib/ip.ts';
import { createNetworkGuard, holds, meet } from './network-guard.ts';

const guard = createNetworkGuard([
  { network: '10.20.0.0/16', whose: 'site.networks' },
  { network: '203.0.113.25', whose: 'the hub' },
  { network: '2001:db8:7::/48', whose: 'site.networks' },
]);
const cidr = (text: string) => {
  const parsed = parseCidr(text);
  assert.ok(parsed, text);
  return parsed;
};

const cases: readonly [network: string, said: RegExp | null, why: string][] = [
  ['192.0.2.7/32', null, 'a stranger'],
  ['198.51.0.0/16', null, 'as wide as may be'],
  ['198.50.0.0/15', /wider than \/16/, 'too wide: a mistake would reach a whole provider'],
  ['10.20.3.4/32', /10\.20\.0\.0\/16 \(site\.networks\)/, 'one of ours'],
  ['10.20.0.0/16', /site\.networks/, 'ours exactly'],
  ['203.0.113.0/24', /203\.0\.113\.25 \(the hub\)/, 'the hub is in it'],
  ['203.0.113.24/32', null, 'the neighbour of the hub'],
  ['127.0.0.2/32', /loopback/, 'loopback is always ours'],
  ['0.0.0.0/32', /this host/, 'no stranger'],
  ['169.254.7.0/24', /the link/, 'no stranger'],
  ['239.1.1.1/32', /multicast/, 'no stranger'],
  ['255.255.255.255/32', /broadcast/, 'no stranger'],
  ['2001:db8:8::/48', null, 'a stranger, IPv6'],
  ['2001:db8::/32', /2001:db8:7::\/48/, 'our own prefix is in it'],
  ['2001:db8:7:1::5/128', /site\.networks/, 'one of ours, IPv6'],
  ['2001::/31', /wider than \/32/, 'too wide, IPv6'],
  ['::1/128', /loopback/, 'loopback, IPv6'],
  ['fe80::1/128', /the link/, 'link-local'],
  ['ff02::1/128', /multicast/, 'a group'],
];
for (const [network, said, why] of cases) {
  test(`${network} ${said === null ? 'may' : 'must not'} be dropped: ${why}`, () => {
    const answer = guard.why(cidr(network));
    if (said === null) assert.equal(answer, null);
    else assert.match(answer ?? '', said);
  });
}

test('an IPv4 address written as IPv6 does not get past', () => {
  assert.match(guard.why(cidr('::ffff:10.20.0.1')) ?? '', /site\.networks/);
});

test('networks of two families never meet, and a network holds itself', () => {
  assert.equal(meet(cidr('0.0.0.0/0'), cidr('::/0')), false);
  assert.ok(holds(cidr('192.0.2.0/24'), cidr('192.0.2.0/24')));
  assert.equal(holds(cidr('192.0.2.0/25'), cidr('192.0.2.0/24')), false);
  assert.ok(holds(cidr('2001:db8::/33'), cidr('2001:db8:7fff::/48')), 'bits beyond the first word count');
  assert.equal(holds(cidr('2001:db8::/33'), cidr('2001:db8:8000::/48')), false);
});

test('what is no network is refused when the guard is made, not passed over', () => {
  assert.throws(() => createNetworkGuard([{ network: 'hub.example', whose: 'the hub' }]), /is not a network/);
});
