import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { mailboxFlood } from './mailbox-flood.ts';

const day = 86_400;
const before = message(-2 * day, { to: 'ben@hub.example' });
const flood = (count: number, every: number, from = 0): Sighting[] =>
  many(count, (number) => message(from + number * every, { from: `x${number}@d${number % 9}.example` }));

test('far more than a mailbox is used to is a flood', () => {
  const { alarms, levels } = hear(mailboxFlood, [before, ...flood(60, 20)]);
  assert.deepEqual(levels, ['watch', 'alert']);
  assert.ok((alarms.find(({ level }) => level === 'alert')?.count ?? 99) <= 25);
});

test('who gets as many every hour of every day is used to it', () => {
  const habit = many(8000, (number) => message(-14 * day + number * 150, { from: `x${number}@d.example` }));
  assert.deepEqual(
    hear(
      mailboxFlood,
      [...habit, ...flood(60, 20)].toSorted((one, other) => one.at - other.at),
    ).levels,
    [],
  );
});

test('on the first day no habit is known, and only the fixed limit counts', () => {
  assert.deepEqual(hear(mailboxFlood, flood(300, 10)).levels, []);
  const { alarms } = hear(mailboxFlood, flood(300, 1));
  assert.deepEqual([alarms[0]?.level, alarms[0]?.statistic.name], ['alert', 'per-minute']);
});

test('as many as big providers refuse is severe', () => {
  assert.equal(hear(mailboxFlood, [before, ...flood(2500, 1)]).levels.at(-1), 'severe');
  assert.equal(hear(mailboxFlood, [before, ...flood(2300, 1)]).levels.at(-1), 'alert');
});

test('the time until the mailbox is full is told where the quota is known', () => {
  const { alarms } = hear(mailboxFlood, [before, ...flood(60, 20)], { bytesFreeOf: () => 300_000 });
  // 1,000 bytes every 20 seconds.
  assert.ok(Math.abs((alarms.at(-1)?.counts['minutes-until-full']?.est ?? 0) - 100) <= 10);
  assert.equal(hear(mailboxFlood, [before, ...flood(60, 20)]).alarms.at(-1)?.counts['minutes-until-full'], undefined);
});

test('what goes out or is refused fills no mailbox', () => {
  assert.deepEqual(hear(mailboxFlood, [before, ...many(60, (number) => message(number, { direction: 'out' }))]).levels, []);
  assert.deepEqual(hear(mailboxFlood, [before, ...many(60, (number) => message(number, { outcome: 'refused' }))]).levels, []);
});
