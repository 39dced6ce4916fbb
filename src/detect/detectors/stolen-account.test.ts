import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auth, hear, many, message, recipient } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import type { Place } from '../detector.ts';
import { stolenAccount } from './stolen-account.ts';

const home = '192.0.2.7';
const sent = (seconds: number, given: Parameters<typeof message>[1] = {}): Sighting =>
  message(seconds, { direction: 'out', user: 'anna', ip: home, from: 'anna@hub.example', ...given });
const toStranger = (number: number, given: Parameters<typeof message>[1] = {}): Sighting => sent(number, { to: `v${number}@w${number}.example`, ...given });

const lastSum = (sightings: readonly Sighting[], about: Parameters<typeof hear>[2] = {}): number =>
  Math.max(0, ...hear(stolenAccount, sightings, about).alarms.map(({ statistic }) => statistic.value));

const cases: readonly [why: string, sightings: readonly Sighting[], sum: number][] = [
  ['forty-nine strangers are a busy afternoon', many(49, (number) => toStranger(number)), 0],
  ['sixty strangers: more than usual, and all of them strangers', many(60, (number) => toStranger(number)), 4],
  ['the same text to all of them', many(60, (number) => toStranger(number, { traits: { text: 't' } })), 5.5],
  ['as an author of a foreign domain', many(60, (number) => toStranger(number, { traits: { fromDomain: 'bank.example' } })), 5.5],
  ['a third of them fails', many(60, (number) => toStranger(number, { outcome: number % 3 === 0 ? 'bounced' : 'delivered' })), 7],
  ['two hundred strangers', many(200, (number) => toStranger(number)), 6.5],
  ['five hundred strangers are enough by themselves', many(500, (number) => toStranger(number)), 8],
  ['from a network it never came from', [sent(-9000), ...many(60, (number) => toStranger(number, { ip: '203.0.113.9' }))], 5.5],
  ['from six networks within an hour', many(60, (number) => toStranger(number, { ip: `192.0.${number % 6}.7` })), 6],
  [
    'after its password was guessed at',
    [sent(-9000), ...many(3, (number) => auth(number - 600, { secret: `s${number}`, ip: '203.0.113.9' })), ...many(60, (number) => toStranger(number))],
    5,
  ],
];
for (const [why, sightings, sum] of cases) {
  test(`${sum}: ${why}`, () => {
    assert.equal(lastSum(sightings), sum);
  });
}

test('whom one of ours has written to is no stranger', () => {
  const known = many(100, (number) => message(number - 9000, { direction: 'out', inside: true, ip: '10.0.0.5', to: `v${number}@w${number}.example` }));
  assert.equal(lastSum([...known, ...many(100, (number) => toStranger(number))]), 0);
});

test('a hundred old friends are unusual for who writes to five, and usual for who does it every day', () => {
  const friend = (day: number, number: number): Sighting => sent(day * 86_400 + number, { to: `c${number}@customer.example` });
  const daily = Array.from({ length: 6 }, (_, day) => many(day === 0 ? 45 : 100, (number) => friend(day, number))).flat();
  const { alarms } = hear(stolenAccount, daily, {});
  assert.deepEqual(alarms, [], 'two points are not even watched');
});

test('who may send to many is not stopped for it', () => {
  assert.equal(
    lastSum(
      many(500, (number) => toStranger(number)),
      { isBulkSender: (user) => user === 'anna' },
    ),
    4,
  );
});

test('three countries within a day are worth three points, a new address of the known provider none', () => {
  const placeOf = (ip: string): Place => ({
    country: ip.startsWith('203.') ? 'BR' : ip.startsWith('45.') ? 'VN' : 'DE',
    network: ip.startsWith('192.') ? 'AS1' : `AS${ip.split('.')[0]}`,
    local: false,
  });
  const travel = many(60, (number) => toStranger(number, { ip: ['192.0.2.7', '203.0.113.9', '45.7.7.7'][number % 3] ?? home }));
  assert.equal(lastSum(travel, { placeOf }), 8.5, '4 for strangers, 3 for countries, 1.5 for new networks');
  const roaming = [sent(-9000, { ip: '192.0.2.7' }), ...many(60, (number) => toStranger(number, { ip: '192.168.2.7' }))];
  assert.equal(lastSum(roaming, { placeOf }), 4);
});

test('refused recipients count as failures, those of our own domain do not', () => {
  const refused = (to: string): Sighting[] => many(25, (number) => recipient(number, { user: 'anna', ip: home, to: `x${number}@${to}`, answer: 'unknown' }));
  assert.equal(
    lastSum([...refused('world.example'), ...many(60, (number) => toStranger(number + 30))]),
    5,
    'strangers and failures, as soon as thirty were written to',
  );
  assert.equal(lastSum([...refused('hub.example'), ...many(60, (number) => toStranger(number + 30))]), 4);
});

test('every number stands in the alarm', () => {
  const { alarms } = hear(
    stolenAccount,
    many(500, (number) => toStranger(number, { traits: { text: 't' } })),
  );
  const { counts, because } = alarms.at(-1) ?? {};
  assert.deepEqual(
    [counts?.['strangers']?.est, counts?.['sameText']?.est, because?.includes('strangers')],
    [counts?.['recipients']?.est, counts?.['strangers']?.est, true],
  );
});
