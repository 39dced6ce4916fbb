import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createListEntries, type StoredListEntry } from './list-entries.ts';
import { openStore } from './open.ts';

function start(context: TestContext) {
  const store = openStore(':memory:');
  context.after(() => store.close());
  return createListEntries(store.queries);
}

const entry = (changes: Partial<StoredListEntry> = {}): StoredListEntry => ({
  list: 'operator',
  matches: 'client',
  entry: '203.0.113.0/24',
  action: 'reject',
  reason: null,
  by: 'cli',
  createdAt: 1000,
  expiresAt: null,
  ...changes,
});

test('what is added comes back as it was', async (context) => {
  const entries = start(context);
  const full = entry({ reason: "it's spam; DROP TABLE list_entries", expiresAt: 5000 });
  await entries.add(full);
  assert.deepEqual(await entries.inForce(2000), [full]);
});

test('adding the same entry again changes it instead of doubling it', async (context) => {
  const entries = start(context);
  await entries.add(entry());
  await entries.add(entry({ action: 'accept', by: 'web' }));
  assert.deepEqual(
    (await entries.inForce(0)).map(({ action, by }) => [action, by]),
    [['accept', 'web']],
  );
});

test('the same network may stand in two lists, and as two kinds', async (context) => {
  const entries = start(context);
  await entries.add(entry());
  await entries.add(entry({ list: 'other' }));
  await entries.add(entry({ matches: 'sender', entry: 'sender.example' }));
  assert.equal((await entries.inForce(0)).length, 3);
});

test('an entry ends at its moment, and can then be cleared away', async (context) => {
  const entries = start(context);
  await entries.add(entry({ expiresAt: 5000 }));
  await entries.add(entry({ entry: '198.51.100.0/24' }));
  assert.equal((await entries.inForce(4999)).length, 2);
  assert.equal((await entries.inForce(5000)).length, 1);
  assert.deepEqual([await entries.removeExpired(4999), await entries.removeExpired(5000)], [0, 1]);
});

const removals: readonly [name: Parameters<ReturnType<typeof createListEntries>['remove']>[0], removed: number, why: string][] = [
  [{ entry: '203.0.113.0/24' }, 2, 'from every list'],
  [{ entry: '203.0.113.0/24', list: 'other' }, 1, 'from the list that is named'],
  [{ entry: '203.0.113.0/24', matches: 'sender' }, 0, 'only of the kind that is named'],
  [{ entry: '192.0.2.0/24' }, 0, 'what is not there is not removed'],
];
for (const [name, removed, why] of removals) {
  test(`removing ${JSON.stringify(name)}: ${why}`, async (context) => {
    const entries = start(context);
    await entries.add(entry());
    await entries.add(entry({ list: 'other' }));
    assert.equal(await entries.remove(name), removed);
    assert.equal((await entries.inForce(0)).length, 2 - removed);
  });
}

test('what the table does not allow is refused: a kind nobody looks up would be dead weight', async (context) => {
  await assert.rejects(start(context).add(entry({ matches: 'planet' as 'client' })), /CHECK/);
});
