import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatencyEstimate } from './latency.ts';

test('no sample, no figure', () => assert.equal(new LatencyEstimate().quantile(0.5), null));

test('p50 and p99 lie within a quarter above the truth', () => {
  const latency = new LatencyEstimate();
  for (let ms = 1; ms <= 1000; ms++) latency.add(ms);
  const [p50, p99] = [latency.quantile(0.5) ?? 0, latency.quantile(0.99) ?? 0];
  assert.ok(p50 >= 500 && p50 <= 625, `${p50}`);
  assert.ok(p99 >= 990 && p99 <= 1240, `${p99}`);
});

test('the past fades: a hub that was slow this morning is fast now', () => {
  const latency = new LatencyEstimate();
  for (let i = 0; i < 4000; i++) latency.add(5000);
  for (let i = 0; i < 30_000; i++) latency.add(4);
  assert.ok((latency.quantile(0.99) ?? 0) <= 5);
});

test('longer than the last class is the last class, not a loss', () => {
  const latency = new LatencyEstimate();
  latency.add(1e12);
  assert.ok((latency.quantile(0.5) ?? 0) > 1_000_000);
});
