import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf } from '../../test/harness/policy-inputs.ts';
import { until } from '../../test/harness/until.ts';
import { createNextHopAddresses } from './next-hop-addresses.ts';

const config = configOf({
  hub: { address: 'hub.internal:25' },
  routes: { 'customer.example': { address: '203.0.113.9:25' } },
  outbound: { address: '[2001:db8:0:0::5]:25' },
});

test('hub, routes, the way out and this machine bring what was taken before; a neighbour of theirs does not', async () => {
  const hops = createNextHopAddresses(config, { resolve: () => Promise.resolve(['203.0.113.200']), ownAddresses: () => ['203.0.113.250'] });
  await until('the name', () => hops.has('203.0.113.200'));
  for (const ip of ['203.0.113.9', '2001:db8::5', '203.0.113.250']) assert.ok(hops.has(ip), ip);
  for (const ip of ['203.0.113.10', '127.0.0.2', '']) assert.ok(!hops.has(ip), ip);
});

test('a hub that moved is known at its new address, and one whose name cannot be asked stays known', async () => {
  let now = 0;
  let answers: readonly (readonly string[])[] = [['203.0.113.200'], ['203.0.113.201']];
  const resolve = (): Promise<readonly string[]> => {
    const [next, ...rest] = answers;
    answers = rest;
    return next === undefined ? Promise.reject(new Error('no answer')) : Promise.resolve(next);
  };
  const hops = createNextHopAddresses(config, { resolve, ownAddresses: () => [], steady: () => now });
  await until('the name', () => hops.has('203.0.113.200'));
  now += 600_000;
  await until('the new address', () => hops.has('203.0.113.201'));
  assert.ok(!hops.has('203.0.113.200'));
  now += 600_000;
  assert.ok(hops.has('203.0.113.201'));
  await Promise.resolve();
  assert.ok(hops.has('203.0.113.201'), 'a name service that is away forgets nobody');
});

test('this machine is known by its own interfaces', () => assert.ok(createNextHopAddresses(configOf()).has('127.0.0.1')));
