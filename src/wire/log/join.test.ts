import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Joiner } from './join.ts';
import { clientOf, type Reading, reading } from './line.ts';

const stranger = clientOf('192.0.2.7', 'out.shop.example');
const filter = clientOf('127.0.0.1', 'localhost');

const joinAll = (joiner: Joiner, readings: readonly Reading[], host = 'mx') => {
  for (const each of readings) joiner.join(each, host);
  const { client, user, from, messageId } = joiner;
  return { client, user, from, messageId };
};

const arrival = (queueId: string, client = stranger): readonly Reading[] => [
  reading('accept', { queueId, client, user: 'anna' }),
  reading('notice', { queueId, messageId: `${queueId}@shop.example` }),
  reading('notice', { queueId, from: 'a@shop.example' }),
];
const delivery = (queueId: string) => reading('delivery', { queueId, to: 'b@hub.example', outcome: 'delivered' });

test('a delivery names who sent it', () => {
  assert.deepEqual(joinAll(new Joiner(), [...arrival('A1'), delivery('A1')]), {
    client: stranger,
    user: 'anna',
    from: 'a@shop.example',
    messageId: 'A1@shop.example',
  });
});

test('the same id at another host is another message', () => {
  const joiner = new Joiner();
  joinAll(joiner, arrival('A1'));
  assert.deepEqual(joinAll(joiner, [delivery('A1')], 'mx2'), { client: null, user: null, from: null, messageId: null });
});

test('an id that comes again is another message: nobody is blamed for what the one before did', () => {
  const again = joinAll(new Joiner(), [...arrival('A1'), reading('accept', { queueId: 'A1', client: clientOf('198.51.100.9') }), delivery('A1')]);
  assert.deepEqual(again, { client: clientOf('198.51.100.9'), user: null, from: null, messageId: null });
  const bounce = joinAll(new Joiner(), [...arrival('A1'), reading('notice', { queueId: 'A1', messageId: 'other@hub.example' }), delivery('A1')]);
  assert.equal(bounce.client, null);
});

test('what was removed is forgotten', () => {
  const joiner = new Joiner();
  joinAll(joiner, [...arrival('A1'), reading('notice', { queueId: 'A1', ends: true })]);
  assert.equal(joiner.size, 0);
});

test('behind a content filter the client is who brought the message, whichever line comes first', () => {
  const handed = reading('delivery', { queueId: 'A1', outcome: 'delivered', nextQueueId: 'B2' });
  const taken = reading('accept', { queueId: 'B2', client: filter });
  assert.deepEqual(joinAll(new Joiner(), [...arrival('A1'), taken, handed, delivery('B2')]).client, stranger);
  assert.deepEqual(joinAll(new Joiner(), [...arrival('A1'), taken, handed, delivery('B2')]).user, 'anna');
});

test('a filter before the queue: the session knows who brought it', () => {
  const readings = [reading('connect', { client: stranger, session: '7' }), reading('notice', { session: '7', nextQueueId: 'B2' }), delivery('B2')];
  assert.deepEqual(joinAll(new Joiner(), readings).client, stranger);
});

test('a line of a session names its client, until the session ends', () => {
  const joiner = new Joiner();
  joinAll(joiner, [reading('connect', { client: stranger, session: '7' })]);
  assert.deepEqual(joinAll(joiner, [reading('auth', { session: '7' })]).client, stranger);
  joinAll(joiner, [reading('disconnect', { session: '7', client: stranger, ends: true })]);
  assert.equal(joinAll(joiner, [reading('auth', { session: '7' })]).client, null);
  assert.equal(joiner.size, 0);
});

test('a name that was tried in vain does not stay with the session', () => {
  const joiner = new Joiner();
  joinAll(joiner, [reading('connect', { client: stranger, session: '7' }), reading('auth', { session: '7', user: 'admin', outcome: 'failed' })]);
  assert.equal(joinAll(joiner, [reading('notice', { session: '7' })]).user, null);
});

test('a client that a stranger may have written into a header gives way to the one that is known', () => {
  const forged = reading('notice', { queueId: 'A1', client: clientOf('198.51.100.9'), unsureClient: true });
  assert.deepEqual(joinAll(new Joiner(), [...arrival('A1'), forged]).client, stranger);
  assert.deepEqual(joinAll(new Joiner(), [forged]).client, clientOf('198.51.100.9'));
});

test('memory is bounded: a flood of ids and sessions pushes out the oldest, not the one in use', () => {
  const joiner = new Joiner(1000);
  joinAll(joiner, arrival('A1'));
  for (let at = 0; at < 50_000; at++) {
    joinAll(joiner, [reading('accept', { queueId: `F${at}`, client: filter }), reading('connect', { session: `s${at}`, client: filter })]);
    if (at % 100 === 0) joinAll(joiner, [delivery('A1')]);
    assert.ok(joiner.size <= 1250);
  }
  assert.deepEqual(joinAll(joiner, [delivery('A1')]).client, stranger);
  assert.equal(joinAll(joiner, [delivery('F7')]).client, null);
});
