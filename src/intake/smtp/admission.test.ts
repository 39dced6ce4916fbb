import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedCounters } from '../../lib/shared-counters.ts';
import { createAdmission } from './admission.ts';
import type { AdmissionDesk } from './services.ts';

const caps = { sessions: 10, sessionsPerAddress: 2, sessionsPerNetwork: 3, reservedShare: 0.2, reservedForKnown: 0 };

const outside = (ip: string): { readonly ip: string; readonly inside: boolean } => ({ ip, inside: false });
const insider = (ip: string): { readonly ip: string; readonly inside: boolean } => ({ ip, inside: true });

function desks(limits: Partial<typeof caps> = {}): readonly [AdmissionDesk, AdmissionDesk] {
  const buffer = SharedCounters.allocate(2, 64, { k0: 1, k1: 2 });
  const desk = (door: number): AdmissionDesk => createAdmission({ limits: { ...caps, ...limits }, counters: SharedCounters.attach(buffer, door) });
  return [desk(0), desk(1)];
}

test('the cap of one address holds over both doors, and a place is free again when a session leaves', () => {
  const [one, two] = desks();
  assert.equal(one.enter(outside('192.0.2.1'), 4), null);
  assert.equal(two.enter(outside('192.0.2.1'), 4), null);
  assert.equal(one.enter(outside('192.0.2.1'), 4), 'sessionsPerAddress');
  two.leave(outside('192.0.2.1'), 4);
  assert.equal(one.enter(outside('192.0.2.1'), 4), null);
});

test('a refused session holds nothing: knocking does not lock anyone out', () => {
  const [desk] = desks();
  for (let at = 0; at < 2; at++) desk.enter(outside('192.0.2.1'), 4);
  for (let at = 0; at < 100; at++) assert.equal(desk.enter(outside('192.0.2.1'), 4), 'sessionsPerAddress');
  assert.equal(desk.enter(outside('192.0.2.2'), 4), null);
  for (let at = 0; at < 100; at++) assert.equal(desk.enter(outside('192.0.2.3'), 4), 'sessionsPerNetwork');
  desk.leave(outside('192.0.2.2'), 4);
  assert.equal(desk.enter(outside('192.0.2.3'), 4), null);
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
    assert.equal(desk.enter(outside(first), 4), null);
    assert.equal(desk.enter(outside(second), 4), expected);
    desk.leave(outside(expected === null ? second : first), 4);
    assert.equal(desk.enter(outside(second), 4), null);
  });
}

test('strangers cannot take the places kept for insiders', () => {
  const [desk] = desks();
  for (let at = 0; at < 8; at++) assert.equal(desk.enter(outside(`198.51.${at}.1`), 4), null);
  assert.equal(desk.enter(outside('203.0.113.1'), 4), 'sessions');
  assert.equal(desk.enter(insider('10.0.0.1'), 1), null);
  assert.equal(desk.enter(insider('10.0.0.1'), 1), null);
  assert.equal(desk.enter(insider('10.0.0.1'), 1), 'sessions', 'the cap in all holds for insiders too');
});

test('insiders may take every place, from one address', () => {
  const [desk] = desks();
  for (let at = 0; at < 10; at++) assert.equal(desk.enter(insider('10.0.0.1'), 1), null);
  assert.equal(desk.enter(outside('192.0.2.1'), 4), 'sessions');
  for (let at = 0; at < 10; at++) desk.leave(insider('10.0.0.1'), 1);
  assert.equal(desk.enter(outside('192.0.2.1'), 4), null);
});

test('strangers leave places to known good correspondents, and these to our own', () => {
  const [desk] = desks({ reservedForKnown: 0.3 });
  for (let at = 0; at < 5; at++) assert.equal(desk.enter(outside(`198.51.${at}.1`), at < 3 ? 4 : 3), null);
  assert.equal(desk.enter(outside('203.0.113.1'), 5), 'sessions', 'no more strangers');
  assert.equal(desk.enter(outside('203.0.114.1'), 3), 'sessions', 'nor correspondents of whom little is known');
  for (let at = 0; at < 2; at++) assert.equal(desk.enter(outside(`203.0.${at}.7`), 2), null);
  assert.equal(desk.enter(outside('192.0.3.1'), 1), null, 'a remote user who comes to submit');
  assert.equal(desk.enter(outside('192.0.4.1'), 1), 'sessions', 'but not into the places of insiders');
  assert.equal(desk.enter(outside('192.0.5.1'), 0), null, 'the hub itself');
  assert.equal(desk.enter(insider('10.0.0.1'), 1), null);
  assert.equal(desk.enter(insider('10.0.0.1'), 1), 'sessions', 'full');
  desk.leave(outside('198.51.4.1'), 3);
  assert.equal(desk.enter(outside('203.0.113.1'), 4), null, 'a place of strangers is free again');
});

test('known good clients may take every place that is not kept for our own', () => {
  const [desk] = desks({ reservedForKnown: 0.3 });
  for (let at = 0; at < 8; at++) assert.equal(desk.enter(outside(`198.51.${at}.1`), 2), null);
  assert.equal(desk.enter(outside('203.0.113.1'), 4), 'sessions');
  assert.equal(desk.enter(insider('10.0.0.1'), 1), null);
});
