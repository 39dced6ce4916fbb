import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCidr } from '../../lib/ip.ts';
import { dnsblNames, rpzName } from './zone-names.ts';

const names = (text: string): readonly string[] => {
  const cidr = parseCidr(text);
  assert.ok(cidr, text);
  return dnsblNames(cidr);
};

const lists: readonly [network: string, count: number, first: string, last: string, why: string][] = [
  ['192.0.2.99/32', 1, '99.2.0.192', '99.2.0.192', 'RFC 5782 2.1: the octets reversed'],
  ['192.0.2.0/24', 1, '*.2.0.192', '*.2.0.192', 'a network that ends at an octet is one wildcard'],
  ['192.0.2.128/25', 128, '128.2.0.192', '255.2.0.192', 'half of the last octet'],
  ['198.51.100.0/22', 4, '*.100.51.198', '*.103.51.198', 'four networks of 256'],
  ['198.51.0.0/16', 1, '*.51.198', '*.51.198', 'the widest there is'],
  ['198.51.128.0/17', 128, '*.128.51.198', '*.255.51.198', 'the most names an IPv4 network takes'],
  ['2001:db8:1::/48', 1, '*.1.0.0.0.8.b.d.0.1.0.0.2', '*.1.0.0.0.8.b.d.0.1.0.0.2', 'RFC 5782 2.4: nibbles'],
  ['2001:db8:8::/45', 8, '*.8.0.0.0.8.b.d.0.1.0.0.2', '*.f.0.0.0.8.b.d.0.1.0.0.2', 'the most names an IPv6 network takes'],
  [
    '2001:db8:1:2:3:4:567:89ab/128',
    1,
    'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2',
    'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2',
    'the example of RFC 5782 2.4',
  ],
];
for (const [network, count, first, last, why] of lists) {
  test(`${network} in a block list is ${count} names from ${first}: ${why}`, () => {
    const made = names(network);
    assert.deepEqual([made.length, made[0], made.at(-1)], [count, first, last]);
    assert.equal(new Set(made).size, count);
  });
}

const policies: readonly [network: string, expected: string][] = [
  ['192.0.2.7/32', '32.7.2.0.192.rpz-ip'],
  ['198.51.100.0/22', '22.0.100.51.198.rpz-ip'],
  ['2001:db8:1::/48', '48.zz.1.db8.2001.rpz-ip'],
  ['2001:db8::2:0:5/128', '128.5.0.2.zz.db8.2001.rpz-ip'],
  ['2001:db8:1:2:3:4:5:6/128', '128.6.5.4.3.2.1.db8.2001.rpz-ip'],
  ['64:ff9b::/96', '96.zz.ff9b.64.rpz-ip'],
];
for (const [network, expected] of policies) test(`${network} in a response policy zone is ${expected}`, () => assert.equal(rpzName(network), expected));
