import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalIp, cidrText, parseCidr } from './ip.ts';
import { PrefixSet } from './prefix-set.ts';

const nested = PrefixSet.build([
  '10.0.0.0/8',
  '10.20.0.0/16',
  '10.20.30.0/24',
  '10.20.30.40',
  '2001:db8::/32',
  '2001:db8:1::/48',
  '255.255.255.0/24',
  'ffff::/16',
]);
const cases: readonly [ip: string, expected: number, why: string][] = [
  ['10.1.1.1', 0, 'only the widest holds it'],
  ['10.20.1.1', 1, 'the more specific one speaks'],
  ['10.20.30.1', 2, 'and the next'],
  ['10.20.30.40', 3, 'down to one address'],
  ['10.20.30.41', 2, 'behind which the network around it goes on'],
  ['10.21.0.0', 0, 'behind the inner network the outer one goes on'],
  ['11.0.0.0', -1, 'the first address behind'],
  ['9.255.255.255', -1, 'the last address before'],
  ['::ffff:10.20.1.1', 1, 'mapped IPv6 is IPv4'],
  ['2001:db8:1::5', 5, 'IPv6 nests too'],
  ['2001:db8:2::5', 4, 'and goes on behind'],
  ['2001:db9::', -1, 'the first address behind'],
  ['255.255.255.255', 6, 'a network up to the very last address'],
  ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 7, 'also in IPv6'],
  ['mail.example.org', -1, 'what is no address is in no network'],
];
for (const [ip, expected, why] of cases) test(`${ip} matches ${expected}: ${why}`, () => assert.equal(nested.match(ip), expected));

test('everything is a network too', () =>
  assert.deepEqual(
    ['0.0.0.0', '255.255.255.255'].map((ip) => PrefixSet.build(['0.0.0.0/0']).match(ip)),
    [0, 0],
  ));
test('of two equal networks the later one counts', () => assert.equal(PrefixSet.build(['10.0.0.0/8', '10.1.0.0/8']).match('10.9.9.9'), 1));
test('the empty set holds nothing', () => assert.equal(PrefixSet.empty.has('10.0.0.1'), false));
test('text that is no network is refused with its words', () => assert.throws(() => PrefixSet.build(['10.0.0.0/40']), /10\.0\.0\.0\/40/));
test('its data survives the way to another thread', () => assert.equal(PrefixSet.fromData(structuredClone(nested.toData())).match('10.20.30.40'), 3));

/** The obvious way: the longest prefix that holds the address, the later of equal ones. */
function slowMatch(cidrs: readonly string[], said: string): number {
  const ip = canonicalIp(said); // mapped IPv6 is IPv4
  let best = -1;
  let bestBits = -1;
  for (const [index, text] of cidrs.entries()) {
    const cidr = parseCidr(text);
    if (cidr === null || cidrText(parseCidr(`${ip}/${cidr.bits}`) ?? cidr) !== cidrText(cidr) || parseCidr(ip)?.family !== cidr.family) continue;
    if (cidr.bits >= bestBits) [best, bestBits] = [index, cidr.bits];
  }
  return best;
}

// Few distinct bits, so that networks nest, touch and repeat.
const octet = fc.constantFrom(0, 1, 127, 128, 255);
const v4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const group = fc.constantFrom('0', '1', '7fff', '8000', 'ffff');
const v6 = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(group, group, group, group, group, group, group, group).map((groups) => groups.join(':')) },
  { weight: 1, arbitrary: v4.map((ip) => `::ffff:${ip}`) },
);
const v4net = fc.tuple(v4, fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`);
const v6net = fc.tuple(v6, fc.integer({ min: 0, max: 128 })).map(([ip, bits]) => `${ip}/${bits}`);

test('any set answers as a slow, obvious search does', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(v4net, v6net), { maxLength: 12 }), fc.array(fc.oneof(v4, v6), { minLength: 1, maxLength: 8 }), (cidrs, ips) => {
      const set = PrefixSet.build(cidrs);
      for (const ip of ips) assert.equal(set.match(ip), slowMatch(cidrs, ip), ip);
    }),
    { numRuns: 500 },
  );
});
