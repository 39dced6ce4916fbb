import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, recipient } from '../../../test/harness/sightings.ts';
import { trapMail } from './trap-mail.ts';

const hit = (number: number, changes: Parameters<typeof recipient>[1] = {}): ReturnType<typeof recipient> => recipient(number, { answer: 'trap', ...changes });

test('the first trap is watched, the second is spam', () =>
  assert.deepEqual(
    hear(
      trapMail,
      many(2, (number) => hit(number)),
    ).levels,
    ['watch', 'alert'],
  ));

test('a bounce to a trap says nothing of the server that sends it: a forger wrote there', () =>
  assert.deepEqual(
    hear(
      trapMail,
      many(500, (number) => hit(number, { from: '' })),
    ).levels,
    [],
  ));

test('other refused recipients are no traps', () =>
  assert.deepEqual(
    hear(
      trapMail,
      many(50, (number) => hit(number, { answer: 'refused' })),
    ).levels,
    [],
  ));
