import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseId } from './explain-id.ts';

const nowMs = Date.UTC(2026, 10, 21, 19, 0, 30);

test('a time of the clock is of today, as the dashboard shows it', () => {
  const fromMs = Date.UTC(2026, 10, 21, 18, 40);
  assert.deepEqual(parseId('18:40', nowMs), { kind: 'time', fromMs, toMs: fromMs + 59_999 });
  assert.deepEqual(parseId(' 18:40:07 ', nowMs), { kind: 'time', fromMs: fromMs + 7000, toMs: fromMs + 7999 });
  assert.equal(parseId('1840', nowMs).kind, 'text');
  assert.equal(parseId('2001:db8::1', nowMs).kind, 'ip');
});
