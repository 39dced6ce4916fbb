import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalIp, cidrText, networkOf, parseCidr } from './ip.ts';
import { parseIpv4, parseIpv6 } from './ip-words.ts';

const canonical: readonly [raw: string, expected: string, why: string][] = [
  ['192.0.2.1', '192.0.2.1', 'plain IPv4 stays'],
  ['::ffff:192.0.2.1', '192.0.2.1', 'a dual-stack socket gives IPv4 clients in this form'],
  ['::FFFF:c000:0201', '192.0.2.1', 'the same in hexadecimal'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1', 'one form only, or a list entry is passed by another spelling'],
  ['fe80::1%eth0', 'fe80::1', 'the zone is ours, not the client'],
  ['::', '::', 'the unspecified address'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0', ':: for one group is not the shortest form'],
  ['192.0.2.01', '', 'a leading zero is octal to some programs'],
  ['192.0.2.256', '', 'no such octet'],
  ['192.0.2', '', 'three octets'],
  ['1:2:3:4:5:6:7:8:9', '', 'nine groups'],
  ['1::2::3', '', 'two gaps'],
  ['1:2:3:4:5:6:7:8::', '', 'a gap of nothing'],
  [':1:2:3:4:5:6:7', '', 'a single colon in front'],
  ['12345::', '', 'five digits'],
  ['mail.example.org', '', 'a name'],
  ['', '', 'nothing'],
];
for (const [raw, expected, why] of canonical) test(`canonicalIp("${raw}") is "${expected}": ${why}`, () => assert.equal(canonicalIp(raw), expected));

const networks: readonly [ip: string, expected: string][] = [
  ['203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:1:2ff:3::9', '2001:db8:1:200::/56'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['nobody', ''],
];
for (const [ip, expected] of networks) test(`the network of ${ip} is "${expected}"`, () => assert.equal(networkOf(ip, 24, 56), expected));

const cidrs: readonly [raw: string, expected: string | null, why: string][] = [
  ['10.20.30.40/16', '10.20.0.0/16', 'host bits are cleared'],
  ['10.0.0.1', '10.0.0.1/32', 'an address is a network of one'],
  ['0.0.0.0/0', '0.0.0.0/0', 'everything'],
  ['2001:db8::1/33', '2001:db8::/33', 'a prefix that ends inside a word'],
  ['::ffff:10.0.0.0/104', '10.0.0.0/8', 'a mapped network is the IPv4 network'],
  ['10.0.0.0/33', null, 'no such prefix'],
  ['2001:db8::/129', null, 'no such prefix'],
  ['10.0.0.0/', null, 'a slash without a length'],
  ['10.0.0.0/1e1', null, 'a length is digits'],
];
for (const [raw, expected, why] of cidrs)
  test(`parseCidr("${raw}") is ${expected}: ${why}`, () => {
    const cidr = parseCidr(raw);
    assert.equal(cidr === null ? null : cidrText(cidr), expected);
  });

test('any address, spelled out or shortened by the library, reads as the words it was made of', () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.tuple(group, group, group, group, group, group, group, group), (groups) => {
      const expected = [0, 2, 4, 6].map((at) => (groups[at] ?? 0) * 0x10000 + (groups[at + 1] ?? 0));
      const spelledOut = groups.map((value) => value.toString(16)).join(':');
      const shortened = canonicalIp(spelledOut);
      for (const text of shortened.includes(':') ? [spelledOut, shortened] : [spelledOut]) assert.deepEqual(Array.from(parseIpv6(text) ?? []), expected, text);
    }),
  );
});

test('what the system takes for an address we take for one, and nothing else', () => {
  const pieces = fc
    .array(fc.constantFrom(':', '::', '.', '0', '1', '25', '255', '256', 'a', 'ffff', '00001', 'g'), { maxLength: 14 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(pieces, (text) => {
      const family = parseIpv4(text) >= 0 ? 4 : parseIpv6(text) === null ? 0 : 6;
      assert.equal(family, isIP(text), text);
    }),
    { numRuns: 3000 },
  );
});
