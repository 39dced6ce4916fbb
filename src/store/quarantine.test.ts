import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { heldRecord } from '../../test/harness/held-item.ts';
import { openStore } from './open.ts';
import type { HeldFilter } from './held-filter.ts';
import type { RowSeal } from './held-row.ts';
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
  virus: true,
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

/** Stands for encryption: what it gives cannot be read as it stands, and opens with the same key and id only. */
const sealWith = (key: string): RowSeal => ({
  seal: (id, text) => ({ keyId: key, sealed: `${key} ${id} ${Buffer.from(text).toString('hex')}` }),
  open: (id, sealed) => {
    const [by, of, hex = ''] = sealed.split(' ');
    return by === key && of === id ? Buffer.from(hex, 'hex').toString() : null;
  },
});

test('sealed rows come back as they were, and nothing in the database tells of the message', async (context) => {
  const store = openStore(':memory:');
  context.after(() => store.close());
  const index = createQuarantineIndex(store.queries, sealWith('k'));
  await index.save(full);
  assert.deepEqual(await index.find(full.id), full);
  const kept = JSON.stringify(await store.queries.selectFrom('quarantine_items').selectAll().execute());
  for (const word of ['hub.example', 'client.example', 'ulla', 'DROP', '<1@x>', 'bomb', 'i-1', 'm-1', '554', 'anna', 'otto', '192.0.2.7'])
    assert.ok(!kept.includes(word), word);
});

const rows = [
  heldRecord({ id: 'A', from: 'Bill@Shop.Example', to: ['anna@hub.example'], subject: 'Счёт ИЮНЬ', queuedAt: 1000, size: 10 }),
  heldRecord({ id: 'B', from: '', to: ['otto@hub.example', 'anna@hub.example'], subject: null, queuedAt: 2000, size: 20 }),
  heldRecord({ id: 'C', from: 'x@mail.shop.example', user: 'ulla', incident: 'i-7', check: 'listed', measure: null, queuedAt: 3000, size: 30 }),
  heldRecord({ id: 'D', from: 'x@shop.example', because: 'Naïve BOMB', subject: '100%_sure', queuedAt: 4000, size: 40 }),
  heldRecord({ id: 'E', from: 'x@shop.example', refused: true, queuedAt: 5000, size: 50 }),
];
const filters: readonly [filter: HeldFilter, ids: string, why: string][] = [
  [{}, 'ABCD', 'no copies of refused mail unless they are asked for'],
  [{ refused: true }, 'E', 'and then nothing else'],
  [{ sender: 'shop.example' }, 'AD', 'a domain, in whatever case'],
  [{ sender: '.shop.example' }, 'C', 'what is below it'],
  [{ sender: '<>' }, 'B', 'the null sender'],
  [{ recipient: 'ANNA@hub.example' }, 'AB', 'one of several recipients'],
  [{ subject: 'счёт' }, 'A', 'case is folded in every script'],
  [{ subject: '%' }, 'D', 'and nothing is a wildcard'],
  [{ reason: 'bomb' }, 'ABCD', 'part of the reason'],
  [{ user: 'ulla', check: 'listed', incident: 'i-7' }, 'C', 'all must fit'],
  [{ measure: 'm-1' }, 'ABD', 'the measure'],
  [{ since: 2000, before: 4000 }, 'BC', 'from a time on, and before another'],
  [{ largerThan: 10, smallerThan: 40 }, 'BC', 'more than, and fewer than'],
  [{ sender: 'shop.example', largerThan: 10 }, 'D', 'what is clear and what is not, together'],
];
for (const [filter, ids, why] of filters) {
  for (const [how, seal] of [
    ['in clear', undefined],
    ['sealed', sealWith('k')],
  ] as const) {
    test(`${JSON.stringify(filter)}, ${how}: ${why}`, async (context) => {
      const store = openStore(':memory:');
      context.after(() => store.close());
      const index = createQuarantineIndex(store.queries, seal);
      await index.saveAll(rows);
      const found: string[] = [];
      for (let after: string | null = null; ;) {
        const page = await index.select(filter, { state: 'held', after, limit: 2 });
        found.push(...page.map(({ id }) => id));
        if (page.length < 2) break;
        after = page.at(-1)?.id ?? null;
      }
      assert.equal(found.join(''), ids, 'in pages of two');
    });
  }
}

test('rows whose key is gone are there and count, fit no search for what they hide, and do not expire', async (context) => {
  const store = openStore(':memory:');
  context.after(() => store.close());
  await createQuarantineIndex(store.queries, sealWith('old')).saveAll(rows.slice(0, 2));
  const index = createQuarantineIndex(store.queries, sealWith('new'));
  const listed = await index.select({}, { state: 'held', after: null, limit: 10 });
  assert.deepEqual(
    listed.map(({ id, size, to, unreadable }) => [id, size, to, unreadable]),
    [
      ['A', 10, [], 'the key is not at hand'],
      ['B', 20, [], 'the key is not at hand'],
    ],
  );
  assert.deepEqual(await index.select({ sender: '<>' }, { state: 'held', after: null, limit: 10 }), []);
  assert.deepEqual([(await index.sums())[0]?.messages, (await index.all()).map(({ isOpen }) => isOpen)], [2, [false, false]]);
  assert.deepEqual(await index.ended(Number.MAX_SAFE_INTEGER, 0, 10), []);
});

test('what cannot be opened takes no place among what has expired', async (context) => {
  const index = start(context);
  await index.saveAll(['A', 'B', 'C'].map((id) => heldRecord({ id, expiresAt: 1, unreadable: 'the key is not at hand' })));
  await index.save(heldRecord({ id: 'D', expiresAt: 1 }));
  assert.deepEqual(
    (await index.ended(2, 0, 2)).map(({ id }) => id),
    ['D'],
  );
});

for (const [how, seal] of [
  ['in clear', undefined],
  ['sealed', sealWith('k')],
] as const)
  test(`whoever asks for viruses finds those that were held for something else, ${how}`, async (context) => {
    const store = openStore(':memory:');
    context.after(() => store.close());
    const index = createQuarantineIndex(store.queries, seal);
    await index.save(heldRecord({ id: 'A', check: 'virus-found', virus: true }));
    await index.save(heldRecord({ id: 'B', check: 'no-invoices', virus: true }));
    await index.save(heldRecord({ id: 'C', check: 'no-invoices' }));
    const found = async (check: string): Promise<readonly string[]> =>
      (await index.select({ check }, { state: 'held', after: null, limit: 10 })).map(({ id }) => id).toSorted();
    assert.deepEqual(
      [await found('virus-found'), await found('no-invoices')],
      [
        ['A', 'B'],
        ['B', 'C'],
      ],
    );
  });

for (const [how, seal] of [
  ['in clear', undefined],
  ['sealed', sealWith('k')],
] as const)
  test(`an incident is found by either of its names, ${how}`, async (context) => {
    const store = openStore(':memory:');
    context.after(() => store.close());
    const index = createQuarantineIndex(store.queries, seal);
    await index.save(heldRecord({ id: 'A', incident: 'i-6f30b5dd41' }));
    await index.save(heldRecord({ id: 'B', incident: 'FG-6F30B5DD41' }));
    await index.save(heldRecord({ id: 'C', incident: null }));
    for (const incident of ['FG-6F30B5DD41', 'i-6f30b5dd41']) {
      const found = await index.select({ incident }, { state: 'held', after: null, limit: 10 });
      assert.deepEqual(
        found.map(({ id }) => id),
        ['A', 'B'],
      );
    }
  });
