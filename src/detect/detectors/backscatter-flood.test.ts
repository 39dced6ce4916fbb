import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message, recipient } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { backscatterFlood } from './backscatter-flood.ts';

const bounce = (number: number, given: Parameters<typeof message>[1] = {}): Sighting =>
  message(number, { from: '', ip: `45.${number & 255}.${number >> 8}.7`, ...given });
const sent = (number: number, from = 'anna@hub.example'): Sighting =>
  message(number, { direction: 'out', user: 'anna', from, to: `c${number}@customer.example` });

test('a hundred reports on mail that was not sent, and those who report are not to blame', () => {
  const { alarms } = hear(
    backscatterFlood,
    many(100, (number) => bounce(number)),
  );
  assert.deepEqual([alarms.at(-1)?.level, alarms.at(-1)?.key, alarms.at(-1)?.spoofable], ['alert', { recipient: 'anna@hub.example' }, true]);
});

test('what was sent may bounce', () => {
  assert.deepEqual(hear(backscatterFlood, [...many(300, (number) => sent(number)), ...many(290, (number) => bounce(400 + number))]).levels, []);
});

test('also where each recipient had a sender of its own', () => {
  const list = many(300, (number) => sent(number, `talk-bounces+r${number}=x.example@hub.example`));
  const bounces = many(290, (number) => bounce(400 + number, { to: `talk-bounces+r${number}=x.example@hub.example` }));
  assert.deepEqual(hear(backscatterFlood, [...list, ...bounces]).levels, []);
});

test('what is proven ours never counts, what is proven forged counts whatever was sent', () => {
  assert.deepEqual(
    hear(
      backscatterFlood,
      many(500, (number) => bounce(number, { traits: { report: 'bounce', returned: 'ours' } })),
    ).levels,
    [],
  );
  const forged = many(100, (number) => bounce(400 + number, { traits: { report: 'bounce', returned: 'forged' } }));
  const { alarms } = hear(backscatterFlood, [...many(300, (number) => sent(number)), ...forged]);
  assert.deepEqual([alarms.at(-1)?.level, alarms.at(-1)?.confidence], ['alert', 'high']);
});

test('ordinary mail is no report, nor is a complaint', () => {
  assert.deepEqual(
    hear(
      backscatterFlood,
      many(500, (number) => bounce(number, { from: 'x@sender.example' })),
    ).levels,
    [],
  );
  assert.deepEqual(
    hear(
      backscatterFlood,
      many(500, (number) => bounce(number, { traits: { report: 'feedback' } })),
    ).levels,
    [],
  );
});

test('reports to names that were made up count for the domain', () => {
  const { alarms } = hear(
    backscatterFlood,
    many(300, (number) => recipient(number, { from: '', to: `x${number}@hub.example`, answer: 'unknown' })),
  );
  assert.deepEqual([alarms.at(-1)?.level, alarms.at(-1)?.key], ['alert', { domain: 'hub.example' }]);
  assert.deepEqual(
    hear(
      backscatterFlood,
      many(300, (number) => recipient(number, { to: `x${number}@hub.example`, answer: 'unknown' })),
    ).levels,
    [],
    'a sender is no reporter',
  );
});
