import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Correspondents } from './correspondents.ts';

const dayMs = 86_400_000;

function memory(capacity?: number): { readonly known: Correspondents; readonly clock: { now: number } } {
  const clock = { now: 100 * dayMs };
  return { known: new Correspondents({ now: () => clock.now, ...(capacity === undefined ? {} : { capacity }) }), clock };
}
const learn = (known: Correspondents, ip: string, good: number, bad: number): void => {
  for (let count = 0; count < good; count++) known.learn(ip, 'good');
  for (let count = 0; count < bad; count++) known.learn(ip, 'bad');
};

test('the score has no opinion on newcomers and grows with evidence, never to 1', () => {
  const { known } = memory();
  assert.equal(known.find('192.0.2.1'), null);
  learn(known, '192.0.2.1', 1, 0);
  assert.equal(known.find('192.0.2.1')?.score, 1 / 11);
  learn(known, '192.0.2.1', 9, 0);
  assert.equal(known.find('192.0.2.1')?.score, 0.5);
  learn(known, '192.0.2.9', 0, 30);
  assert.equal(known.find('192.0.2.9')?.score, -0.75);
});

test('what is remembered halves in fourteen days, and one message does not overwrite a long history', () => {
  const { known, clock } = memory();
  learn(known, '192.0.2.1', 100, 0);
  clock.now += 14 * dayMs;
  assert.ok(Math.abs((known.find('192.0.2.1')?.good ?? 0) - 50) < 1e-9);
  learn(known, '192.0.2.1', 0, 1);
  assert.ok((known.find('192.0.2.1')?.score ?? 0) > 0.75);
});

test('a /64 is one correspondent, an IPv4 address is one', () => {
  const { known } = memory();
  learn(known, '2001:db8::1', 3, 0);
  assert.equal(known.find('2001:db8::ffff:2')?.good, 3);
  assert.equal(known.find('2001:db8:0:1::1'), null);
  learn(known, '192.0.2.1', 3, 0);
  assert.equal(known.find('192.0.2.2'), null);
});

test('strangers without number push one another out, not the table over its bound', () => {
  const { known } = memory(100);
  for (let at = 0; at < 1000; at++) known.learn(`198.51.${at >> 8}.${at & 255}`, 'bad');
  assert.equal(known.size, 100);
});

test('changes are told once, merged by others, and what was merged is not told again', () => {
  const [door, other] = [memory().known, memory().known];
  learn(door, '192.0.2.1', 2, 1);
  const changes = door.takeChanges();
  assert.deepEqual(changes, [['192.0.2.1', 2, 1]]);
  assert.deepEqual(door.takeChanges(), []);
  other.merge(changes);
  assert.deepEqual([other.find('192.0.2.1')?.good, other.find('192.0.2.1')?.bad], [2, 1]);
  assert.deepEqual(other.takeChanges(), []);
});

test('a flood of new hosts between two shipments is told up to a bound', () => {
  const { known } = memory();
  for (let at = 0; at < 20_000; at++) known.learn(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, 'bad');
  assert.equal(known.takeChanges().length, 10_000);
});

test('written and read again it is the same; faded and torn lines are left out', () => {
  const { known, clock } = memory();
  learn(known, '192.0.2.1', 20, 1);
  learn(known, '2001:db8::1', 20, 0);
  learn(known, '203.0.113.1', 1, 0);
  clock.now += 90 * dayMs;
  learn(known, '192.0.2.1', 5, 0);
  const text = known.toText();
  assert.equal(text.split('\n').length, 3, 'one message of three months ago says nothing any more');
  const again = new Correspondents({ now: () => clock.now });
  again.addText(`${text}192.0.2.7 1.0`);
  assert.deepEqual(again.toText(), text);
  assert.equal(again.find('192.0.2.7'), null);
});

test('a file of a clock that was ahead does not hold for ever', () => {
  const { known, clock } = memory();
  known.addText(`192.0.2.1 64.000 0.000 ${clock.now + 1000 * dayMs}\n`);
  clock.now += 14 * dayMs;
  assert.equal(Math.round(known.find('192.0.2.1')?.good ?? 0), 32);
});

test('a file with too many lines leaves the ones used last', () => {
  const { known } = memory(2);
  known.addText(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((host) => `${host} 1.000 0.000 5\n`).join(''));
  assert.equal(known.size, 2);
  assert.equal(known.find('192.0.2.1'), null);
});
