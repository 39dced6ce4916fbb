import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNetworkGuard } from '../respond/network-guard.ts';
import { firewallActions, planDrops } from '../respond/drop-plan.ts';
import { measureOf } from '../respond/sample-measures.ts';
import { explainDrop } from './drops-in-force.ts';

const measures = [
  measureOf({ id: 'm-wide', scope: { client: '192.0.2.0/24' }, reason: 'flood', incident: 'i-1' }),
  measureOf({ id: 'm-narrow', scope: { client: '192.0.2.7/32' }, actor: { kind: 'auto', name: 'connection-flood' } }),
  measureOf({ id: 'm-other', scope: { client: '198.51.100.0/24' } }),
];
const planned = planDrops(measures, { atMs: 0, guard: createNetworkGuard([]), actions: firewallActions, observing: false }).entries;
const state = { state: 'kept', why: null, networks: 2, leftOut: 0, leftOutWhy: null, packets: 0, bytes: 0 } as const;
const link = {
  state: () => state,
  count: (text: string) => Promise.resolve(text === '192.0.2.0/24' ? { packets: 5, bytes: 300, since: 60_000 } : ('absent' as const)),
};

test('an address is explained by every measure that drops it, and counted with the network that stands in the kernel for all of them', async () => {
  const drop = await explainDrop('192.0.2.7', { planned, measures, link });
  assert.deepEqual([drop?.network, drop?.where, drop?.why], ['192.0.2.0/24', 'kernel', null]);
  assert.deepEqual(
    drop?.measures.map(({ id, by, incident }) => [id, by, incident]),
    [
      ['m-wide', 'person anna', 'i-1'],
      ['m-narrow', 'auto connection-flood', null],
    ],
  );
  assert.deepEqual(drop?.count, { packets: 5, bytes: 300, since: '1970-01-01T00:01:00.000Z' });
  const neighbour = await explainDrop('192.0.2.8', { planned, measures, link });
  assert.deepEqual(
    neighbour?.measures.map(({ id }) => id),
    ['m-wide'],
  );
});

test('what the kernel does not have is refused at the banner, with the reason', async () => {
  const lost = { ...link, state: () => ({ ...state, state: 'lost' as const, why: 'connect ENOENT' }) };
  const drop = await explainDrop('198.51.100.9', { planned, measures, link: lost });
  assert.deepEqual([drop?.where, drop?.why, drop?.count], ['banner', 'connect ENOENT', null]);
  const leftOut = { ...lost, state: () => ({ ...state, leftOut: 1, leftOutWhy: '198.51.100.0/24 touches 198.51.100.1/32 (--never)' }) };
  assert.equal((await explainDrop('198.51.100.9', { planned, measures, link: leftOut }))?.why, '198.51.100.0/24 touches 198.51.100.1/32 (--never)');
});

for (const [ip, why] of [
  ['203.0.113.1', 'no measure drops it'],
  ['2001:db8::1', 'nor of the other family'],
  ['nonsense', 'no address'],
] as const)
  test(`${ip} is not dropped: ${why}`, async () => assert.equal(await explainDrop(ip, { planned, measures, link }), null));
