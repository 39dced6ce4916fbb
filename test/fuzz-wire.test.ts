import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzWire, targets } from '../fuzz/wire.ts';

test('the parsers take what they are for: each corpus passes as it stands', () => {
  for (const { corpus, run } of Object.values(targets)) for (const text of corpus) run(Buffer.from(text, 'latin1'), 0);
});

test('a second of mutated octets: no parser throws, grows or contradicts itself', () => {
  const { inputs, failure } = fuzzWire({ seed: 20_260_203, seconds: 1 });
  assert.equal(failure, null);
  assert.ok(inputs > 100, `${inputs} inputs`);
});
