import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enoughNames, LostClientAddresses, windowMs, type InboundFromInside } from './lost-client-address.ts';

const ip = '10.0.0.1';
const from = (number: number, at = number): InboundFromInside => ({ ip, helo: `host${number}.example`, senderDomain: `domain${number}.example`, at });

/** The number of the first note that raises the alarm; -1 when none does. */
function firstAlarm(notes: readonly InboundFromInside[]): number {
  const addresses = new LostClientAddresses();
  return notes.findIndex((note) => addresses.note(note) !== null);
}

const many = Array.from({ length: 100 }, (_, index) => index);

test('the world behind one address is noticed at the eighth stranger', () => {
  assert.equal(firstAlarm(many.map((number) => from(number))), enoughNames - 1);
});

test('a mail filter in front of the gateway says its own name whatever it brings', () => {
  assert.equal(firstAlarm(many.map((number) => ({ ...from(number), helo: 'filter.hub.example' }))), -1);
});

test('an office behind one address has many names and one domain', () => {
  assert.equal(firstAlarm(many.map((number) => ({ ...from(number), senderDomain: 'branch.example' }))), -1);
});

test('strangers that are spread over more than the window do not add up', () => {
  assert.equal(firstAlarm(many.map((number) => from(number, (number * windowMs) / (enoughNames - 2)))), -1);
});

test('two addresses are two addresses', () => {
  assert.equal(firstAlarm(many.slice(0, 14).map((number) => ({ ...from(number), ip: `10.0.0.${number % 2}` }))), -1);
});

test('the alarm is renewed while the world keeps coming, and tells its numbers', () => {
  const addresses = new LostClientAddresses();
  const alarms = many.map((number) => addresses.note(from(number, number * 1000)));
  assert.equal(alarms.at(-1)?.untilMs, 99_000 + windowMs);
  assert.ok((alarms.at(-1)?.heloNames ?? 0) >= enoughNames && alarms.at(-1)?.samples.includes('host99.example'));
});

test('ten thousand addresses and names do not grow without bound', () => {
  const addresses = new LostClientAddresses();
  for (let number = 0; number < 10_000; number++) addresses.note({ ...from(number), ip: `10.${number >> 8}.${number & 255}.1` });
  let last = null;
  for (let number = 0; number < 10_000; number++) last = addresses.note(from(number));
  assert.ok(last !== null && last.heloNames <= 64 && last.senderDomains <= 64);
});
