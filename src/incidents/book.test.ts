import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '../model/alarm.ts';
import { IncidentBook, usualBook } from './book.ts';

const minute = 60_000;
const alarm = (more: Partial<Alarm> = {}): Alarm => ({
  detector: 'subscription-bomb',
  key: { recipient: 'ann@example.org' },
  level: 'alert',
  at: 5 * minute,
  onsetAt: 3 * minute,
  count: 11,
  statistic: { name: 'cusum', value: 23.4, threshold: 23 },
  confidence: 'high',
  spoofable: false,
  counts: {},
  origins: [],
  samples: ['smtp-1#4'],
  because: '11 first contacts in two minutes',
  ...more,
});
const first = <T>(list: readonly T[]): T => list[0] ?? assert.fail('nothing');
const nobody = (n: number): Alarm => alarm({ key: { recipient: `u${n}@example.org` }, at: 5 * minute + n * 1000 });

test('one incident a detector and key: further alarms are folded into it, and its history keeps the highest level', () => {
  const book = new IncidentBook();
  const opened = first(book.raise(alarm({ level: 'watch', count: 5 })));
  assert.deepEqual([opened.step, opened.tell, opened.incident.state], ['opened', false, 'watch'], 'what is only watched is told to nobody');
  const raised = first(book.raise(alarm({ at: 6 * minute })));
  assert.deepEqual([raised.step, raised.tell, raised.incident.state, raised.incident.alarms], ['raised', true, 'alert', 2]);
  const later = first(book.raise(alarm({ level: 'watch', at: 7 * minute, count: 14 })));
  assert.deepEqual([later.incident.level, later.incident.id, later.tell], ['alert', opened.incident.id, false]);
  assert.equal(book.size, 1);
});

test('its id and the reference for subjects have the same digits, and another key has others', () => {
  const book = new IncidentBook();
  const { id, reference } = first(book.raise(alarm())).incident;
  assert.match(id, /^i-[0-9a-f]{10}$/);
  assert.equal(reference, `FG-${id.slice(2).toUpperCase()}`);
  assert.equal(first(new IncidentBook().raise(alarm({ at: 5 * minute + 900 }))).incident.id, id, 'another node sees it a second later and calls it the same');
  assert.notEqual(first(book.raise(alarm({ key: { recipient: 'bob@example.org' } }))).incident.id, id);
});

test('somebody is told again when it has doubled, not at every alarm, and not of what is acknowledged', () => {
  const book = new IncidentBook();
  const { id } = first(book.raise(alarm({ count: 10 }))).incident;
  assert.equal(first(book.raise(alarm({ count: 19 }))).tell, false);
  assert.equal(first(book.raise(alarm({ count: 20 }))).tell, true);
  assert.equal(book.acknowledge(id, 'mona')?.incident.acknowledgedBy, 'mona');
  assert.equal(first(book.raise(alarm({ count: 50 }))).tell, false);
  assert.equal(first(book.raise(alarm({ count: 60, level: 'severe' }))).tell, true, 'it grew worse');
});

test('what is quiet cools, comes back under its old name, and closes after a while of quiet', () => {
  const book = new IncidentBook();
  const { id } = first(book.raise(alarm())).incident;
  assert.equal(book.calm({ detector: 'subscription-bomb', key: { recipient: 'ann@example.org' }, at: 20 * minute })?.incident.state, 'cooling');
  const back = first(book.raise(alarm({ at: 25 * minute })));
  assert.deepEqual([back.step, back.incident.id, back.incident.state], ['reopened', id, 'alert']);
  book.calm({ detector: 'subscription-bomb', key: { recipient: 'ann@example.org' }, at: 40 * minute });
  assert.deepEqual(book.settle(69 * minute), [], 'not yet');
  const closed = first(book.settle(70 * minute));
  assert.deepEqual([closed.step, closed.incident.state, closed.incident.closedAt, closed.tell], ['closed', 'closed', 70 * minute, true]);
  assert.equal(book.size, 0);
});

test('more than twenty of a kind within ten minutes are one campaign, and only the campaign is told', () => {
  const book = new IncidentBook();
  const told = Array.from({ length: 60 }, (_, n) => book.raise(nobody(n)))
    .flat()
    .filter(({ tell }) => tell);
  const campaign = book.list().find(({ folded }) => folded > 0) ?? assert.fail('no campaign');
  assert.equal(told.filter(({ incident }) => incident.id !== campaign.id).length, usualBook.campaignOver, 'the first twenty were told one by one');
  assert.equal(campaign.folded, 60 - usualBook.campaignOver);
  assert.equal(book.list().filter(({ campaign: of }) => of === campaign.id).length, 60 - usualBook.campaignOver);
  assert.ok(told.filter(({ incident }) => incident.id === campaign.id).length <= 3, 'at its opening and when it has doubled');
});

test('a campaign to which nothing is added any more cools and closes', () => {
  const book = new IncidentBook();
  for (let n = 0; n < 25; n++) book.raise(nobody(n));
  const after = 5 * minute + 24_000 + usualBook.coolMs;
  assert.deepEqual(
    book.settle(after).map(({ step }) => step),
    ['cooling'],
  );
  assert.deepEqual(
    book.settle(after + usualBook.coolMs).map(({ step }) => step),
    ['closed'],
  );
});

test('with a measure that has met something it is mitigated, and no longer when its last measure has ended', () => {
  const book = new IncidentBook();
  const { id } = first(book.raise(alarm())).incident;
  assert.deepEqual(book.attach(id, 'm-1')?.incident.measures, ['m-1']);
  assert.equal(book.find(id)?.state, 'alert', 'it has met nothing yet');
  assert.equal(book.mitigated(id)?.incident.state, 'mitigated');
  assert.equal(book.mitigated(id), null, 'once is enough');
  assert.equal(first(book.raise(alarm({ count: 15 }))).incident.state, 'mitigated', 'more of the same changes nothing');
  assert.equal(book.unmitigated(id)?.incident.state, 'alert');
  assert.equal(book.attach('i-0000000000', 'm-2'), null);
});

test('incidents are bounded: the oldest that is only watched goes first', () => {
  const book = new IncidentBook({ ...usualBook, campaignOver: 1000, mostOpen: 3 });
  book.raise(nobody(1));
  book.raise({ ...nobody(2), level: 'watch' });
  book.raise(nobody(3));
  const [closed, opened] = book.raise(nobody(4));
  assert.deepEqual([closed?.step, closed?.incident.key, closed?.tell, opened?.step], ['closed', { recipient: 'u2@example.org' }, false, 'opened']);
  assert.equal(book.size, 3);
});

test('after a restart it goes on where it was', () => {
  const before = new IncidentBook();
  const { incident } = first(before.raise(alarm({ count: 10 })));
  const book = new IncidentBook();
  book.restore([incident]);
  const again = first(book.raise(alarm({ count: 15, at: 9 * minute })));
  assert.deepEqual([again.step, again.incident.id, again.tell], ['grown', incident.id, false]);
});
