import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { MeasureRecord } from '../model/measure.ts';
import { createMeasures } from './measures.ts';
import { openStore } from './open.ts';

function start(context: TestContext) {
  const store = openStore(':memory:');
  context.after(() => store.close());
  return createMeasures(store.queries);
}

const measure = (changes: Partial<MeasureRecord> = {}): MeasureRecord => ({
  id: 'm-0000000001',
  scope: { client: '203.0.113.0/24', sender: '<>' },
  action: 'defer',
  actor: { kind: 'person', name: 'anna' },
  reason: "it's a bomb; DROP TABLE measures",
  createdAt: 1000,
  expiresAt: 5000,
  maxHits: null,
  probeShare: 0,
  incident: null,
  dryRun: false,
  state: 'active',
  endedAt: null,
  hits: 0,
  probes: 0,
  recorded: 0,
  ...changes,
});
const ended = (id: string, endedAt: number): MeasureRecord => measure({ id, state: 'undone', endedAt });

test('what is kept comes back as it was', async (context) => {
  const measures = start(context);
  const full = measure({ actor: { kind: 'auto', name: 'bomb' }, maxHits: 7, probeShare: 0.01, incident: 'i-1', dryRun: true, hits: 3, probes: 1, recorded: 0 });
  await measures.save(full);
  assert.deepEqual(await measures.active(), [full]);
  assert.deepEqual(await measures.find(full.id), full);
  assert.equal(await measures.find('m-none'), null);
});

test('one that has ended is no longer active and stays for the record', async (context) => {
  const measures = start(context);
  await measures.save(measure());
  await measures.save(ended('m-0000000001', 2000));
  assert.deepEqual([(await measures.active()).length, (await measures.ended(10)).map(({ state }) => state)], [0, ['undone']]);
});

test('counts are written without touching anything else', async (context) => {
  const measures = start(context);
  await measures.save(measure());
  await measures.saveCounts([
    { id: 'm-0000000001', hits: 9, probes: 2, recorded: 0 },
    { id: 'm-gone', hits: 1, probes: 1, recorded: 0 },
  ]);
  assert.deepEqual(await measures.active(), [measure({ hits: 9, probes: 2, recorded: 0 })]);
});

test('the record of ended measures is bounded by age and by number; active ones stay', async (context) => {
  const measures = start(context);
  await measures.save(measure());
  for (const [id, at] of [
    ['a', 2000],
    ['b', 3000],
    ['c', 4000],
    ['d', 5000],
  ] as const)
    await measures.save(ended(id, at));
  assert.equal(await measures.forget(3000, 2), 2);
  assert.deepEqual(
    (await measures.ended(10)).map(({ id }) => id),
    ['d', 'c'],
  );
  assert.equal((await measures.active()).length, 1);
});

test('the switch stays thrown until it is turned back', async (context) => {
  const measures = start(context);
  assert.equal(await measures.suspension(), null);
  await measures.suspend({ by: 'anna', reason: null, since: 1 });
  await measures.suspend({ by: 'otto', reason: 'wrong alarm', since: 2 });
  assert.deepEqual(await measures.suspension(), { by: 'otto', reason: 'wrong alarm', since: 2 });
  await measures.suspend(null);
  assert.equal(await measures.suspension(), null);
});

const impossible: readonly [changes: Partial<MeasureRecord>, why: string][] = [
  [{ expiresAt: 1000 }, 'every measure lasts for a while and ends'],
  [{ probeShare: 1.5 }, 'a share is at most everything'],
  [{ state: 'expired' }, 'what has ended has ended at some time'],
];
for (const [changes, why] of impossible) {
  test(`the table refuses ${JSON.stringify(changes)}: ${why}`, async (context) => {
    await assert.rejects(start(context).save(measure(changes)), /CHECK/);
  });
}
