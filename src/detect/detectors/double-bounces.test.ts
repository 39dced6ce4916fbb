import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { doubleBounces } from './double-bounces.ts';

const reports = (count: number, every: number, given: Parameters<typeof message>[1] = {}): Sighting[] =>
  many(count, (number) =>
    message(number * every, { direction: 'out', inside: true, from: '', to: `x${number}@stranger.example`, outcome: 'bounced', ...given }),
  );

test('a dozen reports nobody takes within minutes are told', () => {
  const { alarms, levels } = hear(doubleBounces, reports(15, 20));
  assert.deepEqual(levels, ['watch', 'alert']);
  assert.deepEqual(alarms.at(-1)?.origins[0]?.origin, 'stranger.example');
});

test('one an hour is the weather', () => assert.deepEqual(hear(doubleBounces, reports(100, 3600)).levels, []));
test('reports that are delivered, and ordinary mail that is not, are none', () => {
  assert.deepEqual(hear(doubleBounces, reports(100, 20, { outcome: 'delivered' })).levels, []);
  assert.deepEqual(hear(doubleBounces, reports(100, 20, { from: 'anna@hub.example' })).levels, []);
});
test('from the world they are backscatter, not ours', () =>
  assert.deepEqual(hear(doubleBounces, reports(100, 20, { direction: 'in', inside: false })).levels, []));
