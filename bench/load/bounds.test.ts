import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLoopback, assertWithin, bounds, sourceAddress } from './bounds.ts';

const hosts: readonly [host: string, allowed: boolean, why: string][] = [
  ['127.0.0.1', true, 'loopback'],
  ['127.200.3.9', true, 'all of 127/8 is loopback'],
  ['::1', true, 'IPv6 loopback'],
  ['192.0.2.1', false, 'somebody else'],
  ['localhost', false, 'a name could resolve to anything'],
  ['127.evil.example', false, 'a name that begins like loopback'],
  ['', false, 'nothing'],
];

for (const [host, allowed, why] of hosts) {
  test(`load to "${host}" is ${allowed ? 'allowed' : 'refused'}: ${why}`, () => {
    const check = () => assertLoopback({ host, port: 25 });
    if (allowed) check();
    else assert.throws(check, /loopback/);
  });
}

test('a wish above a bound is refused, so that a typing error cannot make a flood', () => {
  assert.throws(() => assertWithin({ perSecond: bounds.perSecond + 1 }), /perSecond/);
  assert.throws(() => assertWithin({ seconds: Number.NaN }), /seconds/);
  assertWithin({ perSecond: bounds.perSecond, seconds: 1 });
});

test('source addresses are as many as asked for, each in a /24 of its own, all on loopback', () => {
  const addresses = Array.from({ length: 1200 }, (_, index) => sourceAddress(index, 600));
  assert.equal(new Set(addresses).size, 600);
  assert.equal(new Set(addresses.map((address) => address.split('.').slice(0, 3).join('.'))).size, 600);
  for (const host of addresses) assertLoopback({ host, port: 25 });
});
