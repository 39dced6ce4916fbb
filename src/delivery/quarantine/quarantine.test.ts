import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mailbox } from '../../../test/harness/delivery-request.ts';
import { heldItem, heldRecord, wireMessage } from '../../../test/harness/held-item.ts';
import { dayMs, no, startQuarantine as start, typesOf, yes } from '../../../test/harness/quarantine-house.ts';
import { scratchDirectory } from '../../../test/harness/scratch.ts';
import { reply } from '../../model/reply.ts';
import { makeFolders, publishItem, writeNotes } from './item-folder.ts';

const one = heldItem();

test('released: delivered once, gone from disk, index and count, and said', async (t) => {
  const it = await start(t);
  await it.keep(one);
  assert.equal((await it.quarantine.release(one.id, 'anna')).ok, true);
  assert.equal(it.sent.length, 1);
  assert.deepEqual([it.folders(), await it.quarantine.find(one.id), it.stock.read()], [[[], [], []], null, { pieces: 0, bytes: 0 }]);
  assert.deepEqual(it.events, [
    { type: 'quarantine-released', session: one.session, ip: '192.0.2.7', ref: one.id, by: 'anna', outcome: 'delivered', why: '250 2.0.0 Ok' },
  ]);
  assert.equal((await it.quarantine.release(one.id, 'anna')).ok, false);
});

test('refused at release: it stays, with the refusal', async (t) => {
  const it = await start(t);
  await it.keep(one);
  it.hub.answer = () => no;
  const answer = await it.quarantine.release(one.id, 'anna');
  assert.match(answer.ok ? '' : answer.error, /is still held: 554 5\.7\.1 Spam/);
  assert.deepEqual((await it.quarantine.find(one.id))?.release, { at: 2000, by: 'anna', outcome: 'failed', why: '554 5.7.1 Spam' });
  assert.deepEqual(it.folders(), [[], [one.id], []]);
});

test('who has it already is not served again, also after a restart', async (t) => {
  const [anna, otto] = [mailbox('anna@hub.example'), mailbox('otto@hub.example')];
  const it = await start(t);
  await it.keep({ ...one, recipients: [anna, otto] });
  it.hub.answer = () => ({
    kind: 'mixed',
    at: 'dot',
    perRecipient: [
      { to: anna, hubReply: reply(250, '2.0.0', 'Ok') },
      { to: otto, hubReply: reply(450, '4.2.0', 'Full') },
    ],
  });
  const answer = await it.quarantine.release(one.id, 'anna');
  assert.match(answer.ok ? '' : answer.error, /1 of its recipients have not got it: 450 4\.2\.0 Full/);
  const later = await start(t, it.dir);
  assert.equal((await later.quarantine.find(one.id))?.release?.outcome, 'partly');
  await later.quarantine.release(one.id, 'anna');
  assert.deepEqual(
    later.sent.map(({ recipients }) => recipients),
    [[otto]],
  );
});

test('two operators do not deliver a message twice', async (t) => {
  const it = await start(t);
  await it.keep(one);
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  it.hub.answer = () => held.then(() => yes);
  const first = it.quarantine.release(one.id, 'anna');
  const second = await it.quarantine.release(one.id, 'otto');
  assert.match(second.ok ? '' : second.error, /somebody is at work on/);
  go();
  assert.equal((await first).ok, true);
  assert.equal(it.sent.length, 1);
});

test('we died in a release: the next who looks is told that it may be there already', async (t) => {
  const dir = scratchDirectory(t, 'held');
  makeFolders(dir);
  await publishItem(dir, one, [wireMessage]);
  await writeNotes(dir, 'held', one.id, { release: { at: 5, by: 'anna', outcome: 'under-way', why: '' } });
  const it = await start(t, dir);
  assert.deepEqual((await it.quarantine.find(one.id))?.release, { at: 5, by: 'anna', outcome: 'interrupted', why: 'broken off; it may have been delivered' });
});

test('discarded and undone: back as it was; not undone it is gone after a day, and that is said', async (t) => {
  const it = await start(t);
  await it.keep(one);
  assert.equal((await it.quarantine.discard(one.id, 'anna')).ok, true);
  assert.deepEqual([it.folders(), it.quarantine.totals().trash.messages], [[[], [], [one.id]], 1]);
  const released = await it.quarantine.release(one.id, 'anna');
  assert.match(released.ok ? '' : released.error, /is discarded; undo that first/);
  assert.equal((await it.quarantine.restore(one.id, 'otto')).ok, true);
  assert.deepEqual([it.folders(), (await it.quarantine.find(one.id))?.discarded], [[[], [one.id], []], null]);
  assert.equal((await it.quarantine.restore(one.id, 'otto')).ok, false);

  await it.quarantine.discard(one.id, 'anna');
  it.clock.ms += dayMs - 1;
  await it.quarantine.sweep();
  assert.deepEqual(it.folders(), [[], [], [one.id]], 'not a moment before');
  it.clock.ms += 1;
  await it.quarantine.sweep();
  assert.deepEqual([it.folders(), it.stock.read().pieces], [[[], [], []], 0]);
  assert.deepEqual(typesOf(it), ['quarantine-discarded', 'quarantine-restored', 'quarantine-discarded', 'quarantine-expired']);
});

test('a clock that jumps over the time of held mail removes none of it, until it has run evenly for an hour', async (t) => {
  const it = await start(t);
  await it.keep(one);
  it.clock.jumps = one.expiresAt;
  await it.quarantine.sweep();
  assert.deepEqual(it.folders(), [[], [one.id], []]);
  it.clock.jumps = 0;
  await it.quarantine.sweep();
  assert.deepEqual(it.folders(), [[], [one.id], []], 'it was a mistake');
  it.clock.jumps = one.expiresAt;
  await it.quarantine.sweep();
  it.clock.ms += 3_600_000;
  await it.quarantine.sweep();
  assert.deepEqual(it.folders(), [[], [], []]);
});

test('what nobody released expires at its time, and that is said; what is undone does not expire the moment it is back', async (t) => {
  const it = await start(t);
  await it.keep(one);
  it.clock.ms = one.expiresAt - 1;
  await it.quarantine.sweep();
  await it.quarantine.discard(one.id, 'anna');
  it.clock.ms = one.expiresAt + 1;
  await it.quarantine.restore(one.id, 'anna');
  await it.quarantine.sweep();
  assert.deepEqual(it.folders(), [[], [one.id], []], 'it has a day more');
  it.clock.ms += dayMs;
  await it.quarantine.sweep();
  assert.deepEqual(it.folders(), [[], [], []]);
  assert.deepEqual(it.events.at(-1), {
    type: 'quarantine-expired',
    session: one.session,
    ip: '192.0.2.7',
    ref: one.id,
    state: 'held',
    from: 'sender@client.example',
    recipients: ['user@hub.example'],
    bytes: wireMessage.length,
  });
});

test('what a recipient was promised does not expire before it is done', async (t) => {
  const promised = new Set(['1M7YNPXHV1000-1']);
  const it = await start(t, undefined, { promised: () => Promise.resolve(promised) });
  await it.keep(heldItem());
  await it.keep(heldItem({ id: '1M7YNPXHV1000-2' }));
  it.clock.ms = 1_000_001;
  await it.quarantine.sweep();
  assert.deepEqual([typesOf(it), (await it.quarantine.find('1M7YNPXHV1000-2')) === null], [['quarantine-expired'], true]);
  const later = await start(t, it.dir, { clock: { ms: 1_000_002 } });
  await later.quarantine.sweep();
  assert.equal((await later.quarantine.release('1M7YNPXHV1000-1', 'recipient')).ok, true, 'nor after a restart');
  await it.keep(heldItem({ id: '1M7YNPXHV1000-3' }));
  promised.clear();
  it.clock.ms += 2 * dayMs;
  await it.quarantine.sweep();
  assert.deepEqual(it.folders()[1], []);
});

test('where nobody can say what was promised nothing expires', async (t) => {
  const it = await start(t, undefined, { promised: () => Promise.reject(new Error('EIO')) });
  await it.keep(heldItem());
  it.clock.ms = 1_000_001;
  await it.quarantine.sweep();
  assert.deepEqual([typesOf(it), it.folders()[1]], [['quarantine-broken'], ['1M7YNPXHV1000-1']]);
});

test('the index is made anew from the folders: a lost database loses nothing, and a row without a message goes', async (t) => {
  const it = await start(t);
  const two = heldItem({ id: '1M7YNPXHV1000-2' });
  await it.keep(one);
  await it.keep(two);
  await it.quarantine.discard(two.id, 'anna');
  const later = await start(t, it.dir);
  assert.deepEqual(
    [await later.quarantine.find(one.id), await later.quarantine.find(two.id)],
    [await it.quarantine.find(one.id), await it.quarantine.find(two.id)],
  );
  assert.deepEqual(later.quarantine.totals(), {
    held: { messages: 1, bytes: wireMessage.length },
    trash: { messages: 1, bytes: wireMessage.length },
    refused: { messages: 0, bytes: 0 },
  });
  assert.deepEqual(later.stock.read(), { pieces: 2, bytes: 2 * wireMessage.length }, 'and the limits count them');
  rmSync(join(it.dir, 'held', one.id), { recursive: true });
  await later.quarantine.rescan();
  assert.equal(await later.quarantine.find(one.id), null);
});

test('a row whose message was seen in neither folder, because it moved meanwhile, stays', async (t) => {
  const it = await start(t);
  // No look into the folders lists such a name; it stands for one that was moved from the one to the other between two looks.
  mkdirSync(join(it.dir, 'held', 'moving'));
  await it.index.save(heldRecord({ id: 'moving' }));
  await it.quarantine.rescan();
  assert.equal((await it.quarantine.find('moving'))?.state, 'held');
});

test('a door that died before it could tell: a look at the folders finds its message', async (t) => {
  const it = await start(t);
  await publishItem(it.dir, one, [wireMessage]);
  await it.quarantine.rescan();
  assert.equal((await it.quarantine.find(one.id))?.size, wireMessage.length);
});

test('the database fails while a message is told: the next sweep has it', async (t) => {
  const it = await start(t);
  t.mock.method(it.index, 'save', () => Promise.reject(new Error('disk full')), { times: 1 });
  await it.keep(one);
  assert.deepEqual([await it.quarantine.find(one.id), typesOf(it)], [null, ['quarantine-broken']]);
  await it.quarantine.sweep();
  assert.equal((await it.quarantine.find(one.id))?.id, one.id);
});

test('a damaged message is never sent, and its neighbours are not affected', async (t) => {
  const it = await start(t);
  await it.keep(one);
  writeFileSync(join(it.dir, 'held', one.id, 'message'), 'other');
  const answer = await it.quarantine.release(one.id, 'anna');
  assert.match(answer.ok ? '' : answer.error, /damaged/);
  assert.equal(it.sent.length, 0);
  writeFileSync(join(it.dir, 'held', one.id, 'item.json'), '{');
  const two = heldItem({ id: '1M7YNPXHV1000-2' });
  await it.keep(two);
  const later = await start(t, it.dir);
  await later.quarantine.rescan();
  await later.quarantine.sweep();
  assert.deepEqual(typesOf(later), ['quarantine-broken'], 'told once, not a minute');
  assert.equal((await later.quarantine.release(two.id, 'anna')).ok, true);
});

test('released to one of its recipients: the others wait on, and nobody gets it twice', async (t) => {
  const it = await start(t);
  const [ann, otto] = [mailbox('ann@hub.example'), mailbox('otto@hub.example')];
  await it.keep(heldItem({ recipients: [ann, otto] }));
  assert.deepEqual(await it.quarantine.waitingFor(one.id), ['ann@hub.example', 'otto@hub.example']);
  assert.equal((await it.quarantine.release(one.id, 'ann', 'ann@hub.example')).ok, true);
  assert.deepEqual(
    it.sent.map(({ recipients }) => recipients.map(({ text }) => text)),
    [['ann@hub.example']],
  );
  assert.deepEqual(await it.quarantine.waitingFor(one.id), ['otto@hub.example']);
  assert.equal((await it.quarantine.find(one.id))?.release, null, 'nothing went wrong');
  assert.equal((await it.quarantine.release(one.id, 'ann', 'ann@hub.example')).ok, false, 'she has it');
  it.hub.answer = () => no;
  assert.equal((await it.quarantine.release(one.id, 'otto', 'otto@hub.example')).ok, false);
  assert.deepEqual(await it.quarantine.waitingFor(one.id), ['otto@hub.example'], 'a refusal keeps it');
  it.hub.answer = () => yes;
  assert.equal((await it.quarantine.release(one.id, 'anna')).ok, true);
  assert.deepEqual(
    it.sent.at(-1)?.recipients.map(({ text }) => text),
    ['otto@hub.example'],
  );
  assert.equal(await it.quarantine.find(one.id), null);
  assert.deepEqual(await it.quarantine.waitingFor(one.id), []);
  const told = it.events.filter((event) => event.type === 'quarantine-released');
  assert.deepEqual(
    told.map(({ by, to, outcome }) => [by, to, outcome]),
    [
      ['ann', 'ann@hub.example', 'delivered'],
      ['otto', 'otto@hub.example', 'partly'],
      ['anna', undefined, 'delivered'],
    ],
  );
});
