// Segments and marks that a crash or a disk has damaged.
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { away, delivered, houseAt, idsOf, isEmpty, openSpool } from '../../../test/harness/spool-house.ts';
import { until } from '../../../test/harness/until.ts';

test('a torn record at the end of the last segment is no message; what stands before it is delivered', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await openSpool(t, house);
  await one.keep('a');
  await one.keep('b');
  await one.close();
  const path = join(house.dir, 'smtp-1-00000001.seg');
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, whole.length - 3));
  house.hub.answer = () => delivered;
  house.deliveries.length = 0;
  const next = await openSpool(t, house);
  next.spool.tick();
  await isEmpty(next);
  assert.deepEqual(idsOf(house), ['a']);
  assert.deepEqual(
    house.events.filter(({ type }) => type === 'spool-broken'),
    [],
    'nobody was promised anything about it',
  );
});

test('damage in the middle: what stands behind it is delivered all the same, and the operator hears of it', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await openSpool(t, house, 500);
  for (const id of ['a', 'b', 'c', 'd']) await one.keep(id);
  await one.close();
  const path = join(house.dir, 'smtp-1-00000001.seg');
  const octets = readFileSync(path);
  octets.write('HELLO', octets.indexOf('hello'));
  writeFileSync(path, octets);
  house.hub.answer = () => delivered;
  house.deliveries.length = 0;
  const next = await openSpool(t, house);
  next.spool.tick();
  await isEmpty(next);
  assert.deepEqual(idsOf(house).sort(), ['b', 'c', 'd']);
  assert.match(JSON.stringify(house.events), /a in smtp-1-00000001.seg is damaged/);
});

test('a torn mark does not take the next one along', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await openSpool(t, house);
  await one.keep('a');
  await one.keep('b');
  await one.close();
  appendFileSync(join(house.dir, 'smtp-1-00000001.marks'), '\n0000');
  house.hub.answer = ({ reference }) => (reference === 'a' ? delivered : away);
  const next = await openSpool(t, house);
  next.spool.tick();
  await until('a to be done', () => next.spool.size === 1);
  await next.close();
  house.hub.answer = () => delivered;
  house.deliveries.length = 0;
  const last = await openSpool(t, house);
  last.spool.tick();
  await isEmpty(last);
  assert.deepEqual(idsOf(house), ['b']);
});

test('a door that died before it told: its messages are found, those that were told are not doubled', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const door = await openSpool(t, house);
  const keeper = await openSpool(t, house);
  await door.keep('a');
  await keeper.spool.rescan('smtp-1');
  await keeper.spool.rescan('smtp-1');
  assert.equal(keeper.spool.size, 1);
});

test('a door dies while the disk takes no marks: what was delivered is not delivered again, and two deaths at once are told apart', async (t) => {
  const house = houseAt(t);
  symlinkSync(join(house.dir, 'no such folder', 'marks'), join(house.dir, 'smtp-1-00000001.marks'));
  const one = await openSpool(t, house);
  for (const id of ['a', 'b', 'c']) await one.keep(id);
  await isEmpty(one);
  await Promise.all([one.spool.rescan('smtp-1'), one.spool.rescan('smtp-2')]);
  assert.deepEqual([one.spool.size, idsOf(house).toSorted(), one.stock.read()], [0, ['a', 'b', 'c'], { pieces: 0, bytes: 0 }]);
});

test('marks that are there and cannot be read: nothing of their segment is delivered again, and it is told', async (t) => {
  const house = houseAt(t);
  house.hub.answer = () => away;
  const one = await openSpool(t, house);
  await one.keep('a');
  await one.close();
  mkdirSync(join(house.dir, 'smtp-1-00000001.marks'));
  house.deliveries.length = 0;
  const next = await openSpool(t, house);
  assert.deepEqual([next.spool.size, house.deliveries.length], [0, 0]);
  assert.match(JSON.stringify(house.events), /smtp-1-00000001\.seg cannot be read: EISDIR/);
});
