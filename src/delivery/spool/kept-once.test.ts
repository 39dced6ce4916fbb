import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdRequest } from '../../../test/harness/held-item.ts';
import { scratchDirectory } from '../../../test/harness/scratch.ts';
import { SharedStock } from '../../lib/shared-stock.ts';
import { createHoldingPlace } from '../quarantine/holding-place.ts';
import { keptOnce } from './kept-once.ts';

test('given up a second time, after a crash before the mark: it is kept already, and that is no trouble', async (t) => {
  const known = new Map<string, { readonly id: string; readonly expiresAt: string }>();
  const real = createHoldingPlace({
    dir: scratchDirectory(t, 'held'),
    stock: new SharedStock(SharedStock.allocate()),
    limits: () => ({ keepFor: 1000, maxBytes: 1e6, maxMessages: 10, freeDisk: 0, refusedFor: 1000, refusedShare: 10 }),
    record: () => {},
    kept: ({ id, expiresAt }) => void known.set(id, { id, expiresAt: new Date(expiresAt).toISOString() }),
    now: () => 0,
  });
  const place = keptOnce(real, { find: (id) => Promise.resolve(known.get(id) ?? null) });
  const hold = holdRequest({ reference: '1M7YNPXHV1000-1' });
  const first = await place.keep(hold);
  assert.equal((await real.keep(hold)).kind, 'failed', 'the place alone has no room for two of one id');
  assert.deepEqual(await place.keep(hold), first);
  known.clear();
  assert.equal((await place.keep(hold)).kind, 'failed', 'a disk that fails is trouble');
});
