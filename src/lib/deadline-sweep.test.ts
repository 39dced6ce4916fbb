import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createDeadlineSweep, type DeadlineSweep } from './deadline-sweep.ts';

interface Start {
  readonly sweep: DeadlineSweep;
  readonly pass: (ms: number) => void;
  /** Names of what has expired, in order. */
  readonly expired: readonly string[];
  readonly item: (name: string, deadline: number) => { deadline: number; expire: () => void };
}

function start(context: TestContext): Start {
  context.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const expired: string[] = [];
  return {
    sweep: createDeadlineSweep({ everyMs: 100, now: Date.now }),
    pass: (ms) => context.mock.timers.tick(ms),
    expired,
    item: (name, deadline) => ({ deadline, expire: () => expired.push(name) }),
  };
}

test('an item expires once, at the first look after its deadline', (context) => {
  const { sweep, pass, expired, item } = start(context);
  sweep.add(item('early', 150));
  sweep.add(item('late', 1000));
  pass(100);
  assert.deepEqual(expired, []);
  pass(100);
  assert.deepEqual(expired, ['early']);
  pass(500);
  assert.deepEqual(expired, ['early']);
});

test('the owner moves the deadline without telling anyone', (context) => {
  const { sweep, pass, expired, item } = start(context);
  const moved = item('moved', 150);
  sweep.add(moved);
  moved.deadline = 350;
  pass(300);
  assert.deepEqual(expired, []);
  pass(100);
  assert.deepEqual(expired, ['moved']);
});

test('a removed item never expires, nor does one without a deadline', (context) => {
  const { sweep, pass, expired, item } = start(context);
  const gone = item('gone', 150);
  sweep.add(gone);
  sweep.add(item('endless', Infinity));
  sweep.remove(gone);
  pass(1000);
  assert.deepEqual(expired, []);
});

test('an item may end others while it expires: a session that closes takes its neighbour along', (context) => {
  const { sweep, pass, expired, item } = start(context);
  const neighbour = item('neighbour', 50);
  sweep.add({ deadline: 50, expire: () => sweep.remove(neighbour) });
  sweep.add(neighbour);
  pass(100);
  assert.deepEqual(expired, []);
});

test('after stop nothing is looked at', (context) => {
  const { sweep, pass, expired, item } = start(context);
  sweep.add(item('any', 50));
  sweep.stop();
  pass(1000);
  assert.deepEqual(expired, []);
});
