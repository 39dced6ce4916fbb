import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auth, hear, many, recipient } from '../../../test/harness/sightings.ts';
import { relayAttempts } from './relay-attempts.ts';

const attempt = (number: number, to = `probe@world${number}.example`): ReturnType<typeof recipient> => recipient(number, { to, answer: 'relay' });

test('the first foreign domain is watched, the third is an attempt', () => {
  const { alarms } = hear(
    relayAttempts,
    many(3, (number) => attempt(number)),
  );
  assert.deepEqual(
    alarms.map(({ level, statistic }) => `${level} ${statistic.value}`),
    ['watch 1', 'watch 2', 'alert 3'],
  );
});

test('one domain again and again is a program with a wrong server', () => {
  assert.deepEqual(
    hear(
      relayAttempts,
      many(100, (number) => attempt(number, 'friend@world.example')),
    ).levels,
    ['watch'],
  );
});

test('tricks with our own domain are one try each', () => {
  const tricks = ['a%w.example@hub.example', 'w.example!a@hub.example', '"a@w.example"@hub.example'];
  assert.ok(
    hear(
      relayAttempts,
      tricks.map((trick, number) => attempt(number, trick)),
    ).levels.includes('alert'),
  );
});

test('where somebody has logged in, a forgotten login is no attempt', () => {
  assert.deepEqual(hear(relayAttempts, [auth(0, { ok: true }), ...many(5, (number) => attempt(number))]).levels, ['watch']);
});

test('three domains within a day are none', () => {
  assert.deepEqual(
    hear(
      relayAttempts,
      many(3, (number) => recipient(number * 8 * 3600, { to: `a@w${number}.example`, answer: 'relay' })),
    ).levels,
    ['watch'],
  );
});
