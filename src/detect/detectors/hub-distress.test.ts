import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gauge, hear, hub, many } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { hubDistress } from './hub-distress.ts';

const namesOf = (sightings: Parameters<typeof hear>[1]): string[] =>
  hear(hubDistress, sightings).alarms.map(({ level, statistic }) => `${level} ${statistic.name}`);

test('five failures in a row to reach it need no share; a success between them begins anew', () => {
  assert.deepEqual(namesOf(many(5, (number) => hub(number, { outcome: 'unreachable', ms: null }))), ['alert unreachable-in-a-row']);
  assert.deepEqual(
    namesOf(Array.from({ length: 3 }, (_, number) => [...many(4, (each) => hub(number * 5 + each, { outcome: 'unreachable' })), hub(number * 5 + 4)]).flat()),
    [],
  );
});

test('one in ten put off is watched, one in five is distress, and what is refused for good is the mail’s fault', () => {
  const share = (every: number, outcome: 'tempfail' | 'refused'): Sighting[] =>
    many(100, (number) => hub(number, number % every === every - 1 ? { outcome } : {}));
  assert.deepEqual(new Set(namesOf(share(9, 'tempfail'))), new Set(['watch failing-percent']));
  assert.ok(namesOf(share(4, 'tempfail')).includes('alert failing-percent'));
  assert.deepEqual(namesOf(share(2, 'refused')), []);
});

test('slow is what one in twenty is', () => {
  assert.ok(namesOf(many(40, (number) => hub(number, { ms: number % 10 === 0 ? 40_000 : 50 }))).includes('alert p95-seconds'));
  assert.deepEqual(namesOf(many(100, (number) => hub(number, { ms: number % 50 === 0 ? 40_000 : 50 }))), [], 'two in a hundred are not');
});

test('five minutes later it is forgotten', () => {
  assert.deepEqual(
    namesOf([...many(19, (number) => hub(number, { outcome: 'tempfail' })), ...many(40, (number) => hub(400 + number)), hub(441, { outcome: 'tempfail' })]),
    [],
  );
});

test('a queue that has tripled and a disk that is nearly full are told', () => {
  const queue = [...many(100, (number) => gauge(number * 60, 'hub-queue', 600)), gauge(6100, 'hub-queue', 1900)];
  assert.deepEqual(namesOf(queue), ['alert queue']);
  assert.deepEqual(namesOf(many(100, (number) => gauge(number * 60, 'hub-queue', 900))), [], 'a queue that is always long is its habit');
  assert.deepEqual(namesOf([gauge(0, 'disk-free-share', 0.5), gauge(60, 'disk-free-share', 0.08), gauge(120, 'disk-free-share', 0.04)]), [
    'watch free-percent',
    'alert free-percent',
  ]);
  assert.deepEqual(namesOf([gauge(0, 'disk-level', 3), gauge(60, 'disk-level', 4)]), ['severe disk-level'], 'however much of a small disk is free');
});

test('the key is the route', () => {
  const { alarms } = hear(
    hubDistress,
    many(5, (number) => hub(number, { route: 'customer.example', outcome: 'unreachable' })),
  );
  assert.deepEqual(alarms[0]?.key, { route: 'customer.example' });
});
