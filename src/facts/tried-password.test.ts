import assert from 'node:assert/strict';
import { test } from 'node:test';
import { triedPassword } from './tried-password.ts';

const hashOf = triedPassword(Buffer.alloc(32, 7));

test('the same password again is the same, another one or another user is not', () => {
  assert.equal(hashOf('ann', 'old secret'), hashOf('Ann', 'old secret'));
  assert.notEqual(hashOf('ann', 'old secret'), hashOf('ann', 'new secret'));
  assert.notEqual(hashOf('ann', 'old secret'), hashOf('bob', 'old secret'));
  assert.notEqual(hashOf('a', 'b\0c'), hashOf('a\0b', 'd'));
});

test('it is sixteen bits, so that no dictionary finds the password from it, and depends on the site', () => {
  assert.match(hashOf('ann', 'old secret'), /^[0-9a-f]{4}$/);
  assert.notEqual(hashOf('ann', 'old secret'), triedPassword(Buffer.alloc(32, 8))('ann', 'old secret'));
});
