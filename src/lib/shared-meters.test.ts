import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { SharedMeters, type MeterSize } from './shared-meters.ts';

const key = { k0: 17, k1: -4 };
const hourly: MeterSize = { most: 5, windowMs: 3_600_000 };
const start = Date.UTC(2026, 10, 21);
const fresh = (slots = 64): SharedMeters => new SharedMeters(SharedMeters.allocate(slots, key));
const takeMany = (meters: SharedMeters, many: number, at: number, size = hourly): number => {
  let taken = 0;
  for (let n = 0; n < many; n++) if (meters.take('bob', 0, size, at) !== null) taken++;
  return taken;
};

test('exactly as many are let in as the meter holds, and one more each time one has leaked away', () => {
  const meters = fresh();
  assert.equal(takeMany(meters, 9, start), 5);
  assert.equal(takeMany(meters, 9, start + 719_999), 0, 'attempts that fail cost nothing and gain nothing');
  assert.equal(takeMany(meters, 9, start + 720_000), 1);
  assert.equal(takeMany(meters, 9, start + 3 * 3_600_000), 5, 'empty after a rest, and no more than empty');
});

test('what is given back may be taken again, but not what has leaked away meanwhile', () => {
  const meters = fresh();
  takeMany(meters, 5, start);
  meters.giveBack('bob', 0, hourly, { count: 3, since: start }, start);
  assert.equal(meters.read('bob', 0, hourly, start), 2);
  meters.giveBack('bob', 0, hourly, { count: 2, since: start }, start + 3_600_000);
  takeMany(meters, 4, start + 3_600_000);
  meters.giveBack('bob', 0, hourly, { count: 5, since: start }, start + 3_600_000);
  assert.equal(meters.read('bob', 0, hourly, start + 3_600_000), 4, 'an old transaction gives nothing back: its places have long been free');
});

test('meters of a key are apart, and so are keys', () => {
  const meters = fresh();
  meters.take('bob', 0, hourly, start);
  assert.deepEqual(
    [meters.read('bob', 0, hourly, start), meters.read('bob', 1, hourly, start), meters.read('alice', 0, hourly, start), meters.knows('alice')],
    [1, 0, 0, false],
  );
});

test('a larger size counts what is in it, not the time it takes: whoever is given more can send at once', () => {
  const meters = fresh();
  takeMany(meters, 5, start);
  assert.equal(takeMany(meters, 100, start, { most: 50, windowMs: 3_600_000 }), 45);
});

test('a restart: what was read is put back and goes on leaking', () => {
  const meters = fresh();
  meters.restore('bob', 0, { level: 5, at: start });
  assert.equal(takeMany(meters, 9, start + 1_440_000), 2);
});

test('ten thousand keys in a table of 64: no room is made, and the latest are still counted', () => {
  const meters = fresh();
  for (let n = 0; n < 10_000; n++) meters.take(`host ${n}`, 0, hourly, start + n);
  assert.equal(meters.read('host 9999', 0, hourly, start + 10_000) >= 1, true);
  assert.equal(meters.knows('host 0'), false);
});

test('in any order of takes the level is never above the size and never lets more in than size and leaks allow', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ afterMs: fc.nat(2_000_000), many: fc.nat(8) }), { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), (steps, most) => {
      const meters = fresh();
      const size = { most, windowMs: 3_600_000 };
      let at = start;
      let taken = 0;
      for (const { afterMs, many } of steps) {
        at += afterMs;
        taken += takeMany(meters, many, at, size);
        assert.ok(meters.read('bob', 0, size, at) <= most);
        assert.ok(taken <= most + Math.floor(((at - start) * most) / 3_600_000));
      }
    }),
  );
});

test('two threads at once let in exactly what the meter holds', async () => {
  const size = { most: 5000, windowMs: 86_400_000 };
  const buffer = SharedMeters.allocate(64, key);
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module).then(({ SharedMeters }) => {
      const meters = new SharedMeters(workerData.buffer);
      let taken = 0;
      for (let n = 0; n < 6000; n++) {
        if (meters.take('bob', 0, workerData.size, workerData.now) === null) continue;
        taken++;
        // Every third is given back at once, as when a recipient is refused.
        if (n % 3 === 0) { meters.giveBack('bob', 0, workerData.size, { count: 1, since: workerData.now }, workerData.now); taken--; }
      }
      parentPort.postMessage(taken);
    });`;
  const module = new URL('./shared-meters.ts', import.meta.url).href;
  const run = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(program, { eval: true, workerData: { module, buffer, size, now: start } });
      worker.on('message', resolve);
      worker.on('error', reject);
    });
  const taken = await Promise.all([run(), run()]);
  assert.equal(taken[0] + taken[1], 5000);
  assert.equal(new SharedMeters(buffer).read('bob', 0, size, start), 5000);
});
