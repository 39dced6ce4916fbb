import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { heldRecord } from '../../test/harness/held-item.ts';
import { openStore } from './open.ts';
import { createQuarantineIndex } from './quarantine.ts';

function start(context: TestContext) {
  const store = openStore(':memory:');
  context.after(() => store.close());
  return createQuarantineIndex(store.queries);
}

const full = heldRecord({
  to: ['a@hub.example', 'b@hub.example'],
  user: 'ulla',
  subject: "it's; DROP TABLE quarantine_items",
  messageId: '<1@x>',
  incident: 'i-1',
  release: { at: 5, by: 'anna', outcome: 'failed', why: '554 no' },
  discarded: { at: 6, by: 'otto' },
  state: 'trash',
});

test('what is kept comes back as it was; saving it again changes it', async (context) => {
  const index = start(context);
  await index.save(full);
  assert.deepEqual(await index.find(full.id), full);
  await index.save({ ...full, state: 'held', discarded: null });
  assert.equal((await index.find(full.id))?.state, 'held');
  await index.remove(full.id);
  assert.equal(await index.find(full.id), null);
});

test('what is over: held ones by their own time, discarded ones by when they were', async (context) => {
  const index = start(context);
  await index.save(heldRecord({ id: 'A', expiresAt: 100 }));
  await index.save(heldRecord({ id: 'B', expiresAt: 101 }));
  await index.save(heldRecord({ id: 'C', state: 'trash', expiresAt: 1, discarded: { at: 50, by: 'anna' } }));
  await index.save(heldRecord({ id: 'D', state: 'trash', expiresAt: 1, discarded: { at: 51, by: 'anna' } }));
  assert.deepEqual((await index.ended(100, 50, 10)).map(({ id }) => id).toSorted(), ['A', 'C']);
  assert.equal((await index.ended(100, 50, 1)).length, 1);
});

test('how much there is, by state, copies of refused mail apart; nothing is nothing', async (context) => {
  const index = start(context);
  assert.deepEqual(await index.sums(), []);
  await index.save(heldRecord({ id: 'A', size: 10 }));
  await index.save(heldRecord({ id: 'B', size: 20 }));
  await index.save(heldRecord({ id: 'C', size: 5, refused: true }));
  assert.deepEqual(await index.sums(), [
    { state: 'held', refused: false, messages: 2, bytes: 30 },
    { state: 'held', refused: true, messages: 1, bytes: 5 },
  ]);
});
