import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeavyHitters } from './heavy-hitters.ts';

const halfLifeMs = 60_000;
const streams = fc.array(fc.record({ key: fc.integer({ min: 0, max: 40 }).map(String), stepMs: fc.integer({ min: -20_000, max: 90_000 }) }), {
  minLength: 1,
  maxLength: 300,
});

/** Moments of a stream of steps; a little backwards at times, as logs are. */
function momentsOf(steps: readonly { key: string; stepMs: number }[]): { key: string; at: number }[] {
  let at = 1_700_000_000_000;
  return steps.map(({ key, stepMs }) => ({ key, at: (at += stepMs) }));
}

/** The truth: every count aged one by one. */
function trueCounts(stream: readonly { key: string; at: number }[], now: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key, at } of stream) counts.set(key, (counts.get(key) ?? 0) + 2 ** ((at - now) / halfLifeMs));
  return counts;
}

const filled = (stream: readonly { key: string; at: number }[], capacity: number): HeavyHitters => {
  const sketch = new HeavyHitters({ capacity, halfLifeMs });
  for (const { key, at } of stream) sketch.add(key, at);
  return sketch;
};

function assertBounds(sketch: HeavyHitters, truth: Map<string, number>, now: number, capacity: number): void {
  const total = [...truth.values()].reduce((sum, each) => sum + each, 0);
  const slack = 1e-9 * (1 + total);
  assert.ok(Math.abs(sketch.total(now) - total) <= slack);
  for (const { key, est, err } of sketch.top(capacity, now)) {
    const count = truth.get(key) ?? 0;
    assert.ok(est - err <= count + slack && count <= est + slack, `${key}: ${est - err} <= ${count} <= ${est}`);
  }
  for (const [key, count] of truth) assert.ok(count <= sketch.estimate(key, now).est + slack, `${key} is not counted too low`);
}

test('the lower bound is never above the truth and the estimate never below it, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(streams, fc.integer({ min: 1, max: 20 }), (steps, capacity) => {
      const stream = momentsOf(steps);
      const now = Math.max(...stream.map(({ at }) => at));
      const sketch = filled(stream, capacity);
      assert.ok(sketch.size <= capacity);
      assertBounds(sketch, trueCounts(stream, now), now, capacity);
      for (const { err } of sketch.top(capacity, now)) assert.ok(err <= sketch.total(now) / capacity + 1e-9);
    }),
  );
});

test('what is truly above its share of the memory is there', () => {
  fc.assert(
    fc.property(streams, fc.integer({ min: 1, max: 20 }), (steps, capacity) => {
      const stream = momentsOf(steps);
      const now = Math.max(...stream.map(({ at }) => at));
      const sketch = filled(stream, capacity);
      const held = new Set(sketch.top(capacity, now).map(({ key }) => key));
      for (const [key, count] of trueCounts(stream, now)) {
        if (count > sketch.total(now) / capacity + 1e-9) assert.ok(held.has(key), key);
      }
    }),
  );
});

test('the bounds hold for two sketches made one', () => {
  fc.assert(
    fc.property(streams, streams, fc.integer({ min: 1, max: 20 }), (first, second, capacity) => {
      const [one, other] = [momentsOf(first), momentsOf(second)];
      const now = Math.max(...[...one, ...other].map(({ at }) => at));
      const sketch = filled(one, capacity);
      sketch.merge(filled(other, capacity), now);
      assertBounds(sketch, trueCounts([...one, ...other], now), now, capacity);
    }),
  );
});

test('a sketch goes on counting after a merge', () => {
  const sketch = filled([{ key: 'a', at: 0 }], 2);
  sketch.merge(filled([{ key: 'b', at: 0 }], 2), 0);
  sketch.add('a', 0);
  assert.deepEqual(sketch.top(2, 0), [
    { key: 'a', est: 2, err: 0 },
    { key: 'b', est: 1, err: 0 },
  ]);
});

test('weeks of silence neither overflow the weights nor lose the count', () => {
  const sketch = filled([{ key: 'a', at: 0 }], 4);
  const later = 90 * 86_400_000;
  sketch.add('b', later);
  assert.deepEqual(sketch.top(1, later), [{ key: 'b', est: 1, err: 0 }]);
  assert.equal(sketch.total(later), 1);
});

test('a flood of strangers does not push out who is frequent, and memory stays where it is', () => {
  const sketch = new HeavyHitters({ capacity: 64, halfLifeMs });
  for (let number = 0; number < 100_000; number++) sketch.add(number % 20 === 0 ? 'attacker' : `stranger${number}`, number);
  const [first] = sketch.top(1, 100_000);
  assert.ok(first !== undefined && first.key === 'attacker' && first.est - first.err > 0);
  assert.equal(sketch.size, 64);
});
