import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { SignatureTrait } from '../../model/message-traits.ts';
import type { Sighting } from '../../model/sighting.ts';
import { dkimReplay } from './dkim-replay.ts';

const good: SignatureTrait = { domain: 'good.example', result: 'pass', mark: 'AbC' };

const replay = (
  count: number,
  given: (number: number) => Parameters<typeof message>[1] = () => ({}),
  signatures: readonly SignatureTrait[] = [good],
): Sighting[] =>
  many(count, (number) => {
    const to = `u${number}@hub.example`;
    return message(number, { ip: `45.${number % 9}.9.7`, to, traits: { unnamed: [to], signatures }, ...given(number) });
  });

test('one signature on messages to sixty it does not name, from nine networks, is a replay', () => {
  const { alarms, levels } = hear(dkimReplay, replay(60));
  assert.deepEqual(levels, ['watch', 'alert']);
  assert.deepEqual([alarms[0]?.key, alarms[0]?.spoofable], [{ message: 'good.example/AbC' }, true]);
});

test('from one house it is a list', () => {
  assert.deepEqual(
    hear(
      dkimReplay,
      replay(300, (number) => ({ ip: `45.${number % 9}.9.7`, name: `mx${number % 9}.lists.example` })),
    ).levels,
    [],
  );
});

test('who is named was written to', () => {
  assert.deepEqual(
    hear(
      dkimReplay,
      replay(300, () => ({ traits: { signatures: [good] } })),
    ).levels,
    [],
  );
});

test('a signature that does not hold lends no name, one that was not looked at may', () => {
  assert.deepEqual(
    hear(
      dkimReplay,
      replay(300, () => ({}), [{ ...good, result: 'fail' }]),
    ).levels,
    [],
  );
  assert.ok(
    hear(
      dkimReplay,
      replay(60, () => ({}), [{ domain: 'good.example', mark: 'AbC' }]),
    ).levels.includes('alert'),
  );
});

test('three hundred messages with a signature each are a newsletter', () => {
  const sightings = many(300, (number) =>
    message(number, { ip: `45.${number % 9}.9.7`, traits: { unnamed: ['anna@hub.example'], signatures: [{ ...good, mark: `m${number}` }] } }),
  );
  assert.deepEqual(hear(dkimReplay, sightings).levels, []);
});
