import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedLevel } from './shared-level.ts';

test('what one writes all others see', () => {
  const buffer = SharedLevel.allocate();
  const [keeper, door] = [new SharedLevel(buffer), new SharedLevel(buffer)];
  assert.equal(door.read(), 0);
  keeper.write(2);
  assert.equal(door.read(), 2);
});
