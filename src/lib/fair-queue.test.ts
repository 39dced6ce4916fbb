import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFairQueue, type FairQueue } from './fair-queue.ts';

interface Stage {
  /** What began, in order. */
  readonly begun: string[];
  /** Asks for a turn; `name` is what is written down. */
  ask(group: string, name: string): Promise<string | null>;
  /** Ends the work begun first that still runs. */
  finish(): Promise<void>;
}

function stage(queue: FairQueue): Stage {
  const begun: string[] = [];
  const running: (() => void)[] = [];
  return {
    begun,
    ask: (group, name) =>
      queue.run(group, () => {
        begun.push(name);
        return new Promise((resolve) => running.push(() => resolve(name)));
      }),
    async finish() {
      await new Promise(setImmediate);
      running.shift()?.();
      await new Promise(setImmediate);
    },
  };
}

test('one group that asks a hundred times waits behind its own: another is served next', async () => {
  const { begun, ask, finish } = stage(createFairQueue({ atOnce: 1, maxWaiting: 10 }));
  const guesses = ['g1', 'g2', 'g3', 'g4'].map((name) => ask('guessers', name));
  const honest = ask('office', 'h1');
  for (let turn = 0; turn < 5; turn++) await finish();
  assert.deepEqual(begun, ['g1', 'g2', 'h1', 'g3', 'g4']);
  assert.deepEqual(await Promise.all([...guesses, honest]), ['g1', 'g2', 'g3', 'g4', 'h1']);
});

test('a queue filled by one group has room for another: the newest of the fullest goes', async () => {
  const { begun, ask, finish } = stage(createFairQueue({ atOnce: 1, maxWaiting: 3 }));
  const guesses = ['g1', 'g2', 'g3', 'g4'].map((name) => ask('guessers', name));
  assert.equal(await ask('guessers', 'g5'), null, 'its own share is used up');
  const honest = ask('office', 'h1');
  assert.equal(await guesses[3], null, 'the newest guess makes room');
  for (let turn = 0; turn < 4; turn++) await finish();
  assert.deepEqual(begun, ['g1', 'g2', 'h1', 'g3']);
  assert.equal(await honest, 'h1');
});

test('where every group waits once, there is no room for another: the queue stays bounded', async () => {
  const { ask, finish } = stage(createFairQueue({ atOnce: 1, maxWaiting: 2 }));
  const asked = ['a', 'b', 'c'].map((name) => ask(name, name));
  assert.equal(await ask('d', 'd'), null);
  for (let turn = 0; turn < 3; turn++) await finish();
  assert.deepEqual(await Promise.all(asked), ['a', 'b', 'c']);
});

test('work that fails gives its place back: a broken password hash must not lock everybody out', async () => {
  const queue = createFairQueue({ atOnce: 1, maxWaiting: 0 });
  await assert.rejects(queue.run('a', () => Promise.reject(new Error('broken'))));
  assert.equal(await queue.run('a', () => Promise.resolve('fine')), 'fine');
});
