import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { injectorAbuse } from './injector-abuse.ts';

const written = (number: number, given: Parameters<typeof message>[1] = {}): Sighting =>
  message(number, { direction: 'out', inside: true, ip: '10.0.0.80', from: 'www@hub.example', to: `v${number}@w${number}.example`, ...given });

test('a hundred strangers within an hour: the script is named, or else the sender', () => {
  const byScript = hear(
    injectorAbuse,
    many(100, (number) => written(number, { traits: { injector: '33:form.php' } })),
  ).alarms.at(-1);
  assert.deepEqual([byScript?.level, byScript?.key, byScript?.spoofable], ['alert', { injector: '33:form.php', ip: '10.0.0.80' }, false]);
  assert.deepEqual(
    hear(
      injectorAbuse,
      many(100, (number) => written(number)),
    ).alarms.at(-1)?.key,
    { injector: 'www@hub.example', ip: '10.0.0.80' },
  );
});

test('a hub that sends for a hundred people is not to blame for them all', () => {
  assert.deepEqual(
    hear(
      injectorAbuse,
      many(2000, (number) =>
        written(number, { from: `${'abcdefghijklmnopqrstuvwxyz'[number % 26]}x${'abcdefghijklmnopqrstuvwxyz'[(number * 7) % 23]}@hub.example` }),
      ),
    ).levels.includes('alert'),
    false,
  );
});

test('the same recipients again are no strangers', () => {
  assert.deepEqual(
    hear(
      injectorAbuse,
      many(2000, (number) => written(number, { to: `v${number % 40}@w.example` })),
    ).levels,
    [],
  );
});

test('users, strangers’ mail that is forwarded, and reports are others’ business', () => {
  assert.deepEqual(
    hear(
      injectorAbuse,
      many(300, (number) => written(number, { user: 'anna' })),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      injectorAbuse,
      many(300, (number) => written(number, { inside: false })),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      injectorAbuse,
      many(300, (number) => written(number, { from: '' })),
    ).levels,
    [],
  );
});

test('a mailing list may have twenty times as many subscribers; a newsletter that was announced any number', () => {
  assert.deepEqual(
    hear(
      injectorAbuse,
      many(900, (number) => written(number, { from: `talk-bounces+${number}@hub.example` })),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      injectorAbuse,
      many(3000, (number) => written(number)),
      { isBulkSender: (sender) => sender === 'www@hub.example' },
    ).levels,
    [],
  );
});
