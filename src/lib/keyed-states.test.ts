import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyedStates } from './keyed-states.ts';

const counters = (capacity: number): KeyedStates<{ count: number }> => new KeyedStates(capacity, () => ({ count: 0 }));

test('a key keeps its state while others come and it is used', () => {
  const states = counters(100);
  for (let number = 0; number < 10_000; number++) {
    states.of(`stranger${number}`);
    if (number % 40 === 0) states.of('regular').count++;
  }
  assert.equal(states.of('regular').count, 250);
});

test('whatever comes, no more keys than the capacity are held, and none twice', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }).map(String), { maxLength: 300 }), fc.integer({ min: 2, max: 20 }), (keys, capacity) => {
      const states = counters(capacity);
      for (const key of keys) {
        states.of(key);
        assert.ok(states.size <= capacity);
        const held = [...states.entries()].map(([each]) => each);
        assert.equal(new Set(held).size, held.length);
        assert.ok(held.includes(key));
      }
    }),
  );
});

test('a key not used for a whole generation is forgotten', () => {
  const states = counters(4);
  states.of('a').count = 7;
  for (const key of ['b', 'c', 'd', 'e', 'f']) states.of(key);
  assert.equal(states.peek('a'), undefined);
  assert.equal(states.of('a').count, 0);
});

test('looking without use neither makes nor keeps a key', () => {
  const states = counters(4);
  assert.equal(states.peek('a'), undefined);
  states.of('a');
  states.delete('a');
  assert.equal(states.size, 0);
});
