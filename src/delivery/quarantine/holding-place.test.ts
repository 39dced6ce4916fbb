import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentOf } from '../../../test/harness/delivery-request.ts';
import { holdRequest, wireMessage } from '../../../test/harness/held-item.ts';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import { SharedStock } from '../../lib/shared-stock.ts';
import type { EventBody } from '../../model/events.ts';
import type { QuarantineItem } from '../../model/quarantine.ts';
import { FairShare } from '../fair-share.ts';
import { createHoldingPlace, type HoldingPlaceParts, type QuarantineLimits } from './holding-place.ts';
import { diskSteps, readItem } from './item-folder.ts';
import { recordOf } from './record-of.ts';
import { Vault } from './vault.ts';

const wide: QuarantineLimits = { keepFor: 30 * 86_400_000, maxBytes: 1_000_000, maxMessages: 100, freeDisk: 0, refusedFor: 86_400_000, refusedShare: 10 };

function start(t: Owner, { limits = wide, ...parts }: { limits?: QuarantineLimits } & Partial<Omit<HoldingPlaceParts, 'limits'>> = {}) {
  const dir = scratchDirectory(t, 'held');
  const events: EventBody[] = [];
  const told: QuarantineItem[] = [];
  const clock = { ms: 1000 };
  const stock = new SharedStock(SharedStock.allocate());
  const place = createHoldingPlace({
    dir,
    stock,
    limits: () => limits,
    record: (event) => void events.push(event),
    kept: (item) => void told.push(item),
    now: () => clock.ms,
    ...parts,
  });
  let number = 0;
  const keep = (bytes = wireMessage) => place.keep(holdRequest({ reference: `1M7YNPXHV1000-${++number}`, content: contentOf(bytes) }));
  return { dir, place, events, told, clock, stock, keep, held: () => readdirSync(join(dir, 'held')) };
}

test('kept: all that a delivery needs is on the disk, and the keeper is told', async (t) => {
  const { dir, told, keep, stock } = start(t);
  const outcome = await keep();
  assert.deepEqual(outcome, { kind: 'kept', id: '1M7YNPXHV1000-1', expiresAt: 1000 + wide.keepFor });
  const { item } = await readItem(dir, 'held', '1M7YNPXHV1000-1');
  assert.deepEqual(item, told[0]);
  const { request } = holdRequest();
  assert.deepEqual(
    [item.from, item.recipients, item.parameters, item.handover, item.prependedHeaders],
    [request.from, request.recipients, request.parameters, request.handover, request.prependedHeaders],
  );
  assert.deepEqual(stock.read(), { pieces: 1, bytes: wireMessage.length });
});

test('that it holds a virus stands with it, and in the index', async (t) => {
  const { dir, place } = start(t);
  await place.keep({ ...holdRequest(), virus: true });
  const { item, notes } = await readItem(dir, 'held', '1M7YNPXHV1000-1');
  assert.equal(recordOf(item, notes, 'held').virus, true);
});

test('the number is limited, and what is kept stays', async (t) => {
  const { keep, held, events, clock } = start(t, { limits: { ...wide, maxMessages: 2 } });
  const kinds = [(await keep()).kind, (await keep()).kind, (await keep()).kind, (await keep()).kind];
  assert.deepEqual(kinds, ['kept', 'kept', 'full', 'full']);
  assert.equal(held().length, 2);
  assert.deepEqual(
    events,
    [{ type: 'quarantine-full', why: 'quarantine.maxMessages is reached', messages: 2, bytes: 2 * wireMessage.length }],
    'once, not a message',
  );
  clock.ms += 60_000;
  await keep();
  assert.equal(events.length, 2, 'and again after a minute');
});

test('so are the bytes, exactly, also where many come at once', async (t) => {
  const { keep, held, stock } = start(t, { limits: { ...wide, maxBytes: 3 * wireMessage.length + 10 } });
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => keep()));
  assert.equal(outcomes.filter(({ kind }) => kind === 'kept').length, 3);
  assert.equal(held().length, 3);
  assert.equal(stock.read().bytes, 3 * wireMessage.length);
});

test('below the floor of free space nothing is kept', async (t) => {
  const { keep, held, stock, events } = start(t, { limits: { ...wide, freeDisk: 1000 }, freeBytes: () => 1000 + wireMessage.length - 1 });
  assert.equal((await keep()).kind, 'full');
  assert.deepEqual([held(), stock.read().pieces, events[0]?.type], [[], 0, 'quarantine-full']);
});

test('a disk that fails: nothing is left, the room is given back, the operator is told', async (t) => {
  const failing = { ...diskSteps, sync: () => Promise.reject(new Error('EIO')) };
  const { keep, held, stock, events, told } = start(t, { steps: failing });
  assert.deepEqual(await keep(), { kind: 'failed', why: 'EIO' });
  assert.deepEqual([held(), stock.read().pieces, told.length, events[0]?.type], [[], 0, 0, 'quarantine-broken']);
});

test('copies of refused mail have a share of the limits and a time of their own; a full share is nobody’s trouble', async (t) => {
  const refusedStock = new SharedStock(SharedStock.allocate());
  const { place, stock, held, events, told } = start(t, { limits: { ...wide, maxMessages: 20, refusedFor: 5000 }, refusedStock });
  const keep = (number: number, refused: boolean) =>
    place.keep({ ...holdRequest({ reference: `1M7YNPXHV1000-R${number}`, content: contentOf(wireMessage) }), ...(refused && { refused }) });
  const kinds = [(await keep(1, true)).kind, (await keep(2, true)).kind, (await keep(3, true)).kind, (await keep(4, false)).kind];
  assert.deepEqual(kinds, ['kept', 'kept', 'full', 'kept'], 'a tenth of twenty');
  assert.deepEqual([held().length, stock.read().pieces, refusedStock.read().pieces, events.length], [3, 3, 2, 0]);
  assert.deepEqual([told[0]?.refused, told[0]?.expiresAt, told[2]?.refused], [true, 6000, undefined]);
});

test('where no share is set aside no copy is kept', async (t) => {
  const { place, stock } = start(t);
  const outcome = await place.keep({ ...holdRequest(), refused: true });
  assert.deepEqual([outcome.kind, stock.read().pieces], ['full', 0]);
});

test('with a key it is sealed before it is on the disk, and the room counts what came', async (t) => {
  const vault = new Vault([{ id: 'k-1', secret: Buffer.alloc(32, 1) }]);
  const { dir, keep, stock, told } = start(t, { vault: () => vault });
  await keep();
  assert.ok(!readFileSync(join(dir, 'held', '1M7YNPXHV1000-1', 'message')).includes('dots'));
  assert.deepEqual((await readItem(dir, 'held', '1M7YNPXHV1000-1', vault)).item, told[0]);
  assert.equal(stock.read().bytes, wireMessage.length);
});

test('a copy that could not be kept gives its share back', async (t) => {
  for (const trouble of [
    { steps: { ...diskSteps, sync: () => Promise.reject(new Error('EIO')) } },
    { limits: { ...wide, freeDisk: 10 }, freeBytes: () => 10 },
  ]) {
    const refusedStock = new SharedStock(SharedStock.allocate());
    const { place, stock, held } = start(t, { refusedStock, ...trouble });
    assert.notEqual((await place.keep({ ...holdRequest(), refused: true })).kind, 'kept');
    assert.deepEqual([refusedStock.read(), stock.read(), held()], [{ pieces: 0, bytes: 0 }, { pieces: 0, bytes: 0 }, []]);
  }
});

test('a disk that hangs leaves so many copies of refused mail in memory and no more; what somebody waits for is not refused for them', async (t) => {
  const disk = Promise.withResolvers<void>();
  const refusedStock = new SharedStock(SharedStock.allocate());
  const limits = { ...wide, maxMessages: 1000, refusedShare: 100 };
  const { place, held } = start(t, {
    refusedStock,
    limits,
    steps: { ...diskSteps, makeFolder: (path) => disk.promise.then(() => diskSteps.makeFolder(path)) },
  });
  let number = 0;
  const copy = () => place.keep({ ...holdRequest({ reference: `1M7YNPXHV1000-R${++number}` }), refused: true });
  const underWay = Array.from({ length: 32 }, copy);
  const beyond = await copy();
  assert.deepEqual([beyond.kind, refusedStock.read().pieces], ['full', 32]);
  assert.match(beyond.kind === 'full' ? beyond.why : '', /32 copies/);
  const original = place.keep(holdRequest());
  disk.resolve();
  assert.equal((await original).kind, 'kept');
  for (const outcome of await Promise.all(underWay)) assert.equal(outcome.kind, 'kept');
  assert.equal((await copy()).kind, 'kept', 'the disk is back');
  assert.equal(held().length, 34);
});

test('one stranger does not fill it: beyond half of it his share is over, nothing is taken for it', async (t) => {
  const { keep, stock, held } = start(t, { limits: { ...wide, maxMessages: 300 }, shares: new FairShare({ doors: 1, steady: () => 0 }) });
  stock.add({ pieces: 150, bytes: 0 });
  for (let n = 0; n < 100; n += 1) assert.equal((await keep()).kind, 'kept');
  const { kind } = await keep();
  assert.deepEqual([kind, stock.read().pieces, held().length], ['full', 250, 100]);
});
