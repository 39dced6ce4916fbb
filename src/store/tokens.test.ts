import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from './open.ts';
import { createTokens, type StoredToken } from './tokens.ts';

const token = (name: string, digit: string): StoredToken => ({ name, role: 'reader', hash: digit.repeat(64), by: 'anna', createdAt: 1000, expiresAt: null });

test('tokens come back as they were, a name is taken once, and what is removed is gone', async (context) => {
  const store = openStore(':memory:');
  context.after(() => store.close());
  const tokens = createTokens(store.queries);
  const grafana = { ...token('grafana', 'a'), expiresAt: 5000 };
  assert.equal(await tokens.add(grafana), true);
  assert.equal(await tokens.add({ ...token('grafana', 'b'), role: 'operator' }), false);
  assert.equal(await tokens.add(token('ci', 'c')), true);
  assert.deepEqual(await tokens.all(), [token('ci', 'c'), grafana]);
  assert.equal(await tokens.remove('grafana'), true);
  assert.equal(await tokens.remove('grafana'), false);
  assert.deepEqual(await tokens.all(), [token('ci', 'c')]);
});
