import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedCounters } from '../../lib/shared-counters.ts';
import { createAdmission } from './admission.ts';
import type { AdmissionDesk } from './services.ts';

const caps = { sessions: 10, sessionsPerAddress: 2, sessionsPerNetwork: 3, reservedShare: 0.2 };

function desks(limits: Partial<typeof caps> = {}): readonly [AdmissionDesk, AdmissionDesk] {
  const buffer = SharedCounters.allocate(2, 64, { k0: 1, k1: 2 });
  const desk = (door: number): AdmissionDesk => createAdmission({ limits: { ...caps, ...limits }, counters: SharedCounters.attach(buffer, door) });
  return [desk(0), desk(1)];
}

test('the cap of one address holds over both doors, and a place is free again when a session leaves', () => {
  const [one, two] = desks();
  assert.equal(one.enter('192.0.2.1', false), null);
  assert.equal(two.enter('192.0.2.1', false), null);
  assert.equal(one.enter('192.0.2.1', false), 'sessionsPerAddress');
  two.leave('192.0.2.1', false);
  assert.equal(one.enter('192.0.2.1', false), null);
});

test('a refused session holds nothing: knocking does not lock anyone out', () => {
  const [desk] = desks();
  for (let at = 0; at < 2; at++) desk.enter('192.0.2.1', false);
  for (let at = 0; at < 100; at++) assert.equal(desk.enter('192.0.2.1', false), 'sessionsPerAddress');
  assert.equal(desk.enter('192.0.2.2', false), null);
  for (let at = 0; at < 100; at++) assert.equal(desk.enter('192.0.2.3', false), 'sessionsPerNetwork');
  desk.leave('192.0.2.2', false);
  assert.equal(desk.enter('192.0.2.3', false), null);
});

const networks: readonly [first: string, second: string, expected: null | 'sessionsPerAddress' | 'sessionsPerNetwork', why: string][] = [
  ['192.0.2.1', '192.0.2.200', 'sessionsPerNetwork', 'one /24'],
  ['192.0.2.1', '192.0.3.1', null, 'the next /24'],
  ['1.92.0.2', '19.2.0.2', null, 'the same digits, other numbers'],
  ['2001:db8::1', '2001:db8::ffff:1', 'sessionsPerAddress', 'one /64 is one host'],
  ['2001:db8:0:1::1', '2001:db8:0:ff::1', 'sessionsPerNetwork', 'one /56'],
  ['2001:db8:0:1::1', '2001:db8:0:101::1', null, 'the next /56'],
];
for (const [first, second, expected, why] of networks) {
  test(`${first} and ${second}: ${why}`, () => {
    const [desk] = desks({ sessionsPerAddress: 1, sessionsPerNetwork: 1 });
    assert.equal(desk.enter(first, false), null);
    assert.equal(desk.enter(second, false), expected);
    desk.leave(expected === null ? second : first, false);
    assert.equal(desk.enter(second, false), null);
  });
}

test('strangers cannot take the places kept for insiders', () => {
  const [desk] = desks();
  for (let at = 0; at < 8; at++) assert.equal(desk.enter(`198.51.${at}.1`, false), null);
  assert.equal(desk.enter('203.0.113.1', false), 'sessions');
  assert.equal(desk.enter('10.0.0.1', true), null);
  assert.equal(desk.enter('10.0.0.1', true), null);
  assert.equal(desk.enter('10.0.0.1', true), 'sessions', 'the cap in all holds for insiders too');
});

test('insiders may take every place, from one address', () => {
  const [desk] = desks();
  for (let at = 0; at < 10; at++) assert.equal(desk.enter('10.0.0.1', true), null);
  assert.equal(desk.enter('192.0.2.1', false), 'sessions');
  for (let at = 0; at < 10; at++) desk.leave('10.0.0.1', true);
  assert.equal(desk.enter('192.0.2.1', false), null);
});
