import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostAlarmKey, hostOf, houseOf, netOf, networkAlarmKey } from './caller-keys.ts';
import { isRoleAddress } from './role-addresses.ts';

test('a host of IPv6 is its /64: it has more addresses than any table', () => {
  assert.equal(hostOf({ ip: '2001:db8:1:2::7' }), hostOf({ ip: '2001:db8:1:2:ffff::9' }));
  assert.notEqual(hostOf({ ip: '2001:db8:1:2::7' }), hostOf({ ip: '2001:db8:1:3::7' }));
  assert.deepEqual(hostAlarmKey({ ip: '2001:db8:1:2:ffff::9' }), { network: '2001:db8:1:2::/64' });
  assert.deepEqual(hostAlarmKey({ ip: '192.0.2.7' }), { ip: '192.0.2.7' });
});

test('a customer is a /24 or a /56', () => {
  assert.equal(netOf({ ip: '192.0.2.7' }), netOf({ ip: '192.0.2.250' }));
  assert.deepEqual(networkAlarmKey({ ip: '192.0.2.7' }), { network: '192.0.2.0/24' });
  assert.deepEqual(networkAlarmKey({ ip: '2001:db8:1:2ff::9' }), { network: '2001:db8:1:200::/56' });
});

test('a program of this host has no address to be counted by', () => {
  assert.deepEqual([hostOf({ ip: '' }), netOf({ ip: '' })], ['', '']);
});

test('a provider answers for its servers, not for its customers’ lines', () => {
  const caller = { ip: '203.0.113.7', user: null, inside: false };
  const org = (domain: string): string => domain.split('.').slice(-2).join('.');
  assert.equal(houseOf({ ...caller, name: 'out3.provider.example' }, org), 'provider.example');
  assert.equal(houseOf({ ...caller, name: 'p203-0-113-7.provider.example' }, org), null);
  assert.equal(houseOf({ ...caller, name: null }, org), null);
});

test('who writes to a name every site should have guesses nothing', () => {
  assert.deepEqual(['postmaster@a.example', 'abuse@a.example', 'anna@a.example', 'postmaster'].map(isRoleAddress), [true, true, false, false]);
});
