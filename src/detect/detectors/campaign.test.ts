import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { campaign } from './campaign.ts';

/** Copies that share one band of eight. */
const copies = (count: number, given: (number: number) => Parameters<typeof message>[1] = (number) => ({ ip: `45.${number}.9.7` })): Sighting[] =>
  many(count, (number) =>
    message(number * 60, { from: `x@d${number}.example`, traits: { text: `h${number}`, bands: [7, 1000 + number, 2000 + number] }, ...given(number) }),
  );

test('twenty near-duplicates from twenty networks are a campaign', () => {
  const { alarms, levels } = hear(campaign, copies(25));
  assert.deepEqual(levels, ['watch', 'alert']);
  assert.ok((alarms.find(({ level }) => level === 'alert')?.count ?? 0) === 20);
});

test('the machines of one house are one place', () => {
  assert.deepEqual(
    hear(
      campaign,
      copies(200, (number) => ({ ip: `45.${number % 30}.9.7`, name: `out${number % 30}.house.example` })),
    ).levels,
    [],
  );
});

test('who wrote to us on another day is no stranger', () => {
  const known = many(40, (number) => message(-2 * 86_400 + number, { ip: `45.${number}.9.7` }));
  assert.deepEqual(hear(campaign, [...known, ...copies(40)]).levels, []);
});

test('texts too short to compare, reports, users and our own machines do not count', () => {
  for (const given of [{ traits: { text: 'h' } }, { traits: { bands: [7], report: 'bounce' as const } }, { user: 'anna' }, { inside: true }])
    assert.deepEqual(
      hear(
        campaign,
        copies(60, (number) => ({ ip: `45.${number}.9.7`, ...given })),
      ).levels,
      [],
      JSON.stringify(given),
    );
});

test('different texts from everywhere are the world', () => {
  assert.deepEqual(
    hear(
      campaign,
      copies(200, (number) => ({ ip: `45.${number}.9.7`, traits: { bands: [3 * number + 1, 3 * number + 2, 3 * number + 3] } })),
    ).levels,
    [],
  );
});

test('the same band at another place is another', () => {
  assert.deepEqual(
    hear(
      campaign,
      copies(8, (number) => ({
        ip: `45.${number}.9.7`,
        traits: { bands: Array.from({ length: 8 }, (_, place) => (place === number ? 7 : 100 * number + place)) },
      })),
    ).levels,
    [],
  );
});
