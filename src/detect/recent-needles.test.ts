import assert from 'node:assert/strict';
import { test } from 'node:test';
import { message } from '../../test/harness/sightings.ts';
import type { MessageSighting } from '../model/sighting.ts';
import { RecentNeedles } from './recent-needles.ts';

const notice = (seconds: number): MessageSighting => message(seconds, { traits: { transaction: 'bank' } }) as MessageSighting;

test('notices are kept by mailbox, from half an hour before the onset', () => {
  const needles = new RecentNeedles();
  for (const minute of [0, 20, 40]) needles.note('anna@hub.example', notice(minute * 60));
  needles.note('anna@hub.example', message(50 * 60, { traits: { subscription: 5 } }) as MessageSighting);
  const onsetAt = notice(45 * 60).at;
  assert.deepEqual(
    needles.since('anna@hub.example', onsetAt).map(({ at }) => (at - onsetAt) / 60_000),
    [-25, -5],
  );
  assert.deepEqual(needles.since('ben@hub.example', onsetAt), []);
});

test('a flood that looks like notices keeps the newest fifty of a mailbox, and of no more mailboxes than there is room for', () => {
  const needles = new RecentNeedles();
  for (let number = 0; number < 500; number++) needles.note('anna@hub.example', notice(number));
  const kept = needles.since('anna@hub.example', notice(0).at);
  assert.deepEqual([kept.length, kept.at(-1)?.source], [50, 's@499']);
  for (let number = 0; number < 12_000; number++) needles.note(`${number}@hub.example`, notice(number));
  assert.ok(needles.size <= 5000);
});
