import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, EventType } from '../model/events.ts';
import { fateOf } from './fate.ts';
import { sampleEvents } from './sample-events.ts';

const ref = '1M7YNPXHV1000-1';
const at = Date.UTC(2026, 10, 21, 16, 41, 7);
const stamped = (type: EventType, over: object): Event => ({ at, door: 'smtp-1', seq: 1, ...sampleEvents[type], ...over });
const event = (type: EventType, more: object = {}): Event => stamped(type, { ref, ...more });

const cases: readonly [type: EventType, more: object, what: RegExp][] = [
  ['spool-delivered', {}, /^delivered$/],
  ['spool-held', { why: 'user unknown' }, /^could not be delivered \(user unknown\); held/],
  ['spool-changed', { what: 'stopped', by: 'anna' }, /^stopped, and not tried until it is released, by anna$/],
  ['release-asked', { to: 'bob@hub.example' }, /^asked for by bob@hub\.example$/],
  ['quarantine-released', { by: 'anna', outcome: 'delivered' }, /^delivered.* released by anna$/],
  ['quarantine-released', { by: 'anna', outcome: 'failed', why: '550 no' }, /^released by anna, but not delivered: 550 no$/],
  ['quarantine-discarded', { by: 'anna' }, /^thrown away by anna$/],
  ['quarantine-restored', { by: 'anna' }, /^back in the quarantine, by anna$/],
  ['quarantine-expired', { state: 'held' }, /^gone: nobody released it/],
  ['quarantine-expired', { state: 'trash' }, /^gone: it was thrown away/],
];
for (const [type, more, what] of cases)
  test(`${type} says what became of a message: ${what.source}`, () => {
    const fate = fateOf([event(type, more)], ref);
    assert.match(fate?.what ?? '', what);
    assert.equal(fate?.at, '2026-11-21T16:41:07.000Z');
  });

test('the latest counts, of this very message alone; a message that nothing happened to has no fate', () => {
  const discarded = event('quarantine-discarded', { by: 'anna' });
  const restored = event('quarantine-restored', { by: 'bob', at: at + 1 });
  const other = event('spool-delivered', { ref: '1M7YNPXHV1000-2', at: at + 2 });
  assert.equal(fateOf([discarded, restored, other], ref)?.what, 'back in the quarantine, by bob');
  assert.equal(fateOf([other, event('message-quarantined', { at: at + 3 })], ref), null);
});
