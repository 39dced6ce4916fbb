import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostKey, networkKey } from './ip-origin.ts';

const cases: readonly [one: string, other: string, sameHost: boolean, sameNetwork: boolean, why: string][] = [
  ['192.0.2.1', '192.0.2.1', true, true, 'itself'],
  ['192.0.2.1', '192.0.2.200', false, true, 'one /24'],
  ['1.92.0.2', '19.2.0.2', false, false, 'the same digits, other numbers'],
  ['2001:db8::1', '2001:db8::ffff:1', true, true, 'one /64 is one host'],
  ['2001:db8:0:1::1', '2001:db8:0:ff::1', false, true, 'one /56'],
  ['2001:db8:0:1::1', '2001:db8:0:101::1', false, false, 'the next /56'],
];
for (const [one, other, sameHost, sameNetwork, why] of cases) {
  test(`${one} and ${other}: ${why}`, () => {
    assert.equal(hostKey(one) === hostKey(other), sameHost);
    assert.equal(networkKey(one) === networkKey(other), sameNetwork);
  });
}
