import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchCounts } from './batch-counts.ts';

test('each set of labels has its own count, and one that begins like another is another', () => {
  const counts = new BatchCounts();
  counts.add('floodgate_tls_total', ['started'], 1);
  counts.add('floodgate_verdicts_total', ['rcpt', 'reject', 'unknown-recipient'], 1);
  counts.add('floodgate_verdicts_total', ['rcpt', 'reject', ''], 2);
  counts.add('floodgate_verdicts_total', ['rcpt', 'reject', 'unknown-recipient'], 3);
  counts.add('floodgate_connections_left_total', [], 5);
  assert.equal(counts.size, 4);
  assert.deepEqual(counts.take(), [
    ['floodgate_tls_total', ['started'], 1],
    ['floodgate_verdicts_total', ['rcpt', 'reject', 'unknown-recipient'], 4],
    ['floodgate_verdicts_total', ['rcpt', 'reject', ''], 2],
    ['floodgate_connections_left_total', [], 5],
  ]);
});

test('what was handed out is not handed out again', () => {
  const counts = new BatchCounts();
  counts.add('floodgate_tls_total', ['started'], 1);
  counts.take();
  assert.deepEqual(counts.take(), []);
  counts.add('floodgate_tls_total', ['started'], 2);
  assert.deepEqual(counts.take(), [['floodgate_tls_total', ['started'], 2]]);
});

test('a mistake of ours in a label does not fill the memory, and the next batch counts anew', () => {
  const counts = new BatchCounts();
  for (let n = 0; n < 5000; n++) counts.add('floodgate_tls_total', [`${n}`], 1);
  assert.ok(counts.size <= 1000, `${counts.size}`);
  counts.take();
  counts.add('floodgate_tls_total', ['started'], 1);
  assert.equal(counts.size, 1);
});
