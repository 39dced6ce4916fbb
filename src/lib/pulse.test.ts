import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pulse, PulseWatch } from './pulse.ts';

const looks = (watch: PulseWatch, count: number): boolean[] => Array.from({ length: count }, () => watch.isHung());

test('ten silent looks are borne, the eleventh tells; a beat begins anew', () => {
  const buffer = Pulse.allocate();
  const pulse = new Pulse(buffer);
  const watch = new PulseWatch(buffer);
  pulse.beat();
  assert.deepEqual(
    looks(watch, 11),
    Array.from({ length: 11 }, () => false),
  );
  pulse.beat();
  assert.deepEqual(looks(watch, 12).slice(-2), [false, true]);
});

test('a thread that never beat is hung as well', () => {
  const watch = new PulseWatch(Pulse.allocate());
  assert.ok(looks(watch, 11).includes(true));
});

test('thirty seconds of silence are looked at every three', () => {
  assert.equal(PulseWatch.lookEveryMs(30_000), 3000);
});
