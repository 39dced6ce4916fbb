import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Doorkeeper } from './doorkeeper.ts';

test('a key is known from the second time on', () => {
  const doorkeeper = new Doorkeeper({ k0: 1, k1: 2 }, 1024);
  assert.deepEqual(
    ['a', 'a', 'b', 'a', 'b'].map((key) => doorkeeper.knows(key)),
    [false, true, false, true, true],
  );
});
