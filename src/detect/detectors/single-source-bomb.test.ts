import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hear, many, message } from '../../../test/harness/sightings.ts';
import type { Sighting } from '../../model/sighting.ts';
import { singleSourceBomb } from './single-source-bomb.ts';

const day = 86_400;
const before = message(-2 * day, { from: 'old@friend.example', ip: '192.0.2.9' });
const host = { ip: '203.0.113.7', name: 'mx.bomber.example' };

const firstAlert = (sightings: readonly Sighting[]) => hear(singleSourceBomb, [before, ...sightings]).alarms.find(({ level }) => level !== 'watch');

test('a dozen of one stranger within a minute is a bomb, under whatever senders', () => {
  const alarm = firstAlert(many(30, (number) => message(number * 5, { ...host, from: `x${number}@d${number}.example` })));
  assert.deepEqual([alarm?.key, alarm?.count, alarm?.spoofable], [{ recipient: 'anna@hub.example', domain: 'bomber.example' }, 11, false]);
});

test('one sender from everywhere is told by its sender, which anybody can say', () => {
  const alarm = firstAlert(many(30, (number) => message(number * 5, { ip: `198.${number}.100.7`, from: 'boss@firm.example' })));
  assert.deepEqual([alarm?.key.sender, alarm?.spoofable], ['boss@firm.example', true]);
});

test('one text from everywhere under many names is told by its text', () => {
  const alarm = firstAlert(many(30, (number) => message(number * 5, { ip: `198.${number}.100.7`, from: `x@d${number}.example`, traits: { text: 'abc' } })));
  assert.equal(alarm?.key.message, 'abc');
});

test('one attack is told once, not by origin and sender and text', () => {
  const { alarms } = hear(singleSourceBomb, [
    before,
    ...many(40, (number) => message(number * 5, { ...host, from: 'x@bomber.example', traits: { text: 'abc' } })),
  ]);
  assert.deepEqual([...new Set(alarms.map(({ key }) => Object.keys(key).toSorted().join()))], ['domain,recipient']);
});

test('who has written on another day may send twice as many', () => {
  const friends = many(3, (number) => message(-day - 4000 + number * 1000, { ...host, from: 'ben@bomber.example' }));
  assert.ok((firstAlert([...friends, ...many(60, (number) => message(number * 5, { ...host, from: 'ben@bomber.example' }))])?.count ?? 0) >= 20);
});

test('a list may bring a conversation at once', () => {
  const posts = (traits: { listId?: string }): Sighting[] =>
    many(18, (number) => message(number * 5, { ...host, from: 'talk-bounces@bomber.example', traits }));
  assert.ok(firstAlert(posts({})) !== undefined);
  assert.equal(firstAlert(posts({ listId: 'talk.bomber.example' })), undefined);
});

test("a provider's customers are people of their own", () => {
  const customers = many(40, (number) => message(-7200 + number * 60, { ...host, from: `c${number}@bomber.example`, to: `u${number}@hub.example` }));
  assert.equal(firstAlert([...customers, ...many(25, (number) => message(number * 60, { ...host, from: `other${number}@bomber.example` }))]), undefined);
});

test('what is refused by now keeps it hot, and what was refused before is no bomb', () => {
  const refused = (count: number, from: number): Sighting[] =>
    many(count, (number) => message(from + number * 60, { ...host, from: 'x@bomber.example', outcome: 'refused' }));
  assert.deepEqual(hear(singleSourceBomb, [before, ...refused(100, 0)]).alarms, []);
  const delivered = many(20, (number) => message(number * 5, { ...host, from: 'x@bomber.example' }));
  assert.deepEqual(hear(singleSourceBomb, [before, ...delivered, ...refused(120, 100)]).calms, []);
  assert.equal(hear(singleSourceBomb, [before, ...delivered, message(7200, { to: 'ben@hub.example' })]).calms.length, 1);
});
