import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, recipient } from '../../../test/harness/sightings.ts';
import { spreadHarvest } from './spread-harvest.ts';

const guess = (number: number, given: Parameters<typeof recipient>[1] = {}): ReturnType<typeof recipient> =>
  recipient(number, { to: `name${number}@hub.example`, answer: 'unknown', ip: `198.${number & 255}.${number >> 8}.7`, ...given });

test('twenty hosts with a name each within half a minute are a botnet at work', () => {
  const { alarms } = hear(
    spreadHarvest,
    many(20, (number) => guess(number)),
  );
  assert.deepEqual([alarms.at(-1)?.level, alarms.at(-1)?.key], ['alert', { site: true }]);
});

test('one network is another detector’s business, however much it tries', () => {
  assert.deepEqual(
    hear(
      spreadHarvest,
      many(500, (number) => guess(number, { ip: '198.51.100.7' })),
    ).levels,
    [],
  );
});

test('few networks are no botnet', () => {
  assert.deepEqual(
    hear(
      spreadHarvest,
      many(30, (number) => guess(number, { ip: `198.${number % 15}.3.7` })),
    ).levels,
    ['watch'],
  );
});

test('one wrong name from everywhere stands in somebody’s list', () => {
  assert.deepEqual(
    hear(
      spreadHarvest,
      many(500, (number) => guess(number, { to: 'gone@hub.example' })),
    ).levels,
    [],
  );
});

test('reports on forged mail are another trouble', () => {
  assert.deepEqual(
    hear(
      spreadHarvest,
      many(500, (number) => guess(number, { from: '' })),
    ).levels,
    [],
  );
});

test('one mistyped name every few minutes is any site', () => {
  assert.deepEqual(
    hear(
      spreadHarvest,
      many(500, (number) => recipient(number * 180, { to: `name${number}@hub.example`, answer: 'unknown', ip: `198.${number & 255}.${number >> 8}.7` })),
    ).levels,
    [],
  );
});
