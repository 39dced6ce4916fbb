import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHalfTheWorld, isInNetworks, isLoopback, isWildcard } from './address-space.ts';

const widths: readonly [network: string, wide: boolean, why: string][] = [
  ['0.0.0.0/0', true, 'all of IPv4'],
  ['128.0.0.0/1', true, 'half of IPv4'],
  ['10.0.0.0/8', false, 'the widest network a site can have'],
  ['::/0', true, 'all of IPv6'],
  ['2000::/3', true, 'all of IPv6 in use'],
  ['::/64', true, 'holds all of IPv4 written as IPv6'],
  ['::ffff:0.0.0.0/96', true, 'all of IPv4 written as IPv6'],
  ['::ffff:10.0.0.0/104', false, '10.0.0.0/8 written as IPv6'],
  ['2001:db8::/32', false, 'a provider'],
  ['::1/128', false, 'loopback'],
];
for (const [network, wide, why] of widths) test(`${network} is ${wide ? '' : 'not '}half the world: ${why}`, () => assert.equal(isHalfTheWorld(network), wide));

test('loopback is a network, a name and IPv4 written as IPv6', () => {
  assert.deepEqual(['127.0.0.9', '::1', 'LOCALHOST', '::ffff:127.0.0.1', '10.0.0.1', 'localhost.example'].map(isLoopback), [
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('the wildcard has more than one spelling', () => {
  assert.deepEqual(['0.0.0.0', '::', '0:0:0:0:0:0:0:0', '::1', 'example.org'].map(isWildcard), [true, true, true, false, false]);
});

test('a name is in no network, whatever the networks are', () => assert.equal(isInNetworks('hub.example', ['0.0.0.0/0', '::/0']), false));
