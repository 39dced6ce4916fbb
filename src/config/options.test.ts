import assert from 'node:assert/strict';
import { test } from 'node:test';
import { options } from './options.ts';

test('a floor of zero bytes a second is refused: no sender would ever be too slow', () => {
  assert.equal(options.shape.limits.parse({ minBytesPerSecond: 1 }).minBytesPerSecond, 1);
  assert.throws(() => options.shape.limits.parse({ minBytesPerSecond: 0 }), /minBytesPerSecond/);
});

test('a silence under a second is refused: a door busy for a moment would be ended', () => {
  assert.equal(options.shape.timeouts.parse({ doorSilence: '1s' }).doorSilence, 1000);
  assert.throws(() => options.shape.timeouts.parse({ doorSilence: '0s' }), /too short/);
});
