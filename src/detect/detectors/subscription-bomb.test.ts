import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import { seededRandom } from '../../lib/seeded-random.ts';
import type { MessageTraits } from '../../model/message-traits.ts';
import type { Sighting } from '../../model/sighting.ts';
import { subscriptionBomb } from './subscription-bomb.ts';

const day = 86_400;
const minute = 60;
/** Two days before, so that the first day of learning is over. */
const before = message(-2 * day, { from: 'old@friend.example' });
const confirmation: MessageTraits = { subscription: 5, confirmation: 'confirm' };

const bomb = (count: number, given: Parameters<typeof message>[1] = {}, from = 0): Sighting[] =>
  many(count, (number) => message(from + number * 5, { from: `noreply@shop${from}x${number}.example`, ...given }));

const levelsOf = (sightings: readonly Sighting[]): readonly string[] => hear(subscriptionBomb, [before, ...sightings]).levels;

test('eleven organisations within a minute are a bomb, twenty-odd a severe one', () => {
  const { alarms } = hear(subscriptionBomb, [before, ...bomb(30)]);
  assert.deepEqual(
    alarms.slice(0, 3).map(({ level, count }) => [level, count]),
    [
      ['watch', 6],
      ['alert', 11],
      ['severe', 21],
    ],
  );
  assert.deepEqual(alarms[1]?.key, { recipient: 'anna@hub.example' });
  assert.equal(alarms[1]?.samples.length, 11);
});

test('an organisation counts once: neither a storm of one nor a hundred hosts of one are a bomb', () => {
  assert.deepEqual(levelsOf(many(500, (number) => message(number, { from: `x${number}@host${number}.shop.example` }))), []);
});

test('a storm of one source hides no bomb', () => {
  const storm = many(3000, (number) => message(number / 10, { from: 'x@storm.example' }));
  assert.ok(levelsOf([...storm, ...bomb(20)].toSorted((one, other) => one.at - other.at)).includes('alert'));
});

test('whom the mailbox has written to, our own domains, users and reports do not count', () => {
  const written = many(30, (number) => message(-day + number, { direction: 'out', inside: true, from: 'anna@hub.example', to: `x@shop0x${number}.example` }));
  assert.deepEqual(levelsOf([...written, ...bomb(30)]), []);
  assert.deepEqual(levelsOf(bomb(30, { from: 'x@hub.example' })), []);
  assert.deepEqual(levelsOf(bomb(30, { user: 'ben' })), []);
  assert.deepEqual(levelsOf(bomb(30, { traits: { report: 'bounce', automated: true } })), []);
});

test('what was refused or put off has not come', () => {
  assert.deepEqual(levelsOf(bomb(30, { outcome: 'refused' })), []);
  assert.deepEqual(levelsOf(bomb(30, { outcome: 'deferred' })), []);
});

test("strangers whose mail looks like people's count half", () => {
  const countAt = (traits: MessageTraits): number | undefined =>
    hear(subscriptionBomb, [before, ...bomb(60, { traits })]).alarms.find(({ level }) => level === 'alert')?.count;
  assert.equal(countAt(confirmation), 11);
  assert.ok((countAt({}) ?? 0) >= 20);
});

test('tags do not hide a mailbox', () => {
  const tagged = many(20, (number) => message(number * 5, { from: `x@shop${number}.example`, to: `anna+${number}@hub.example` }));
  assert.ok(levelsOf(tagged).includes('alert'));
});

test('on the first day content tells, or thirty that write once each', () => {
  const alert = (sightings: readonly Sighting[]): number | undefined => hear(subscriptionBomb, sightings).alarms.find(({ level }) => level !== 'watch')?.count;
  assert.equal(alert(bomb(60, { traits: confirmation })), 11);
  assert.equal(alert(bomb(60)), 30);
  const random = seededRandom(1);
  const busy = many(600, (number) => message(number * 9, { from: `x@customer${Math.floor(random() * 40)}.example` }));
  assert.equal(alert(busy), undefined);
});

test('after a bomb half the sum is enough for a month', () => {
  const later = 10 * day;
  assert.equal(levelsOf(bomb(9, {}, later)).includes('alert'), false);
  const { alarms } = hear(subscriptionBomb, [before, ...bomb(40), ...bomb(9, {}, later)]);
  assert.equal(alarms.filter(({ at, level }) => at > before.at + (2 * day + later - minute) * 1000 && level === 'alert').length, 1);
  const muchLater = 45 * day;
  const afterMonth = hear(subscriptionBomb, [before, ...bomb(40), ...bomb(9, {}, muchLater)]).alarms.filter(({ at }) => at > before.at + 40 * day * 1000);
  assert.ok(afterMonth.every(({ level }) => level === 'watch'));
});

test('needles are those of the half hour before the onset and since, and not older ones', () => {
  const notice = (at: number, sort: string): Sighting => message(at, { from: 'x@bank.example', subject: sort, traits: { transaction: sort } });
  const sightings = [notice(-40 * minute, 'too old'), notice(-5 * minute, 'payment'), ...bomb(8), notice(41, 'sign-in'), ...bomb(30, {}, 45)];
  const { alarms } = hear(subscriptionBomb, [before, ...sightings]);
  assert.deepEqual(
    alarms.at(-1)?.needles?.map(({ sort, subject }) => [sort, subject]),
    [
      ['payment', 'payment'],
      ['sign-in', 'sign-in'],
    ],
  );
});

test('a mailbox calms half an hour after the last of it', () => {
  const { calms } = hear(subscriptionBomb, [
    before,
    ...bomb(30),
    message(20 * minute, { to: 'ben@hub.example' }),
    message(40 * minute, { to: 'ben@hub.example' }),
  ]);
  assert.deepEqual(
    calms.map(({ key }) => key),
    [{ recipient: 'anna@hub.example' }],
  );
});
