import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { replyAllStorm } from './reply-all-storm.ts';

/** Answers, each with a copy for each reader. */
const answers = (count: number, readers: number, every = 60, traits = { reply: true, thread: 't' } as const): Sighting[] =>
  many(count * readers, (number) => {
    const answer = Math.floor(number / readers);
    return message(answer * every, {
      direction: 'within',
      from: `u${answer}@hub.example`,
      to: `u${number % readers}@hub.example`,
      recipients: readers,
      messageId: `<${answer}@x>`,
      traits,
    });
  });

test('ten answers to eighty are a storm', () => {
  const { alarms, levels } = hear(replyAllStorm, answers(12, 80));
  assert.deepEqual(levels, ['watch', 'alert']);
  assert.deepEqual(alarms.at(-1)?.key, { thread: 't' });
});

test('answers among forty are a conversation', () => assert.deepEqual(hear(replyAllStorm, answers(60, 40)).levels, []));

test('answers to eighty of a thousand are a conversation: a quarter of the site must get them', () => {
  const others = many(1000, (number) => message(-1000 + number, { to: `o${number}@hub.example` }));
  assert.deepEqual(hear(replyAllStorm, [...others, ...answers(20, 80)]).levels, []);
});

test('nine an hour all day are lively', () => assert.equal(hear(replyAllStorm, answers(60, 80, 420)).levels.includes('alert'), false));

test('one answer with a thousand copies is one', () => assert.deepEqual(hear(replyAllStorm, answers(1, 1000)).levels, []));
