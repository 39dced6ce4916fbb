import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpoolItem } from '../../model/spool.ts';
import { RouteQueue, type Queued } from './route-queue.ts';

const queuedAs = (id: string, more: Partial<SpoolItem> = {}): Queued => ({
  item: {
    id,
    session: 's',
    queuedAt: 0,
    expiresAt: 1_000_000,
    class: 'person',
    why: 'away',
    route: 'hub',
    wireBytes: 1,
    ip: '192.0.2.7',
    from: '',
    to: [],
    segment: 'smtp-1-00000001.seg',
    at: 0,
    headBytes: 1,
    ...more,
  },
  served: [],
  tries: 0,
  nextTryAt: 0,
  mayOutstay: false,
  doubt: null,
  doubts: 0,
  losses: 0,
});

/** All that may go out at once. */
function taken(queue: RouteQueue, now: number): readonly string[] {
  const ids: string[] = [];
  for (let next = queue.next(now); next !== null; next = queue.next(now)) ids.push(next.item.id);
  return ids;
}

test('one asks alone; with each answer twice as many go out at once, up to the limit', () => {
  const queue = new RouteQueue();
  for (let number = 0; number < 20; number += 1) queue.add(queuedAs(String(number)));
  assert.deepEqual(taken(queue, 0), ['0']);
  const widths: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    queue.underWay = 0;
    queue.answered(5);
    widths.push(taken(queue, 0).length);
  }
  assert.deepEqual(widths, [2, 4, 5]);
});

test('who was put off goes before those who have not been tried, in the old order, when it is time and not earlier', () => {
  const queue = new RouteQueue();
  for (const id of ['a', 'b']) {
    queue.add(queuedAs(id));
    const queued = queue.next(0);
    if (queued !== null) queue.putOff(queued, 0);
    queue.underWay = 0;
  }
  queue.add(queuedAs('c'));
  queue.answered(8);
  queue.answered(8);
  assert.deepEqual(taken(queue, 59_999), ['c']);
  queue.underWay = 0;
  queue.add(queuedAs('d'));
  assert.deepEqual(taken(queue, 60_000), ['a', 'b', 'd']);
});

test('the time of many is over at once: so many at one look', () => {
  const queue = new RouteQueue();
  const queuedAt = Date.UTC(2026, 6, 1);
  for (let number = 0; number < 10; number += 1) queue.add(queuedAs(String(number), { queuedAt, expiresAt: queuedAt + 5 }));
  assert.deepEqual([queue.expired(queuedAt + 4, 3).length, queue.expired(queuedAt + 5, 3).length, queue.size], [0, 3, 7]);
});

test('who only asked while the next hop was away goes as soon as it is back, behind the others; over whom it goes away again and again does not', () => {
  const queue = new RouteQueue();
  for (const [id, losses] of [
    ['asked', 1],
    ['trouble', 4],
  ] as const) {
    const queued = queuedAs(id);
    queued.losses = losses;
    queue.add(queuedAs('other'));
    queue.lost(queued, 'refused', { steady: 0, longestPauseMs: 1000 });
  }
  queue.answered(8);
  queue.answered(8);
  assert.deepEqual(taken(queue, 1), ['other', 'other', 'asked']);
  assert.equal(queue.size, 1);
});

test('the time of who waits for another try is over when it is over, not when that try is due', () => {
  const queue = new RouteQueue();
  const queuedAt = Date.UTC(2026, 6, 1);
  for (const id of ['put off', 'lost']) queue.add(queuedAs(id, { queuedAt, expiresAt: queuedAt + 5 }));
  queue.add(queuedAs('later', { queuedAt, expiresAt: queuedAt + 1_000_000 }));
  queue.answered(2);
  const [first, second] = [queue.next(0), queue.next(0)];
  assert.ok(first !== null && second !== null);
  queue.putOff(first, 0);
  second.losses = 1;
  queue.lost(second, 'it went away', { steady: 0, longestPauseMs: 1000 });
  assert.deepEqual(
    queue.expired(queuedAt + 5, 100).map(({ item }) => item.id),
    ['put off', 'lost'],
  );
  assert.equal(queue.size, 1);
});

test('the time of mail that came while the clock was not set yet is never over: nobody knows its age', () => {
  const queue = new RouteQueue();
  queue.add(queuedAs('a', { queuedAt: 60_000, expiresAt: 90_000 }));
  assert.deepEqual([queue.expired(Date.UTC(2026, 6, 1), 3).length, queue.size], [0, 1]);
});
