import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection, departure, hear, many, message } from '../../../test/harness/sightings.ts';
import type { Place } from '../detector.ts';
import { connectionFlood } from './connection-flood.ts';

test('thirty connections within a minute that bring nothing are a flood', () => {
  const { alarms } = hear(
    connectionFlood,
    many(30, (number) => connection(number)),
  );
  assert.deepEqual([alarms.at(-1)?.level, alarms.at(-1)?.key, alarms.at(-1)?.statistic.name], ['alert', { ip: '198.51.100.7' }, 'per-minute']);
});

test('thirty that each bring mail are a busy server', () => {
  assert.deepEqual(hear(connectionFlood, Array.from({ length: 200 }, (_, number) => [connection(number / 4), message(number / 4 + 0.1)]).flat()).levels, []);
});

test('refused ones count: whoever is turned away and goes on is not let off', () => {
  assert.ok(
    hear(
      connectionFlood,
      many(30, (number) => connection(number, { refused: true })),
    ).levels.includes('alert'),
  );
});

test('whoever has delivered, a user, and a machine of ours may have ten times as many', () => {
  assert.deepEqual(hear(connectionFlood, [message(0), ...many(100, (number) => connection(1 + number / 2))]).levels, []);
  assert.deepEqual(
    hear(
      connectionFlood,
      many(100, (number) => connection(number / 2, { user: 'anna' })),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      connectionFlood,
      many(100, (number) => connection(number / 2, { inside: true })),
    ).levels,
    [],
  );
});

test('twenty held at one time are a flood; those that were closed do not count', () => {
  const held = many(20, (number) => connection(number * 60, { session: `s${number}` }));
  assert.equal(hear(connectionFlood, held).alarms.at(-1)?.statistic.name, 'at-once');
  const closed = Array.from({ length: 100 }, (_, number) => [
    connection(number * 60, { session: `s${number}` }),
    departure(number * 60 + 30, { session: `s${number}` }),
  ]).flat();
  assert.deepEqual(hear(connectionFlood, closed).levels, []);
});

test('sessions of a door that died are forgotten after an hour', () => {
  const before = many(15, (number) => connection(number * 60, { session: `a${number}` }));
  const after = many(15, (number) => connection(7200 + number * 60, { session: `b${number}` }));
  assert.deepEqual(hear(connectionFlood, [...before, ...after]).levels, ['watch']);
});

test('the site’s alarm tells how much of it is local', () => {
  const places = (ip: string): Place => ({ country: 'DE', network: 'AS64500', local: Number(ip.split('.')[3]) % 4 === 0 });
  const { alarms } = hear(
    connectionFlood,
    many(2000, (number) => connection(number / 100, { ip: `198.${number >> 8}.7.${number & 255}` })),
    { placeOf: places },
  );
  const site = alarms.filter(({ key }) => key.site === true).at(-1);
  const { local, foreign } = site?.counts ?? {};
  assert.equal((local?.est ?? 0) + (foreign?.est ?? 0), site?.count);
  assert.ok(Math.abs((local?.est ?? 0) / (site?.count ?? 1) - 0.25) < 0.05);
});

test('a flood from ever new hosts is not held', () => {
  const { size } = hear(
    connectionFlood,
    many(60_000, (number) => connection(number / 100, { ip: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`, session: `s${number}` })),
  );
  assert.ok(size <= 3 * 8192 + 50_000 + 20_002, String(size));
});
