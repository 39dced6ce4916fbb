import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PrefixHierarchy } from './prefix-hierarchy.ts';

const options = { capacity: 256, halfLifeMs: Number.POSITIVE_INFINITY };

function heavyOf(addresses: readonly string[], share = 0.1): readonly string[] {
  const prefixes = new PrefixHierarchy(options);
  for (const ip of addresses) prefixes.add(ip, 0);
  return prefixes.heavy(share, 0).map(({ network }) => network);
}

const times = (count: number, ip: (number: number) => string): string[] => Array.from({ length: count }, (_, number) => ip(number));
const strangers = times(100, (number) => `${11 + number}.${number}.1.1`);

test('one host is named, and not the networks around it that hold nothing else', () => {
  assert.deepEqual(heavyOf([...strangers, ...times(100, () => '192.0.2.7')]), ['192.0.2.7/32']);
});

test('a rack of hosts is named as its network', () => {
  assert.deepEqual(heavyOf([...strangers, ...times(100, (number) => `192.0.2.${number}`)]), ['192.0.2.0/24']);
});

test('a provider is named beside its worst host only for what the host does not explain', () => {
  const spread = times(100, (number) => `198.18.${number}.9`);
  assert.deepEqual(heavyOf([...strangers, ...times(100, () => '198.18.5.5'), ...spread]), ['198.18.5.5/32', '198.18.0.0/16']);
});

test('a whole /64 is one host of IPv6, a /32 one provider', () => {
  assert.deepEqual(heavyOf([...strangers, ...times(60, (number) => `2001:db8:1:2::${number.toString(16)}`)]), ['2001:db8:1:2::/64']);
  assert.deepEqual(heavyOf([...strangers, ...times(100, (number) => `2001:db8:${(number * 600).toString(16)}::1`)]), ['2001:db8::/32']);
});

test('no network is named whose true count, without what is named inside it, is not above the share', () => {
  const ips = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(ips, fc.integer({ min: 1, max: 16 }), (parts, capacity) => {
      const prefixes = new PrefixHierarchy({ ...options, capacity });
      for (const [a, b, c] of parts) prefixes.add(`10.${a}.${b}.${c}`, 0);
      for (const { network, own, est } of prefixes.heavy(0.2, 0)) {
        const bits = Number(network.split('/')[1]);
        const inside = parts.filter(([a, b, c]) => isInside(`10.${a}.${b}.${c}`, network, bits)).length;
        assert.ok(own > 0.2 * parts.length && own <= inside && inside <= est, `${network}: ${own} of ${inside}`);
      }
    }),
  );
});

function isInside(ip: string, network: string, bits: number): boolean {
  const wordOf = (text: string): number => text.split('.').reduce((word, octet) => word * 256 + Number(octet), 0);
  return Math.floor(wordOf(ip) / 2 ** (32 - bits)) === Math.floor(wordOf(network.split('/')[0] ?? '') / 2 ** (32 - bits));
}
