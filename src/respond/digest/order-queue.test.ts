import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldRecord } from '../../../test/harness/held-item.ts';
import { openBook, releaseKey } from '../../../test/harness/release-book.ts';
import type { Owner } from '../../../test/harness/scratch.ts';
import type { EventBody } from '../../model/events.ts';
import type { HeldRecord } from '../../model/quarantine.ts';
import type { ReleaseOrder } from '../../model/release.ts';
import { OrderQueue, promisedIds } from './order-queue.ts';
import { recipientPrint } from './token.ts';

const print = (address: string): string => recipientPrint(releaseKey, address);
const order: ReleaseOrder = {
  format: 1,
  letter: 'aaaaaaaaaaaaaaaa',
  line: 1,
  id: '1M7YNPXHV1000-1',
  recipient: print('otto@hub.example'),
  way: 'reply',
  at: 1000,
  asker: '192.0.2.7',
};

/** Releases that wait for the test. */
const letGo: (() => void)[] = [];

function start(
  t: Owner,
  changes: {
    readonly held?: HeldRecord | null;
    readonly answers?: readonly boolean[];
    readonly holds?: true;
    readonly isUncertain?: boolean;
    readonly isRefused?: boolean;
    trouble?: (why: string) => void;
  } = {},
) {
  const { book } = openBook(t);
  const events: EventBody[] = [];
  const released: string[] = [];
  const toldAgain: string[] = [];
  const timers: { act: () => void; ms: number }[] = [];
  const held = changes.held === undefined ? heldRecord({ to: ['ann@hub.example', 'otto@hub.example'] }) : changes.held;
  const left = new Set(held?.to);
  let answers = changes.answers ?? [];
  const make = () =>
    new OrderQueue({
      book,
      find: () => Promise.resolve(held),
      waitingFor: () => Promise.resolve([...left]),
      release: async (id, by, only) => {
        if (changes.holds) await new Promise<void>((resolve) => letGo.push(resolve));
        const [ok = true, ...later] = answers;
        answers = later;
        released.push(`${id} ${by} ${only}`);
        if (ok) left.delete(only);
        return ok ? { ok } : { ok, isUncertain: changes.isUncertain ?? false, isRefused: changes.isRefused ?? false, error: `${id} is still held: 550 no` };
      },
      tellAgain: (id, recipient) => {
        toldAgain.push(`${id} ${recipient}`);
        return Promise.resolve();
      },
      print,
      record: (event) => void events.push(event),
      trouble: changes.trouble ?? ((why) => assert.fail(why)),
      now: () => 0,
      later: (act, ms) => {
        const timer = { act, ms };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), 1);
      },
    });
  return { book, events, released, toldAgain, timers, make, queue: make() };
}

test('an order releases to whoever gave it, alone, is told, and is settled', async (t) => {
  const { book, queue, released, events } = start(t);
  await book.publish(order);
  assert.equal(await queue.take(order), 'released');
  assert.deepEqual(released, ['1M7YNPXHV1000-1 recipient otto@hub.example by reply from 192.0.2.7 otto@hub.example']);
  assert.deepEqual(events, [
    { type: 'release-asked', session: '1M7YNPXHV1000', ip: '192.0.2.7', ref: '1M7YNPXHV1000-1', to: 'otto@hub.example', way: 'reply', asker: '192.0.2.7' },
  ]);
  assert.deepEqual(await book.pending(), []);
});

test('while the next hop is away it is tried again, with growing pauses, and told once', async (t) => {
  const { book, queue, released, timers, events } = start(t, { answers: [false, false, true] });
  await book.publish(order);
  assert.equal(await queue.take(order), 'waits');
  assert.equal((await book.pending()).length, 1);
  timers.shift()?.act();
  await until(() => released.length === 2 && timers.length === 1);
  assert.deepEqual(
    timers.map(({ ms }) => ms),
    [30_000],
  );
  timers.shift()?.act();
  await until(() => queue.waiting === 0);
  assert.deepEqual([released.length, events.length, await book.pending()], [3, 1, []]);
});

test('died between order and release: the next run does it', async (t) => {
  const { book, make, released, timers } = start(t);
  await book.publish(order);
  const queue = make();
  await queue.start();
  await until(() => queue.waiting === 0);
  assert.equal(released.length, 1);
  assert.equal(timers.length, 1, 'and it looks again later');
  await queue.stop();
});

test('died behind the release: who has it does not get it twice', async (t) => {
  const { book, queue, released, make } = start(t);
  await book.publish(order);
  await queue.take(order);
  await book.publish({ ...order, line: 2 }); // as if the first had not been settled
  assert.equal(await make().take({ ...order, line: 2 }), 'released');
  assert.equal(released.length, 1);
});

test('told twice, by the door and by the disk, it is done once', async (t) => {
  const { book, queue, released, events } = start(t);
  await book.publish(order);
  await Promise.all([queue.take(order), queue.rescan(), queue.take(order)]);
  await queue.rescan();
  await queue.take(order); // the disk was read before it was settled
  assert.deepEqual([released.length, events.length], [1, 1]);
});

test('of two spellings of one mailbox the one that waits is served, and both where both wait', async (t) => {
  const held = heldRecord({ to: ['Otto@hub.example', 'otto@hub.example'] });
  for (const [answers, tos] of [
    [
      [true, true],
      ['Otto@hub.example', 'otto@hub.example'],
    ],
    [
      [true, false, true],
      ['Otto@hub.example', 'otto@hub.example', 'otto@hub.example'],
    ],
  ] as const) {
    const { book, queue, released, timers } = start(t, { held, answers });
    await book.publish(order);
    await queue.take(order);
    timers.shift()?.act();
    await until(() => queue.waiting === 0 || timers.length === 1);
    assert.deepEqual(
      released.map((each) => each.split(' ').at(-1)),
      tos,
    );
  }
});

test('a next hop whose answers are lost is not given copies for ever: after two the operator is asked', async (t) => {
  const troubles: string[] = [];
  const { book, queue, released, timers } = start(t, { answers: [false, false, false], isUncertain: true, trouble: (why) => troubles.push(why) });
  await book.publish(order);
  assert.equal(await queue.take(order), 'waits');
  timers.shift()?.act();
  await until(() => queue.waiting === 0 || timers.length === 1);
  assert.deepEqual([released.length, await book.pending()], [2, []]);
  assert.match(troubles.join(), /^1M7YNPXHV1000-1 is held on: its recipient otto@hub\.example .* lost 2 times/);
});

test('while the message cannot be opened the order waits: its key may come back', async (t) => {
  const { book, queue, released } = start(t, { held: heldRecord({ to: [], unreadable: 'no key' }) });
  await book.publish(order);
  assert.equal(await queue.take(order), 'waits');
  assert.deepEqual([released, (await book.pending()).length], [[], 1]);
});

const gone: readonly [held: HeldRecord | null, why: string][] = [
  [null, 'it is held no more'],
  [heldRecord({ to: ['otto@hub.example'], state: 'trash' }), 'an operator has thrown it away'],
  [heldRecord({ to: ['ann@hub.example'] }), 'it was never for whoever ordered it'],
  [heldRecord({ to: ['otto@hub.example'], check: 'virus-found' }), 'it holds a virus'],
  [heldRecord({ to: ['otto@hub.example'], virus: true }), 'it holds a virus, and is held for something else'],
];
for (const [held, why] of gone) {
  test(`nothing is released where ${why}`, async (t) => {
    const { book, queue, released } = start(t, { held });
    await book.publish(order);
    assert.equal(await queue.take(order), 'gone');
    assert.deepEqual([released, await book.pending()], [[], []]);
  });
}

test('after its stop nothing is begun, and what waits is left to the next run', async (t) => {
  const { book, queue, timers, released } = start(t, { answers: [false] });
  await book.publish(order);
  await queue.take(order);
  await queue.stop();
  assert.deepEqual([timers.length, await queue.take({ ...order, line: 2 }), released.length], [0, 'waits', 1]);
  assert.equal((await book.pending()).length, 1);
});

test('a message is promised from the order to its end, for a fortnight', async (t) => {
  const { book } = start(t);
  await book.publish(order);
  const idsAt = async (days: number): Promise<number> => (await promisedIds(book, order.at + days * 86_400_000)).size;
  assert.deepEqual([(await promisedIds(book, order.at)).has(order.id), await idsAt(13), await idsAt(14)], [true, 1, 0]);
  await book.settle(order);
  assert.equal(await idsAt(0), 0);
});

test('its end waits for what is under way: a release that is not cut off leaves no doubt', async (t) => {
  const { book, make } = start(t, { holds: true });
  const queue = make();
  await book.publish(order);
  const taken = queue.take(order);
  await until(() => letGo.length === 1);
  let ended = false;
  const stopping = queue.stop().then(() => (ended = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ended, false);
  letGo.pop()?.();
  await stopping;
  assert.deepEqual([await taken, await book.pending()], ['released', []]);
});

test('what waits in memory is bounded: the rest waits on the disk', async (t) => {
  const { queue } = start(t, { answers: Array.from({ length: 20_000 }, () => false) });
  await Promise.all(Array.from({ length: 10_050 }, (_, line) => queue.take({ ...order, line })));
  assert.equal(queue.waiting, 10_000);
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

test('what the mail server refuses for good is not tried on: the link works again, the next letter names it, and the operator is told', async (t) => {
  const { book, queue, timers, toldAgain, released } = start(t, { answers: [false], isRefused: true });
  await book.publish(order);
  assert.equal(await queue.take(order), 'rejected');
  assert.deepEqual([await book.isUsed(order.letter, order.line), await book.pending(), timers.length, queue.waiting], [false, [], 0, 0]);
  assert.deepEqual(toldAgain, [`${order.id} ${order.recipient}`]);
  assert.deepEqual(queue.rejected, ['otto@hub.example has asked: 1M7YNPXHV1000-1 is still held: 550 no']);
  assert.ok(await book.publish(order), 'asked again, when somebody has mended it');
  assert.equal(await queue.take(order), 'released');
  assert.deepEqual([queue.rejected, released.length, await book.isUsed(order.letter, order.line)], [[], 2, true]);
});
