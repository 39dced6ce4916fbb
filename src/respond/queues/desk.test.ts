import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderQueue, type FolderQueue } from '../../../test/harness/folder-queue.ts';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import { carryOut, select, undo, type HandledInStore } from './desk.ts';
import { KeptActions, undoForMs, type QueueAction, type QueueVerb } from './kept-actions.ts';
import type { QueueItem } from './mail-queue.ts';
import { previewOf } from './preview.ts';
import type { Selection } from './selection.ts';

const everything: Selection = { words: {}, ids: null, before: null, like: null, incident: null };
const noLook = (): never => assert.fail('nothing of a message is asked for');
const room = 1024 ** 3;
/** 2025-11-21, in milliseconds. */
const now = 1_763_683_200_000;

interface Bench {
  readonly queue: FolderQueue;
  readonly actions: KeptActions;
  readonly dir: string;
  begin(verb: QueueVerb, sender?: string): Promise<{ readonly action: QueueAction; readonly handled: readonly HandledInStore[] }>;
  undo(action: QueueAction): Promise<readonly HandledInStore[]>;
}

function bench(owner: Owner): Bench {
  const dir = scratchDirectory(owner, 'queues');
  mkdirSync(join(dir, 'queue'));
  const queue = folderQueue(join(dir, 'queue'));
  queue.add('a', 'spam@x.example\nfirst');
  queue.add('b', 'spam@x.example\nsecond', true);
  queue.add('c', 'mary@y.example\nhonest');
  const actions = new KeptActions(join(dir, 'kept'), room);
  return {
    queue,
    actions,
    dir,
    async begin(verb, sender = 'spam@x.example') {
      const items = await all(select([queue], { ...everything, words: { sender } }, noLook));
      await actions.requireRoom(0, 0);
      const action = await actions.begin({ verb, at: now, by: 'test', about: 'a test', places: [{ store: 'exim' }], measure: null });
      return { action, handled: await all(carryOut([queue], action, items, actions)) };
    },
    undo: (action) => all(undo([queue], action, actions)),
  };
}

async function all<T>(from: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const each of from) found.push(each);
  return found;
}

const errorsOf = (handled: readonly HandledInStore[]): readonly string[] => handled.flatMap(({ error }) => error ?? []);

test('discarded messages leave the queue, and undo brings them back as they were: what was held stays held', async (t) => {
  const { queue, begin, undo: back } = bench(t);
  const before = queue.contents();
  const { action, handled } = await begin('discard');
  assert.deepEqual([handled.length, errorsOf(handled)], [2, []]);
  assert.deepEqual(Object.keys(queue.contents()), ['c']);
  assert.deepEqual(errorsOf(await back(action)), []);
  assert.deepEqual(queue.contents(), before);
});

test('a message is on our disk before it leaves its queue', async (t) => {
  const { queue, begin, dir } = bench(t);
  let kept: readonly string[] = [];
  queue.beforeRemove = () => {
    kept = readdirSync(join(dir, 'kept'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('/message'));
  };
  const { action } = await begin('discard');
  assert.deepEqual(
    kept.toSorted(),
    ['a', 'b'].map((id) => `${action.id}/exim/${id}/message`),
  );
});

test('what cannot be held is not taken out: it may be on its way', async (t) => {
  const { queue, begin } = bench(t);
  queue.busy.add('a');
  const { handled } = await begin('discard');
  assert.deepEqual(errorsOf(handled), ['is being delivered']);
  assert.deepEqual(Object.keys(queue.contents()), ['a', 'c']);
});

test('what cannot be kept stays in its queue, held, and undo lets it go', async (t) => {
  const { queue, begin, undo: back, actions } = bench(t);
  const keep = actions.keep.bind(actions);
  actions.keep = (action, item, files) => (item.id === 'a' ? Promise.reject(new Error('the disk is full')) : keep(action, item, files));
  const { action, handled } = await begin('discard');
  assert.match(errorsOf(handled).join(), /stays on hold, because it could not be kept: the disk is full/);
  assert.deepEqual(Object.keys(queue.contents()), ['a.held', 'c']);
  await back(action);
  assert.deepEqual(Object.keys(queue.contents()), ['a', 'b.held', 'c']);
});

test('what somebody released meanwhile stays, and does not come back a second time', async (t) => {
  const { queue, begin, undo: back, dir } = bench(t);
  queue.beforeRemove = () => void queue.release(['a']);
  const { action, handled } = await begin('discard');
  assert.deepEqual(errorsOf(handled), ['is not held']);
  queue.beforeRemove = () => undefined;
  rmSync(join(dir, 'queue/a')); // delivered
  await back(action);
  assert.equal('a' in queue.contents(), false);
});

test('an undo that dies between any two steps and is done again brings each message back once', async (t) => {
  const { queue, begin, undo: back } = bench(t);
  const before = queue.contents();
  const { action } = await begin('discard');
  const release = queue.release.bind(queue);
  queue.release = () => Promise.reject(new Error('died')); // all is put back, nothing released
  await assert.rejects(back(action), /died/);
  queue.release = release;
  queue.beforePutBack = (id) => {
    if (id === 'a') throw new Error('died');
  };
  assert.match(errorsOf(await back(action)).join(), /is still kept: died/);
  queue.beforePutBack = () => undefined;
  assert.deepEqual(errorsOf(await back(action)), []);
  assert.deepEqual(queue.contents(), before);
});

test('undo of a hold releases what the hold has held and nothing else', async (t) => {
  const { queue, begin, undo: back } = bench(t);
  const { action } = await begin('hold');
  assert.deepEqual(Object.keys(queue.contents()), ['a.held', 'b.held', 'c']);
  await back(action);
  assert.deepEqual(Object.keys(queue.contents()), ['a', 'b.held', 'c']);
});

test('undo of a release holds again what has not left yet', async (t) => {
  const { queue, begin, undo: back } = bench(t);
  const { action } = await begin('release');
  assert.deepEqual(Object.keys(queue.contents()), ['a', 'b', 'c']);
  await back(action);
  assert.ok('b.held' in queue.contents());
  assert.ok('c' in queue.contents());
});

test('what does not fit into the room is refused before anything is done', async (t) => {
  const { dir } = bench(t);
  const small = new KeptActions(join(dir, 'kept'), 1024 * 1024);
  await small.requireRoom(1, 1000);
  await assert.rejects(small.requireRoom(1, 1024 * 1024), /there is no room.*--room/);
  mkdirSync(join(dir, 'kept/q-0123456789'), { recursive: true });
  writeFileSync(join(dir, 'kept/q-0123456789/message'), Buffer.alloc(1_000_000));
  await assert.rejects(small.requireRoom(1, 100_000), /there is no room/, 'what is kept already counts');
});

test('a day after, an action is gone with all it kept', async (t) => {
  const { begin, actions, dir } = bench(t);
  const { action } = await begin('discard');
  assert.deepEqual(
    (await actions.list(now + undoForMs)).map(({ id }) => id),
    [action.id],
  );
  assert.deepEqual(await actions.list(now + undoForMs + 1), []);
  assert.deepEqual(readdirSync(join(dir, 'kept')), []);
});

test('one at a time may undo an action; a claim of a dead process does not bar it', async (t) => {
  const { begin, actions, dir } = bench(t);
  const { action } = await begin('hold');
  const letGo = await actions.claim(action);
  await assert.rejects(actions.claim(action), /is being undone/);
  await letGo();
  writeFileSync(join(dir, 'kept', action.id, 'undoing'), '4194305'); // above every process id of Linux
  await (
    await actions.claim(action)
  )();
});

test('a folder that others may write to, or made, is not believed: its files would be put into a queue as root', async (t) => {
  const { begin, actions, dir } = bench(t);
  const { action } = await begin('discard');
  for (const path of [join(dir, 'kept'), join(dir, 'kept', action.id)]) {
    chmodSync(path, 0o770);
    await assert.rejects(actions.list(now), /does not belong to this user alone/);
    chmodSync(path, 0o700);
  }
  renameSync(join(dir, 'kept'), join(dir, 'elsewhere'));
  symlinkSync(join(dir, 'elsewhere'), join(dir, 'kept'));
  await assert.rejects(actions.list(now), /does not belong to this user alone/);
  await assert.rejects(actions.requireRoom(1, 1), /does not belong to this user alone/);
});

test('a preview counts, sums and gives samples from all over the selection', () => {
  const items = Array.from({ length: 12 }, (_, at): QueueItem => ({
    id: `m${at}`,
    store: 'exim',
    queuedAt: at,
    from: at < 8 ? 'x' : 'y',
    to: [],
    size: 10,
    reason: '',
    incident: null,
    held: false,
  }));
  const { samples, ...sums } = previewOf(items);
  assert.deepEqual(sums, {
    count: 12,
    bytes: 120,
    stores: { exim: 12 },
    senders: [
      { from: 'x', count: 8 },
      { from: 'y', count: 4 },
    ],
    oldest: 0,
    newest: 11,
  });
  assert.deepEqual(
    samples.map(({ id }) => id),
    ['m0', 'm3', 'm6', 'm9'],
  );
  assert.deepEqual(previewOf([]).oldest, null);
});
