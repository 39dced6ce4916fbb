import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { Sighting } from '../../model/sighting.ts';
import { answeringMachines } from './answering-machines.ts';

const [anna, tickets] = ['anna@hub.example', 'tickets@firm.example'];

const exchange = (count: number, traits: MessageTraits | null, every = 20): Sighting[] =>
  many(count, (number) =>
    message(number * every, number % 2 === 0 ? { from: tickets, to: anna, traits } : { direction: 'out', inside: true, from: anna, to: tickets, traits }),
  );

test('ten automatic messages to and fro are two machines', () => {
  const { alarms, levels } = hear(answeringMachines, exchange(12, { automated: true }));
  assert.deepEqual(levels, ['watch', 'alert']);
  const { recipient = '', sender = '' } = alarms.at(-1)?.key ?? {};
  assert.deepEqual(new Set([recipient, sender]), new Set([anna, tickets]));
});

test('a report has no sender: its author answers', () => {
  const sightings = exchange(14, { automated: true }).map((each, number) =>
    number % 2 === 1 && each.kind === 'message' ? { ...each, from: '', traits: { report: 'autoreply' as const, author: anna } } : each,
  );
  assert.ok(hear(answeringMachines, sightings).levels.includes('alert'));
});

test('people who write to each other are no machines, and where content is not seen three times as many must come', () => {
  assert.deepEqual(hear(answeringMachines, exchange(200, {})).levels, []);
  assert.equal(hear(answeringMachines, exchange(24, null)).levels.includes('alert'), false);
  assert.ok(hear(answeringMachines, exchange(36, null)).levels.includes('alert'));
});

test('one way, or with pauses, is no exchange', () => {
  assert.deepEqual(
    hear(
      answeringMachines,
      many(100, (number) => message(number * 20, { from: tickets, to: anna, traits: { automated: true } })),
    ).levels,
    [],
  );
  assert.deepEqual(hear(answeringMachines, exchange(60, { automated: true }, 900)).levels, []);
});
