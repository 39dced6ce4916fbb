import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { SharedCounters } from './shared-counters.ts';

const key = { k0: 0x1234, k1: 0x5678 };

interface Race {
  readonly buffer: SharedArrayBuffer;
  /** [sessions inside now, most ever inside, times admitted], written by all doors: the truth the counters are held against. */
  readonly witness: SharedArrayBuffer;
  readonly door: number;
  readonly cap: number;
}

/** What a door thread does: come in if the cap allows, look around, leave, again and again. */
function race({ buffer, witness, door, cap }: Race): void {
  const counters = SharedCounters.attach(buffer, door);
  const seen = new Int32Array(witness);
  for (let round = 0; round < 20_000; round++) {
    if (counters.increment('192.0.2.1') <= cap) {
      const inside = Atomics.add(seen, 0, 1) + 1;
      if (inside > Atomics.load(seen, 1)) Atomics.store(seen, 1, inside);
      Atomics.add(seen, 2, 1);
      Atomics.sub(seen, 0, 1);
    }
    counters.decrement('192.0.2.1');
  }
}

if (!isMainThread) race(workerData as Race);
else defineTests();

function defineTests(): void {
  for (const [slots, why] of [
    [4096, 'with room'],
    [4, 'with every bucket full'],
  ] as const) {
    test(`a count is never too low, and exact when all have left: ${why}`, () => fc.assert(agreesWithMap(slots)));
  }

  test('with room for its keys the table counts exactly', () => {
    const buffer = SharedCounters.allocate(2, 4096, key);
    const doors = [SharedCounters.attach(buffer, 0), SharedCounters.attach(buffer, 1)];
    for (let at = 0; at < 2000; at++) for (let more = 0; more <= at % 3; more++) doors[more % 2]?.increment(`198.51.${at >> 8}.${at & 255}`);
    for (let at = 0; at < 2000; at++) assert.equal(doors[0]?.read(`198.51.${at >> 8}.${at & 255}`), 1 + (at % 3));
    assert.equal(doors[0]?.spilled(), 0);
  });

  test('a full bucket counts towards all its keys, and says so', () => {
    const counters = SharedCounters.attach(SharedCounters.allocate(1, 1, key), 0); // two buckets: fourteen places
    for (let at = 0; at < 40; at++) counters.increment(`key ${at}`);
    assert.ok(counters.spilled() >= 26, `${counters.spilled()} spilled`);
    for (let at = 0; at < 40; at++) assert.ok(counters.read(`key ${at}`) >= 1);
  });

  test('a count past 65,535 does not run into the tag', () => {
    const counters = SharedCounters.attach(SharedCounters.allocate(1, 64, key), 0);
    for (let at = 0; at < 65_540; at++) counters.increment('one');
    assert.equal(counters.read('one'), 65_540);
    for (let at = 0; at < 65_540; at++) counters.decrement('one');
    assert.equal(counters.read('one'), 0);
  });

  test('one decrement too many does not make a debt', () => {
    const counters = SharedCounters.attach(SharedCounters.allocate(1, 64, key), 0);
    counters.decrement('never counted');
    counters.lower(0);
    assert.equal(counters.increment('never counted'), 1);
    assert.equal(counters.raise(0), 1);
  });

  test('a door that died is forgotten, the others are not', () => {
    const buffer = SharedCounters.allocate(2, 64, key);
    const [dead, alive] = [SharedCounters.attach(buffer, 0), SharedCounters.attach(buffer, 1)];
    for (const counters of [dead, dead, alive]) {
      counters.increment('192.0.2.1');
      counters.raise(3);
    }
    SharedCounters.attach(buffer, 'reader').clearRegion(0);
    assert.equal(alive.read('192.0.2.1'), 1);
    assert.equal(alive.readTally(3), 1);
  });

  test('a reader cannot count, and there is no region beyond the last door', () => {
    const buffer = SharedCounters.allocate(1, 64, key);
    assert.throws(() => SharedCounters.attach(buffer, 'reader').increment('x'), /reader/);
    assert.throws(() => SharedCounters.attach(buffer, 1), RangeError);
  });

  for (const cap of [1, 2]) {
    test(`four threads that race for ${cap} place(s) never hold one too many`, async () => {
      const buffer = SharedCounters.allocate(4, 64, key);
      const witness = new SharedArrayBuffer(12);
      const workers = [0, 1, 2, 3].map((door) => new Worker(new URL(import.meta.url), { workerData: { buffer, witness, door, cap } satisfies Race }));
      await Promise.all(workers.map((worker) => once(worker, 'exit')));
      const [inside, most = 0, admitted = 0] = new Int32Array(witness);
      assert.equal(inside, 0);
      assert.ok(most >= 1 && most <= cap, `at most ${most} at once`);
      assert.ok(admitted > 1000, `the race was run: ${admitted} admitted`);
      assert.equal(SharedCounters.attach(buffer, 'reader').read('192.0.2.1'), 0);
    });
  }
}

/** Random increments and decrements by three doors against a plain Map of what each door holds. */
function agreesWithMap(slots: number): fc.IProperty<[{ door: number; name: number; up: boolean }[]]> {
  const step = fc.record({ door: fc.nat(2), name: fc.nat(30), up: fc.boolean() });
  return fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
    const buffer = SharedCounters.allocate(3, slots, key);
    const doors = [0, 1, 2].map((door) => SharedCounters.attach(buffer, door));
    const held = new Map<string, number>();
    const total = (name: number): number => [0, 1, 2].reduce((sum, door) => sum + (held.get(`${door} ${name}`) ?? 0), 0);
    for (const { door, name, up } of steps) {
      const mine = held.get(`${door} ${name}`) ?? 0;
      if (up) assert.ok((doors[door]?.increment(`name ${name}`) ?? 0) > total(name));
      else if (mine > 0) doors[door]?.decrement(`name ${name}`);
      held.set(`${door} ${name}`, up ? mine + 1 : Math.max(0, mine - 1));
      assert.ok((doors[0]?.read(`name ${name}`) ?? 0) >= total(name));
    }
    for (const [who, count] of held) for (let at = 0; at < count; at++) doors[Number(who[0])]?.decrement(`name ${who.slice(2)}`);
    for (let name = 0; name <= 30; name++) assert.equal(doors[0]?.read(`name ${name}`), 0);
  });
}
