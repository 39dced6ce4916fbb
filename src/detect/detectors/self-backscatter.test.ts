import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { selfBackscatter } from './self-backscatter.ts';

const report = (number: number, given: Parameters<typeof message>[1] = {}): Sighting =>
  message(number * 60, {
    direction: 'out',
    inside: true,
    ip: '10.0.0.5',
    from: '',
    to: `v${number}@w${number}.example`,
    traits: { report: 'bounce' },
    ...given,
  });

test('the fifth report to a stranger within an hour says that our hub makes backscatter', () => {
  const { alarms } = hear(
    selfBackscatter,
    many(5, (number) => report(number)),
  );
  assert.deepEqual(
    alarms.map(({ level, statistic }) => `${level} ${statistic.value}`),
    ['watch 2', 'watch 4', 'alert 5'],
  );
});

test('absence notices are persons’; in a log, which cannot tell, four times as many are needed', () => {
  assert.deepEqual(
    hear(
      selfBackscatter,
      many(50, (number) => report(number, { traits: { report: 'autoreply' } })),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      selfBackscatter,
      many(19, (number) => report(number, { traits: null })),
    ).levels,
    ['watch'],
  );
  assert.ok(
    hear(
      selfBackscatter,
      many(20, (number) => report(number, { traits: null })),
    ).levels.includes('alert'),
  );
});

test('reports to our own users, and what was stopped before it left, harm nobody', () => {
  assert.deepEqual(
    hear(
      selfBackscatter,
      many(50, (number) => report(number, { direction: 'within' })),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      selfBackscatter,
      many(50, (number) => report(number, { outcome: 'refused' })),
    ).levels,
    [],
  );
});
