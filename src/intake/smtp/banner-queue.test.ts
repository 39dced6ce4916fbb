import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BannerQueue, type GiveUpPlace, type QueueLimits } from './banner-queue.ts';

/** A queue that writes down who enters and who is refused. */
function line(limits: Partial<QueueLimits> = {}, waits: () => number = () => 0) {
  const clock = { now: 1000 };
  const seen: string[] = [];
  const queue = new BannerQueue({ most: 1000, mostPerNetwork: 100, longestMs: 30_000, ...limits }, { take: waits, now: () => clock.now });
  const stand = (network: string, name: string, waitMs = 0, refuseFor: string | null = null): GiveUpPlace | null =>
    queue.add(network, waitMs, { enter: () => void seen.push(name), refuse: (reason) => void seen.push(`${name} refused: ${reason}`) }, refuseFor);
  const add = (...place: Parameters<typeof stand>): boolean => stand(...place) !== null;
  return { queue, clock, seen, add, stand };
}

test('turns go round the networks: whoever floods waits behind himself', () => {
  const { queue, seen, add } = line();
  for (let at = 0; at < 4; at++) add('flood', `f${at}`);
  add('one', 'a0');
  add('two', 'b0');
  add('one', 'a1');
  assert.equal(queue.turn(), null);
  assert.deepEqual(seen, ['f0', 'a0', 'b0', 'f1', 'a1', 'f2', 'f3']);
});

test('a turn serves a batch and asks to be called again, and the order of the networks goes on where it stopped', () => {
  const { queue, seen, add } = line();
  for (let at = 0; at < 40; at++) add(`n${at}`, `x${at}`);
  for (let at = 0; at < 40; at++) add('flood', `f${at}`);
  assert.equal(queue.turn(), 0);
  assert.equal(seen.length, 32);
  queue.turn();
  queue.turn();
  assert.deepEqual(seen.slice(32, 42), [...Array.from({ length: 8 }, (_, at) => `x${32 + at}`), 'f0', 'f1']);
});

test('nobody enters before his turn is due, and the next call is asked for just then', () => {
  const { queue, clock, seen, add } = line();
  add('a', 'later', 2000);
  add('a', 'sooner', 500);
  add('b', 'now');
  assert.equal(queue.turn(), 500);
  assert.deepEqual(seen, ['now']);
  clock.now += 500;
  assert.equal(queue.turn(), 1500);
  clock.now += 1500;
  assert.equal(queue.turn(), null);
  assert.deepEqual(seen, ['now', 'sooner', 'later']);
});

test('a refusal that is held comes late: who reconnects at once is slowed by it', () => {
  const { queue, clock, seen, add } = line();
  add('a', 'x', 5000, 'load-level');
  assert.equal(queue.turn(), 5000);
  clock.now += 5000;
  queue.turn();
  assert.deepEqual(seen, ['x refused: load-level']);
});

test('the queue is bounded for each network', () => {
  const { queue, add } = line({ mostPerNetwork: 3 });
  assert.deepEqual(
    [1, 2, 3, 4].map((at) => add('a', `${at}`)),
    [true, true, true, false],
  );
  assert.equal(add('b', '1'), true);
  assert.equal(queue.size, 4);
});

test('in a full queue the fullest network makes room for another, never the other way round', () => {
  const { queue, seen, add } = line({ most: 4 });
  for (let at = 0; at < 4; at++) add('flood', `f${at}`);
  assert.equal(add('one', 'a0'), true);
  assert.equal(add('two', 'b0'), true);
  assert.deepEqual(seen, ['f3 refused: banner-queue-full', 'f2 refused: banner-queue-full']);
  assert.equal(add('flood', 'f4'), false);
  assert.equal(add('three', 'c0'), true);
  assert.equal(add('four', 'd0'), false, 'one each now: nobody has more than his share');
  assert.equal(queue.size, 4);
});

test('whoever has waited too long hears so instead of a banner, also while nobody may enter', () => {
  let wait = 0;
  const { queue, clock, seen, add } = line({}, () => wait);
  wait = 100;
  add('a', 'x');
  assert.equal(queue.turn(), 100);
  clock.now += 30_001;
  assert.equal(queue.turn(), null);
  assert.deepEqual(seen, ['x refused: banner-queue-timeout']);
});

test('it stands when nobody is served quickly, not when one network floods', () => {
  let wait = 1;
  const { queue, clock, add } = line({ mostPerNetwork: 1000 }, () => wait);
  for (let at = 0; at < 200; at++) add('flood', `${at}`);
  for (let seconds = 0; seconds < 12; seconds++) {
    queue.turn();
    clock.now += 1000;
  }
  assert.ok(queue.standing > 2, `stands for ${queue.standing} intervals`);
  wait = 0;
  add('other', 'x');
  queue.turn();
  assert.equal(queue.standing, 0, 'the newcomer of another network was served at once');
});

test('whoever has gone takes no turn and no place: neither from his network nor from all', () => {
  const { queue, clock, seen, add, stand } = line({ most: 3, mostPerNetwork: 2 }, () => (clock.now < 2000 ? 2000 - clock.now : 0));
  const first = stand('a', 'gone');
  add('a', 'stays');
  const alone = stand('b', 'gone too');
  first?.();
  alone?.();
  first?.(); // twice is once
  assert.equal(queue.size, 1);
  assert.ok(add('a', 'next'), 'the place in the network is free');
  assert.ok(add('c', 'third'), 'the place in all is free');
  assert.equal(queue.turn(), 1000);
  clock.now = 2000;
  assert.equal(queue.turn(), null);
  assert.deepEqual(seen, ['stays', 'third', 'next']);
  first?.();
  assert.equal(queue.size, 0);
});

test('closing refuses everyone once', () => {
  const { queue, seen, add } = line();
  add('a', 'x');
  add('b', 'y', 5000);
  queue.close('draining');
  assert.deepEqual(seen, ['x refused: draining', 'y refused: draining']);
  assert.equal(queue.turn(), null);
});
