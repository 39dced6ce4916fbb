import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryRequest } from '../../model/delivery.ts';
import { reply } from '../../model/reply.ts';
import type { FinalAnswer } from './finishing.ts';
import { LastFinal } from './last-final.ts';

const ok = reply(250, '2.0.0', 'Delivered');
const answer = (key: string, answeredBefore = false): FinalAnswer => ({ reply: ok, unconfirmedKey: () => key, answeredBefore });
const deferred: FinalAnswer = { reply: reply(451, '4.4.1', 'Later'), unconfirmedKey: null, answeredBefore: false };

/** Finals that write down what is asked of them. */
function notebook() {
  const notes: string[] = [];
  return {
    notes,
    size: 0,
    find: () => null,
    forUnserved: (request: DeliveryRequest) => request,
    forgetServed: () => undefined,
    rememberServed: () => void notes.push('served'),
    remember: (key: string) => void notes.push(`remember ${key}`),
    leaveUnderWay: () => undefined,
    endUnderWay: () => undefined,
    isUnderWay: () => false,
    forget: (key: string) => void notes.push(`forget ${key}`),
  };
}

test('a client that goes without another byte may not have heard its 250: it is remembered', () => {
  const finals = notebook();
  const last = new LastFinal();
  last.say(answer('a'), 100, finals);
  last.end(100, finals);
  assert.deepEqual(finals.notes, ['remember a']);
});

test('one byte more proves that it was heard: a deliberate repetition is a message of its own', () => {
  const finals = notebook();
  const last = new LastFinal();
  last.say(answer('a'), 100, finals);
  last.notice(101, finals);
  last.end(101, finals);
  assert.deepEqual(finals.notes, []);
});

test('a client that closes in order after its 250 has heard it, though it never says QUIT: its next alarm is a message of its own', () => {
  const finals = notebook();
  const last = new LastFinal();
  last.say(answer('a'), 100, finals);
  last.clientDone(finals);
  last.end(100, finals);
  assert.deepEqual(finals.notes, []);
});

test('a client that had closed its side before the answer was said has proven nothing', () => {
  const finals = notebook();
  const last = new LastFinal();
  last.clientDone(finals);
  last.say(answer('a'), 100, finals);
  last.end(100, finals);
  assert.deepEqual(finals.notes, ['remember a']);
});

test('a retry without QUIT ends the keeping as well', () => {
  const finals = notebook();
  const last = new LastFinal();
  last.say(answer('a', true), 100, finals);
  last.clientDone(finals);
  last.end(100, finals);
  assert.deepEqual(finals.notes, ['forget a']);
});

test('a retry that has heard the kept answer ends its keeping, or the next repetition would be swallowed for days', () => {
  const finals = notebook();
  const last = new LastFinal();
  last.say(answer('a', true), 100, finals);
  last.end(106, finals);
  assert.deepEqual(finals.notes, ['forget a']);
});

test('a retry that has not heard it either leaves it kept', () => {
  const finals = notebook();
  const last = new LastFinal();
  last.say(answer('a', true), 100, finals);
  last.end(100, finals);
  assert.deepEqual(finals.notes, []);
});

test('the first of two answers within one packet is not lost behind the second', () => {
  const finals = notebook();
  const last = new LastFinal();
  last.say(answer('a'), 100, finals);
  last.say(answer('b'), 100, finals);
  last.end(100, finals);
  assert.deepEqual(finals.notes, ['remember a', 'remember b']);
});

test('a refusal is not kept: its retry does no harm', () => {
  const finals = notebook();
  const last = new LastFinal();
  last.say(deferred, 100, finals);
  last.end(100, finals);
  assert.deepEqual(finals.notes, []);
});

test('different answers to recipients are remembered where nobody has proven to have heard them', () => {
  const finals = notebook();
  const mixed: FinalAnswer = {
    reply: ok,
    unconfirmedKey: null,
    answeredBefore: false,
    perRecipient: [ok, deferred.reply],
    rememberUnheard: (to) => to.rememberServed({ from: null, sha256: '' }, []),
  };
  const last = new LastFinal();
  last.say(mixed, 100, finals);
  last.end(101, finals);
  assert.deepEqual(finals.notes, []);
  last.say(mixed, 200, finals);
  last.end(200, finals);
  assert.deepEqual(finals.notes, ['served']);
});
