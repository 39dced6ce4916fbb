import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderQueue } from '../../../test/harness/folder-queue.ts';
import { scratchDirectory, type Owner } from '../../../test/harness/scratch.ts';
import type { EventBody } from '../../model/events.ts';
import { createQueueControl } from './control.ts';
import { undo } from './desk.ts';
import { KeptActions } from './kept-actions.ts';
import { QueueTrouble, type MailQueue } from './mail-queue.ts';

const now = Date.UTC(2026, 10, 21, 9);

/** An Exim with two messages of a thief and one of somebody honest; a Postfix that cannot be asked where that is wanted. */
function start(t: Owner, { broken = false, room = 1024 ** 3 } = {}) {
  const dir = scratchDirectory(t, 'queue-control');
  mkdirSync(join(dir, 'queue'));
  const queue = folderQueue(join(dir, 'queue'));
  queue.add('a', 'spam@x.example\nfirst');
  queue.add('b', 'spam@x.example\nsecond', true);
  queue.add('c', 'mary@y.example\nhonest');
  const postfix: MailQueue = {
    ...queue,
    name: 'postfix',
    async *list() {
      yield* await Promise.reject<[]>(new QueueTrouble('postqueue: permission denied'));
    },
  };
  const actions = new KeptActions(join(dir, 'kept'), room);
  const events: EventBody[] = [];
  const control = createQueueControl({
    open: () => Promise.resolve(broken ? [postfix, queue] : [queue]),
    actions,
    lookAt: () => assert.fail('nothing of a message is asked for'),
    record: (event) => void events.push(event),
    now: () => now,
  });
  return { queue, control, events, actions };
}

test('what waits is shown, as much as is asked for; a server that cannot be asked says why and hides nothing of the others', async (t) => {
  const { control } = start(t, { broken: true });
  const all = await control.list({});
  assert.ok(all.ok);
  assert.deepEqual(all.stores, [
    { store: 'postfix', why: 'postqueue: permission denied' },
    { store: 'exim', why: null },
  ]);
  assert.deepEqual(
    all.items.map(({ id, from, held }) => [id, from, held]),
    [
      ['a', 'spam@x.example', false],
      ['b', 'spam@x.example', true],
      ['c', 'mary@y.example', false],
    ],
  );
  const some = await control.list({ sender: '.example', limit: '2' });
  assert.deepEqual(some.ok && [some.items.length, some.more], [2, true]);
});

test('without a number nothing is done, and the number is said; with another number nothing is done either', async (t) => {
  const { queue, control, events } = start(t);
  const before = queue.contents();
  const preview = await control.act('discard', { sender: 'spam@x.example' }, 'anna');
  assert.ok(preview.ok && preview.preview);
  assert.deepEqual([preview.count, preview.stores, preview.senders, preview.samples.length], [2, { exim: 2 }, [{ from: 'spam@x.example', count: 2 }], 2]);
  queue.add('d', 'spam@x.example\nthird');
  const late = await control.act('discard', { sender: 'spam@x.example', expect: 2 }, 'anna');
  assert.deepEqual(late, { ok: false, error: 'nothing was done: 3 messages fit by now, not 2', isOther: true });
  assert.deepEqual([queue.contents(), events], [{ ...before, d: 'spam@x.example\nthird' }, []]);
});

test('with the number it is done, recorded in the name of who asked, and can be undone by the command line', async (t) => {
  const { queue, control, events, actions } = start(t);
  const before = queue.contents();
  const done = await control.act('discard', { sender: 'spam@x.example', expect: 2 }, 'token anna');
  assert.ok(done.ok && !done.preview);
  assert.deepEqual([done.messages, done.failed, Object.keys(queue.contents())], [2, 0, ['c']]);
  assert.deepEqual(events, [
    { type: 'queue-handled', verb: 'discard', action: done.action, by: 'token anna', about: 'sender spam@x.example', messages: 2, failed: 0 },
  ]);
  const [action] = await actions.list(now);
  assert.deepEqual([action?.id, action?.by, action?.places], [done.action, 'token anna', [{ store: 'exim' }]]);
  for await (const { error } of undo([queue], action ?? assert.fail(), actions)) assert.equal(error, null);
  assert.deepEqual(queue.contents(), before);
});

test('a hold is of what is not held yet; what is on its way is told of', async (t) => {
  const { queue, control } = start(t);
  queue.busy.add('a');
  const preview = await control.act('hold', { all: true }, 'anna');
  assert.equal(preview.ok && preview.preview && preview.count, 2);
  const done = await control.act('hold', { all: true, expect: 2 }, 'anna');
  assert.ok(done.ok && !done.preview);
  assert.deepEqual([done.messages, done.failed, done.failures[0]?.id], [1, 1, 'a']);
});

for (const [raw, said, why] of [
  [{}, /nothing is selected/, 'nothing said is not everything'],
  [{ expect: 3 }, /nothing is selected/, 'a number selects nothing'],
  [{ sendr: 'x' }, /sendr/, 'a word that is not known must not widen the selection'],
  [{ all: false }, /all/, 'all is said or not'],
  [{ all: true, expect: 0 }, /expect/, 'nothing is to be done'],
  [{ sender: '' }, /sender|address|null sender/i, 'an empty pattern means nothing'],
  [{ ids: [] }, /ids/, 'no ids are no selection'],
] as const)
  test(`discard ${JSON.stringify(raw)} is refused: ${why}`, async (t) => {
    const { queue, control } = start(t);
    const before = queue.contents();
    const answer = await control.act('discard', raw, 'anna');
    assert.ok(!answer.ok && !answer.isOther);
    assert.match(answer.error, said);
    assert.deepEqual(queue.contents(), before);
  });

test('without room to keep them nothing is discarded', async (t) => {
  const { queue, control } = start(t, { room: 10 });
  const before = queue.contents();
  const answer = await control.act('discard', { all: true, expect: 3 }, 'anna');
  assert.match(answer.ok ? '' : answer.error, /there is no room/);
  assert.deepEqual(queue.contents(), before);
});

test('requests wait for one another, and only a few of them', async (t) => {
  const { control } = start(t);
  const answers = await Promise.all(Array.from({ length: 9 }, () => control.list({})));
  assert.deepEqual([answers.filter(({ ok }) => ok).length, answers.filter((each) => !each.ok && each.isOther).length], [4, 5]);
  assert.ok((await control.list({})).ok, 'and it goes on');
});
