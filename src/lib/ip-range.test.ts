import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkWithin } from './ip-range.ts';

const cases: readonly [ip: string, first: string, last: string, expected: string, why: string][] = [
  ['198.18.7.9', '198.18.0.0', '198.18.255.255', '198.18.0.0/16', 'a range that is a network'],
  ['198.18.7.9', '198.18.7.9', '198.18.7.9', '198.18.7.9/32', 'one address'],
  ['198.18.7.9', '198.18.0.0', '198.18.8.255', '198.18.0.0/21', 'a range that is none: the part the address is in'],
  ['198.18.8.9', '198.18.0.0', '198.18.8.255', '198.18.8.0/24', 'and its other part'],
  ['198.18.7.9', '0.0.0.0', '255.255.255.255', '0.0.0.0/0', 'everything'],
  ['198.18.9.9', '198.18.0.0', '198.18.8.255', '', 'outside it'],
  ['2001:db8:1::5', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db8::/32', 'IPv6'],
  ['2001:db8:1::5', '198.18.0.0', '198.18.0.255', '', 'another family'],
  ['198.18.7.9', 'here', 'there', '', 'no addresses'],
];

for (const [ip, first, last, expected, why] of cases)
  test(`${ip} in ${first} to ${last}: ${why}`, () => assert.equal(networkWithin(ip, first, last), expected));
