import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedLevel } from './shared-level.ts';

test('what one writes all others see', () => {
  const buffer = SharedLevel.allocate();
  const [keeper, door] = [new SharedLevel(buffer), new SharedLevel(buffer)];
  assert.deepEqual([door.read(), door.isSlow()], [0, false]);
  keeper.write(1, true);
  assert.deepEqual([door.read(), door.isSlow()], [1, true]);
  keeper.write(2, false);
  assert.deepEqual([door.read(), door.isSlow()], [2, false]);
});
