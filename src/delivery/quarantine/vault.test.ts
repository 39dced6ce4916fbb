import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { heldItem, wireMessage } from '../../../test/harness/held-item.ts';
import { startQuarantine as start, typesOf, yes, type QuarantineHouse } from '../../../test/harness/quarantine-house.ts';
import { openStore } from '../../store/open.ts';
import { Vault } from './vault.ts';

const one = heldItem();
const [first, second] = [
  { id: 'k-1', secret: Buffer.alloc(32, 1) },
  { id: 'k-2', secret: Buffer.alloc(32, 2) },
];
const openTo = (house: QuarantineHouse): Promise<boolean> => house.quarantine.find(one.id).then((record) => record?.unreadable === null);

test('sealed: listed, looked at and released; also after a restart with a lost database', async (t) => {
  const safe = { vault: new Vault([first]) };
  const it = await start(t, undefined, { safe });
  await it.keep(one);
  const later = await start(t, it.dir, { safe });
  assert.deepEqual((await later.quarantine.preview(one.id))?.text[0], '.dots');
  assert.equal((await later.quarantine.release(one.id, 'anna')).ok, true);
  assert.deepEqual(later.folders(), [[], [], []]);
});

test('the content of a sealed message reaches the next hop as it came', async (t) => {
  const it = await start(t, undefined, { safe: { vault: new Vault([first]) } });
  await it.keep(one);
  let content = Buffer.alloc(0);
  it.hub.answer = async (request) => {
    for await (const chunk of request.content.chunks()) content = Buffer.concat([content, chunk]);
    return yes;
  };
  await it.quarantine.release(one.id, 'anna');
  assert.deepEqual(content, wireMessage);
});

for (const [what, wrong] of [
  ['missing', null],
  ['another of the same name', { id: 'k-1', secret: Buffer.alloc(32, 9) }],
] as const) {
  test(`the key is ${what}: nothing is lost or expires, it is told once, counts, and is back with the key`, async (t) => {
    const safe = { vault: new Vault([first]) };
    const store = openStore(':memory:');
    const it = await start(t, undefined, { safe, store });
    await it.keep(one);
    safe.vault = new Vault(wrong === null ? null : [wrong]);
    await it.quarantine.rescan();
    await it.quarantine.rescan();
    assert.equal(await openTo(it), false);
    assert.deepEqual([it.quarantine.unreadable()?.messages, typesOf(it)], [1, ['quarantine-broken']]);
    assert.equal((await it.quarantine.release(one.id, 'anna')).ok, false);
    assert.equal((await it.quarantine.discard(one.id, 'anna')).ok, false);
    await assert.rejects(it.quarantine.preview(one.id));
    it.clock.ms = one.expiresAt + 1;
    await it.quarantine.sweep();
    assert.deepEqual([it.folders(), it.quarantine.totals().held.messages, it.stock.read().pieces], [[[], [one.id], []], 1, 1], 'it stays');
    const restarted = await start(t, it.dir, { safe, clock: it.clock });
    assert.deepEqual([await openTo(restarted), restarted.stock.read().pieces], [false, 1], 'also where the database is lost');

    safe.vault = new Vault([second, first]);
    await it.quarantine.rescan();
    await it.quarantine.sweep();
    assert.deepEqual([await openTo(it), it.quarantine.unreadable()], [true, null], 'and does not expire the moment it can be seen again');
    assert.equal((await it.quarantine.release(one.id, 'anna')).ok, true);
  });
}

test('a message that was changed on the disk is not sent, sealed or not', async (t) => {
  const it = await start(t, undefined, { safe: { vault: new Vault([first]) } });
  await it.keep(one);
  const path = join(it.dir, 'held', one.id, 'message');
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, -1));
  const answer = await it.quarantine.release(one.id, 'anna');
  assert.match(answer.ok ? '' : answer.error, /still held: .*damaged/);
  assert.equal(it.sent.length, 0);
});

test('copies of refused mail: counted apart, listed only when they are meant, their room given back', async (t) => {
  const it = await start(t);
  const copy = heldItem({ id: '1M7YNPXHV1000-3', refused: true });
  await it.keep(one);
  await it.keep(copy);
  const page = { state: 'held', after: null, limit: 10 } as const;
  assert.deepEqual(
    [(await it.quarantine.select({}, page)).map(({ id }) => id), (await it.quarantine.select({ refused: true }, page)).map(({ id }) => id)],
    [[one.id], [copy.id]],
  );
  const later = await start(t, it.dir);
  assert.deepEqual([later.refusedStock.read().pieces, later.stock.read().pieces, later.quarantine.totals().refused.messages], [1, 2, 1]);
  await later.quarantine.release(copy.id, 'anna');
  assert.deepEqual([later.refusedStock.read().pieces, later.quarantine.totals().refused.messages, later.quarantine.totals().held.messages], [0, 0, 1]);
});
