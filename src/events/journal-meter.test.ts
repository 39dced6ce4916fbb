import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JournalMeter } from './journal-meter.ts';

test('a burst passes whole, a flood loses what is chatty first and decisions last', () => {
  const meter = new JournalMeter(1000);
  assert.ok(meter.isCalm(9000, 0), 'nine seconds at once');
  meter.wrote(9000);
  assert.equal(meter.isCalm(2000, 0), false);
  assert.deepEqual([meter.admits(0, 2000), meter.admits(1, 2000), meter.admits(2, 2000)], [false, true, true]);
  meter.wrote(8000);
  assert.deepEqual([meter.admits(1, 100), meter.admits(2, 100)], [false, true]);
  meter.wrote(3000);
  assert.equal(meter.admits(2, 100), false, 'even decisions have an end: the disk must not fill');
  assert.ok(meter.isCalm(1000, 20_000), 'and it passes again when the flood is over');
});

test('while the disk is short chatty events are left out whatever the rate, and nothing else', () => {
  const meter = new JournalMeter(0);
  assert.ok(meter.isCalm(1e12, 0), '0 is no limit');
  meter.spare(true);
  assert.equal(meter.isCalm(1, 0), false);
  assert.deepEqual([meter.admits(0, 1), meter.admits(1, 1e9), meter.admits(2, 1e9)], [false, true, true]);
  meter.spare(false);
  assert.ok(meter.isCalm(1, 0));
});
