import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { virusStorm } from './virus-storm.ts';

const infected = (number: number, given: Parameters<typeof message>[1] = {}): Sighting =>
  message(number, { outcome: 'refused', traits: { virus: 'Worm.A' }, ...given });

test('thirty of one name within an hour are a storm, thirty names are not', () => {
  assert.deepEqual(
    hear(
      virusStorm,
      many(30, (number) => infected(number)),
    ).alarms.at(-1)?.level,
    'alert',
  );
  assert.deepEqual(
    hear(
      virusStorm,
      many(30, (number) => infected(number, { traits: { virus: `Worm.${number}` } })),
    ).levels,
    [],
  );
});

test('one message to thirty recipients is one', () => {
  assert.deepEqual(
    hear(
      virusStorm,
      many(30, (number) => infected(number, { index: number, recipients: 30 })),
    ).levels,
    [],
  );
});

test('the first of a user or a machine of ours is told at once', () => {
  assert.deepEqual(hear(virusStorm, [infected(0, { user: 'anna', direction: 'out' })]).alarms[0]?.key, { user: 'anna' });
  assert.deepEqual(hear(virusStorm, [infected(0, { inside: true, ip: '10.0.0.77', direction: 'out' })]).alarms[0]?.key, { ip: '10.0.0.77' });
});

test('a relay of ours that brings the world’s mail in is not infected', () => {
  assert.deepEqual(hear(virusStorm, [infected(0, { inside: true, ip: '10.0.0.2' })]).levels, []);
});

test('it tells how many come from near', () => {
  const { alarms } = hear(
    virusStorm,
    many(30, (number) => infected(number, { ip: `198.51.100.${number}` })),
    {
      placeOf: (ip) => ({ country: 'DE', network: '', local: ip.endsWith('1') }),
    },
  );
  assert.equal(alarms.at(-1)?.counts['local']?.est, 3);
});
