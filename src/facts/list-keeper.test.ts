import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { EventBody } from '../model/events.ts';
import { createListEntries, type StoredListEntry } from '../store/list-entries.ts';
import { openStore } from '../store/open.ts';
import { createListKeeper } from './list-keeper.ts';
import { openLists, type Lists } from './lists.ts';

const stored = (changes: Partial<StoredListEntry> = {}): StoredListEntry => ({
  list: 'operator',
  matches: 'client',
  entry: '198.51.100.7/32',
  action: 'reject',
  reason: null,
  by: 'cli',
  createdAt: 0,
  expiresAt: null,
  ...changes,
});

async function start(context: TestContext, text: string | null) {
  const folder = mkdtempSync(join(tmpdir(), 'floodgate-lists-'));
  const file = join(folder, 'bad.txt');
  if (text !== null) writeFileSync(file, text);
  const store = openStore(':memory:');
  const repository = createListEntries(store.queries);
  const events: EventBody[] = [];
  const clock = { ms: 1000 };
  const state: { lists: Lists; snapshots: number } = { lists: openLists(), snapshots: 0 };
  const keeper = createListKeeper({
    lists: [{ name: 'bad', matches: 'client', file, action: 'reject' }],
    repository,
    record: (event) => events.push(event),
    onSnapshot: (snapshot) => {
      state.lists = openLists(structuredClone(snapshot));
      state.snapshots++;
    },
    now: () => clock.ms,
  });
  context.after(async () => {
    keeper.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  await keeper.start();
  const isListed = (ip: string): boolean => state.lists.match({ ip }).length > 0;
  return { folder, file, repository, events, clock, state, keeper, isListed };
}
const brokenOf = (events: readonly EventBody[]): readonly string[] => events.flatMap((event) => (event.type === 'list-broken' ? [event.why] : []));

test('files and database entries are in force from the start, and said', async (context) => {
  const { isListed, events, keeper } = await start(context, '203.0.113.0/24\n');
  assert.ok(isListed('203.0.113.9'));
  assert.deepEqual(
    events.map(({ type }) => type),
    ['list-changed'],
  );
  assert.deepEqual(
    keeper.status().map(({ list, entries, trouble }) => [list, entries, trouble]),
    [['bad', 1, null]],
  );
});

test('a changed file counts at the next look; an unchanged one makes no snapshot', async (context) => {
  const { file, isListed, keeper, state } = await start(context, '203.0.113.0/24\n');
  await keeper.look();
  assert.equal(state.snapshots, 1);
  writeFileSync(file, '192.0.2.0/24\n');
  await keeper.look();
  assert.deepEqual([isListed('203.0.113.9'), isListed('192.0.2.9'), state.snapshots], [false, true, 2]);
});

test('a file that an editor replaces is noticed, same size and all', async (context) => {
  const { folder, file, isListed, keeper } = await start(context, '203.0.113.0/24\n');
  writeFileSync(join(folder, 'new'), '203.0.114.0/24\n');
  renameSync(join(folder, 'new'), file);
  await keeper.look();
  assert.deepEqual([isListed('203.0.113.9'), isListed('203.0.114.9')], [false, true]);
});

const troubles: readonly [what: string, spoil: (file: string) => void, said: RegExp][] = [
  ['is gone', (file) => rmSync(file), /cannot be read/],
  ['became something else', (file) => writeFileSync(file, '<html>\n<body>\nsorry\n'), /3 lines are no entries.*stay in force/],
];
for (const [what, spoil, said] of troubles) {
  test(`a file that ${what}: the old entries stay, and it is said once`, async (context) => {
    const { file, isListed, keeper, events } = await start(context, '203.0.113.0/24\n');
    spoil(file);
    await keeper.look();
    await keeper.look();
    assert.ok(isListed('203.0.113.9'));
    assert.equal(brokenOf(events).length, 1);
    assert.match(brokenOf(events)[0] ?? '', said);
    assert.match(keeper.status()[0]?.trouble ?? '', said);
  });
}

test('a file that comes back is read and no trouble any more', async (context) => {
  const { file, isListed, keeper } = await start(context, null);
  assert.match(keeper.status()[0]?.trouble ?? '', /cannot be read/);
  writeFileSync(file, '203.0.113.0/24\n');
  await keeper.look();
  assert.deepEqual([isListed('203.0.113.9'), keeper.status()[0]?.trouble], [true, null]);
});

test('single bad lines are left out and said; the good ones hold', async (context) => {
  const { isListed, events } = await start(context, '203.0.113.0/24\nnonsense\n192.0.2.0/24\n');
  assert.deepEqual([isListed('203.0.113.9'), isListed('192.0.2.9')], [true, true]);
  assert.match(brokenOf(events)[0] ?? '', /1 lines are left out: line 2/);
});

test('a database entry counts after a refresh and ends at its time without one', async (context) => {
  const { repository, keeper, isListed, clock } = await start(context, '');
  await repository.add(stored({ expiresAt: 5000 }));
  await keeper.refresh();
  assert.ok(isListed('198.51.100.7'));
  clock.ms = 4999;
  await keeper.look();
  assert.ok(isListed('198.51.100.7'));
  clock.ms = 5000;
  await keeper.look();
  assert.ok(!isListed('198.51.100.7'));
  assert.deepEqual(await repository.inForce(0), [], 'and is cleared away');
});

test('the keeper looks by itself within two seconds', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const { file, keeper, isListed } = await start(context, '');
  writeFileSync(file, '203.0.113.0/24\n');
  context.mock.timers.tick(1999);
  await keeper.look(); // waits for its turn behind the look that the timer began
  assert.ok(isListed('203.0.113.9'));
});

test('a database that fails leaves the entries of before in force', async (context) => {
  const { repository, keeper, isListed, events } = await start(context, '');
  await repository.add(stored());
  await keeper.refresh();
  context.mock.method(repository, 'inForce', () => Promise.reject(new Error('disk I/O error')));
  await keeper.refresh();
  assert.ok(isListed('198.51.100.7'));
  assert.match(brokenOf(events)[0] ?? '', /entries of before stay in force.*disk/);
});

test('a list that is broken at a reload keeps what it had, with the action it has now; a list of another file begins empty', async (context) => {
  const { file, folder, keeper, repository, clock } = await start(context, '203.0.113.0/24\n');
  await repository.add(stored());
  await keeper.refresh();
  rmSync(file);
  const events: EventBody[] = [];
  let lists = openLists();
  const next = createListKeeper({
    lists: [
      { name: 'bad', matches: 'client', file, action: 'defer' },
      { name: 'bad', matches: 'client', file: join(folder, 'other.txt'), action: 'accept' },
    ],
    repository: { inForce: () => Promise.reject(new Error('locked')), removeExpired: () => Promise.resolve(0) },
    record: (event) => events.push(event),
    onSnapshot: (snapshot) => void (lists = openLists(snapshot)),
    now: () => clock.ms,
    before: keeper.read(),
  });
  await next.start();
  context.after(next.stop);
  assert.deepEqual(
    lists.match({ ip: '203.0.113.9' }).map(({ list, action }) => [list, action]),
    [['bad', 'defer']],
  );
  assert.equal(lists.match({ ip: '198.51.100.7' }).length, 1, 'the entries of the database stay as well');
  assert.equal(brokenOf(events).length, 3);
});
