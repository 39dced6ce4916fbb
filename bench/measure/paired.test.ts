import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, judgeGoals, type Contestant, type Goal } from './paired.ts';

const order: string[] = [];
const contestant = (name: string, speeds: readonly number[]): Contestant => {
  let round = 0;
  return { name, run: () => (order.push(name), Promise.resolve({ speed: speeds[round++] ?? Number.NaN })) };
};

const judgeWith = async (goal: Goal) => {
  const ours = contestant('ours', [30, 60, 90]);
  const theirs = contestant('theirs', [10, 30, 90]);
  return judgeGoals(await compare('race', [ours, theirs], 3, [goal]));
};

test('a ratio is formed within a round and its median judged, so one lucky round does not decide', async () => {
  const [judged] = await judgeWith({ figure: 'speed', against: 'theirs', atLeast: 2 });
  assert.deepEqual(judged?.values, [3, 2, 1]);
  assert.equal(judged?.isMet, true);
});

test('rounds alternate their order, so nobody always runs behind the same peer', async () => {
  order.length = 0;
  await judgeWith({ figure: 'speed' });
  assert.deepEqual(order, ['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs']);
});

test('a goal missed is said to be missed', async () => {
  const [judged] = await judgeWith({ figure: 'speed', against: 'theirs', atMost: 1.9 });
  assert.equal(judged?.isMet, false);
});

test('a figure that was not measured never counts as met', async () => {
  const [judged] = await judgeWith({ figure: 'weight', atMost: 10 });
  assert.equal(judged?.isMet, false);
});

test('a peer that is not installed gives no verdict', async () => {
  assert.deepEqual(await judgeWith({ figure: 'speed', against: 'absent', atLeast: 2 }), []);
});
