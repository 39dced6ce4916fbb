import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDigestLines } from './digest-lines.ts';
import { openStore } from './open.ts';

test('what a recipient was told of is known until its time is over, then forgotten', async (t) => {
  const store = openStore(':memory:');
  t.after(() => store.close());
  const lines = createDigestLines(store.queries);
  await lines.note(
    [
      { item: 'A', recipient: 'ann' },
      { item: 'B', recipient: 'otto' },
    ],
    100,
  );
  await lines.note([{ item: 'A', recipient: 'ann' }], 200);
  await lines.note([], 300);
  assert.deepEqual(
    (await lines.told(['A', 'B', 'C'], 99)).map(({ item, recipient }) => `${item} ${recipient}`),
    ['A ann', 'B otto'],
  );
  assert.deepEqual(await lines.told(['A', 'B'], 100), [{ item: 'A', recipient: 'ann' }], 'told again, so it holds longer');
  assert.deepEqual(await lines.told([], 1), []);
  await lines.sweep(100);
  assert.deepEqual(await lines.told(['A', 'B'], 0), [{ item: 'A', recipient: 'ann' }]);
});
