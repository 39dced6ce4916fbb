import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorkQueue } from './work-queue.ts';

interface Job {
  readonly work: () => Promise<string>;
  readonly finish: () => void;
}

function job(name: string, started: string[]): Job {
  const done = Promise.withResolvers<string>();
  const work = (): Promise<string> => {
    started.push(name);
    return done.promise;
  };
  return { work, finish: () => done.resolve(name) };
}

test('no more than allowed run at once, the others in the order they came, and one too many is refused', async () => {
  const started: string[] = [];
  const [a, b, c, d] = [job('a', started), job('b', started), job('c', started), job('d', started)];
  const queue = createWorkQueue({ atOnce: 1, maxWaiting: 2 });
  const results = [queue.run(a.work), queue.run(b.work), queue.run(c.work)];
  assert.equal(queue.run(d.work), null);
  assert.deepEqual(started, ['a']);
  for (const { finish } of [a, b, c]) finish();
  assert.deepEqual(await Promise.all(results.map((result) => result ?? Promise.resolve('refused'))), ['a', 'b', 'c']);
  assert.deepEqual(started, ['a', 'b', 'c']);
});

test('work that fails gives its place back: a broken password hash must not lock everybody out', async () => {
  const queue = createWorkQueue({ atOnce: 1, maxWaiting: 0 });
  await assert.rejects(queue.run(() => Promise.reject(new Error('broken'))) ?? Promise.resolve());
  assert.equal(await queue.run(() => Promise.resolve('fine')), 'fine');
});
