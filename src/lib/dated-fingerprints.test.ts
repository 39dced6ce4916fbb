import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatedFingerprints } from './dated-fingerprints.ts';

const dayMs = 86_400_000;
const start = 20_000 * dayMs;

function table(things: number, since = start): DatedFingerprints {
  const memory = new SharedArrayBuffer(DatedFingerprints.bytesFor(things));
  DatedFingerprints.prepare(memory, Buffer.from('0123456789abcdef'), since);
  return new DatedFingerprints(memory, { days: 14 });
}

test('a thing is remembered for fourteen days and not for sixteen, over the turn of the cycle', () => {
  for (let offset = 0; offset < 40; offset++) {
    const at = start + offset * dayMs;
    const prints = table(100);
    prints.add('a', at);
    assert.equal(prints.has('a', at), true);
    assert.equal(prints.has('a', at + 14 * dayMs), true, `day ${offset}`);
    assert.equal(prints.has('a', at + 16 * dayMs), false, `day ${offset}`);
    assert.equal(prints.has('b', at), false);
  }
});

test('seen again, it is young again', () => {
  const prints = table(100);
  prints.add('a', start);
  prints.add('a', start + 10 * dayMs);
  assert.equal(prints.has('a', start + 20 * dayMs), true);
});

test('what is too old is swept away, so that it does not come back a month later', () => {
  const prints = table(100);
  prints.add('a', start);
  assert.equal(prints.has('a', start + 31 * dayMs), true, 'the cycle comes round');
  prints.sweep(start + 16 * dayMs);
  assert.equal(prints.has('a', start + 31 * dayMs), false);
});

test('as many things as it was made for fit without a loss', () => {
  const prints = table(50_000);
  for (let each = 0; each < 50_000; each++) prints.add(`thing ${each}`, start + (each % 10) * dayMs);
  let kept = 0;
  for (let each = 0; each < 50_000; each++) if (prints.has(`thing ${each}`, start + 10 * dayMs)) kept++;
  assert.ok(kept > 49_900, `${kept} of 50,000`);
  let wrong = 0;
  for (let each = 0; each < 200_000; each++) if (prints.has(`other ${each}`, start + 10 * dayMs)) wrong++;
  assert.ok(wrong <= 1, `${wrong} of 200,000 that were never seen`);
});

test('filled beyond its size it loses the oldest first, stays as it is, and says since when it is complete', () => {
  const prints = table(1000);
  assert.equal(prints.completeSinceMs, start);
  for (let each = 0; each < 1000; each++) prints.add(`old ${each}`, start);
  for (let each = 0; each < 5000; each++) prints.add(`young ${each}`, start + 3 * dayMs);
  assert.ok(prints.completeSinceMs >= start + dayMs, 'things of the first day are lost');
  let old = 0;
  for (let each = 0; each < 1000; each++) if (prints.has(`old ${each}`, start + 3 * dayMs)) old++;
  assert.equal(old, 0);
});

test('two views of one memory see each other, and changes are counted', () => {
  const memory = new SharedArrayBuffer(DatedFingerprints.bytesFor(100));
  DatedFingerprints.prepare(memory, Buffer.alloc(16, 7), start);
  const [one, other] = [new DatedFingerprints(memory, { days: 14 }), new DatedFingerprints(memory, { days: 14 })];
  one.add('a', start);
  assert.equal(other.has('a', start), true);
  assert.equal(other.changes, 1);
  other.add('a', start);
  assert.equal(one.changes, 1, 'nothing new');
});
