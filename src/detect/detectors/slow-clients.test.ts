import assert from 'node:assert/strict';
import { test } from 'node:test';
import { departure, hear, many } from '../../../test/harness/sightings.ts';
import { slowClients } from './slow-clients.ts';

const slow = (number: number, given: Parameters<typeof departure>[1] = {}): ReturnType<typeof departure> => departure(number, { how: 'slow', ...given });

test('the fifth of one network within an hour is an attack', () => {
  const { alarms } = hear(
    slowClients,
    many(5, (number) => slow(number * 60, { ip: `198.51.100.${number}` })),
  );
  assert.deepEqual([alarms.at(-1)?.level, alarms.at(-1)?.statistic.value, alarms.at(-1)?.key], ['alert', 5, { network: '198.51.100.0/24' }]);
});

test('one an hour, users, and our own machines are none', () => {
  assert.deepEqual(
    hear(
      slowClients,
      many(24, (number) => slow(number * 3700)),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      slowClients,
      many(24, (number) => slow(number, { user: 'anna' })),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      slowClients,
      many(24, (number) => slow(number, { inside: true })),
    ).levels,
    [],
  );
});

test('who leaves in any other way is not slow', () => {
  assert.deepEqual(
    hear(
      slowClients,
      many(24, (number) => departure(number, { how: 'lost' })),
    ).levels,
    [],
  );
});
