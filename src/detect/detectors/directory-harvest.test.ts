import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message, recipient } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { directoryHarvest } from './directory-harvest.ts';

const guess = (number: number, given: { readonly to?: string; readonly ip?: string; readonly name?: string; readonly user?: string } = {}): Sighting =>
  recipient(number, { to: `name${number}@hub.example`, answer: 'unknown', ...given });

test('ten names that nobody has are a harvest, five are watched', () => {
  assert.deepEqual(
    hear(
      directoryHarvest,
      many(4, (number) => guess(number)),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      directoryHarvest,
      many(9, (number) => guess(number)),
    ).levels,
    ['watch'],
  );
  const { alarms } = hear(
    directoryHarvest,
    many(10, (number) => guess(number)),
  );
  assert.deepEqual([alarms.at(-1)?.level, alarms.at(-1)?.key], ['alert', { network: '198.51.100.0/24' }]);
});

test('the same wrong name again and again is a broken program', () => {
  assert.deepEqual(
    hear(
      directoryHarvest,
      many(100, (number) => guess(number, { to: 'gone@hub.example' })),
    ).levels,
    [],
  );
});

test('a name with another tag is no other name', () => {
  assert.deepEqual(
    hear(
      directoryHarvest,
      many(100, (number) => guess(number, { to: `gone+${number}@hub.example` })),
    ).levels,
    [],
  );
});

test('names that every site should have, and names that once existed, count nothing', () => {
  const roles = ['postmaster', 'abuse', 'info', 'sales', 'support', 'webmaster', 'security', 'root', 'admin', 'noc', 'www', 'hostmaster'];
  assert.deepEqual(
    hear(
      directoryHarvest,
      roles.map((role, number) => guess(number, { to: `${role}@hub.example` })),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      directoryHarvest,
      many(30, (number) => guess(number)),
      { onceExisted: () => true },
    ).levels,
    [],
  );
});

test('one valid name that is repeated does not wash a dictionary', () => {
  const sightings = Array.from({ length: 60 }, (_, number) => [recipient(number, { to: 'anna@hub.example' }), guess(number)]).flat();
  assert.ok(hear(directoryHarvest, sightings).levels.includes('alert'));
});

test('nor do made-up senders: the names of an hour are compared', () => {
  const sightings = Array.from({ length: 60 }, (_, number) => [recipient(number, { from: `x${number}@bad.example` }), guess(number)]).flat();
  assert.ok(hear(directoryHarvest, sightings).levels.includes('alert'));
});

test('hosts of one network are one party; a house with a name is judged by it', () => {
  assert.ok(
    hear(
      directoryHarvest,
      many(12, (number) => guess(number, { ip: `198.51.100.${number}` })),
    ).levels.includes('alert'),
  );
  const { alarms } = hear(
    directoryHarvest,
    many(12, (number) => guess(number, { ip: `198.${number}.100.7`, name: `out${number}.provider.example` })),
  );
  assert.deepEqual(alarms.at(-1)?.key, { domain: 'provider.example' });
});

test('a user who mistypes is no harvester', () => {
  assert.deepEqual(
    hear(
      directoryHarvest,
      many(30, (number) => guess(number, { user: 'anna' })),
    ).levels,
    [],
  );
});

test('in a log, what is delivered speaks for the sender', () => {
  const sightings = Array.from({ length: 200 }, (_, number) => [
    message(number, { to: `u${number}@hub.example`, from: `a${number}@list.example` }),
    ...(number % 4 === 0 ? [guess(number)] : []),
  ]).flat();
  assert.equal(hear(directoryHarvest, sightings).levels.includes('alert'), false);
});

test('twenty thousand networks are not held', () => {
  const { size } = hear(
    directoryHarvest,
    many(20_000, (number) => guess(number, { ip: `${(number >> 8) & 255}.${number & 255}.${number >> 16}.7` })),
  );
  assert.ok(size < 8192 + 10_001 + 20_000, String(size));
});
