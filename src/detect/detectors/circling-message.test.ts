import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { Sighting } from '../../model/sighting.ts';
import { circlingMessage } from './circling-message.ts';

const again = (count: number, traitsOf: (number: number) => MessageTraits | null = () => null, given: Parameters<typeof message>[1] = {}): Sighting[] =>
  many(count, (number) => message(number * 300, { messageId: '<a@b>', traits: traitsOf(number), ...given }));

test('the same message for the fifth time circles', () => {
  const { alarms } = hear(circlingMessage, again(5));
  assert.deepEqual(
    alarms.map(({ level, count }) => [level, count]),
    [
      ['watch', 3],
      ['alert', 5],
    ],
  );
});

test('longer Received lines each time make it sure', () => {
  assert.equal(
    hear(
      circlingMessage,
      again(5, (number) => ({ hops: 4 + 3 * number })),
    ).alarms.at(-1)?.confidence,
    'high',
  );
  assert.equal(
    hear(
      circlingMessage,
      again(5, () => ({ hops: 4 })),
    ).alarms.at(-1)?.confidence,
    'medium',
  );
});

test('one mail to ten lists comes ten times to whoever is on all', () => {
  assert.deepEqual(
    hear(
      circlingMessage,
      again(10, (number) => ({ listId: `l${number}.example` })),
    ).levels,
    [],
  );
});

test('retries and other recipients are no circle', () => {
  assert.deepEqual(
    hear(
      circlingMessage,
      again(10, () => null, { outcome: 'deferred' }),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      circlingMessage,
      again(10, () => null, { retry: true }),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      circlingMessage,
      many(50, (number) => message(number, { messageId: '<a@b>', to: `u${number}@hub.example` })),
    ).levels,
    [],
  );
});

test('many Received lines are watched the first time', () => {
  const [alarm] = hear(
    circlingMessage,
    again(1, () => ({ hops: 30 })),
  ).alarms;
  assert.deepEqual([alarm?.level, alarm?.statistic], ['watch', { name: 'hops', value: 30, threshold: 25 }]);
});
