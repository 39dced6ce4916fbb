import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { EstablishedPairs } from '../facts/established-pairs.ts';
import type { MessageSighting } from '../model/sighting.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { message } from '../../test/harness/sightings.ts';
import { openEstablishedPairs } from './established-pairs.ts';

const hour = 3600;
const ann = 'ann@hub.example';

async function open(context: TestContext, { dir = scratchDirectory(context, 'pairs'), trouble = (why: string): void => assert.fail(why) } = {}) {
  const clock = { at: 0 };
  const bombed: string[] = [];
  const inForce = await openEstablishedPairs({ dir, bombed: () => bombed, trouble, now: () => clock.at });
  const door = new EstablishedPairs(inForce.memory);
  const note = (seconds: number, given: Parameters<typeof message>[1]): void => {
    const sighting = message(seconds, given) as MessageSighting; // it makes nothing else
    clock.at = sighting.at;
    inForce.note(sighting);
  };
  const passTo = (seconds: number): void => {
    clock.at = message(seconds, {}).at;
    inForce.look();
  };
  return { inForce, close: inForce.close, dir, bombed, note, passTo, knows: (who: string, domain: string) => door.knows(who, domain) };
}

test('whom one of ours has written to is known at once, at every door; by organisation, and whatever the detail of the address', async (t) => {
  const { note, knows, close } = await open(t);
  note(0, { direction: 'out', from: ann, to: 'sales@shop.example', user: 'ann' });
  assert.deepEqual(
    [knows(ann, 'shop.example'), knows('Ann+orders@hub.example', 'mail.shop.example'), knows('bob@hub.example', 'shop.example')],
    [true, true, false],
  );
  note(1, { direction: 'out', from: 'forged@hub.example', to: 'x@other.example' });
  assert.equal(knows('forged@hub.example', 'other.example'), false, 'a stranger wrote in its name');
  await close();
});

test('who writes to us is known after an hour, by the author', async (t) => {
  const { note, passTo, knows, close } = await open(t);
  note(0, { from: 'bounce@sender.example', to: ann, traits: { fromDomain: 'shop.example' } });
  note(0, { from: 'x@plain.example', to: ann });
  passTo(hour - 1);
  assert.equal(knows(ann, 'shop.example'), false);
  passTo(hour + 1);
  assert.deepEqual([knows(ann, 'shop.example'), knows(ann, 'plain.example'), knows(ann, 'sender.example')], [true, true, false]);
  await close();
});

test('a flood makes nobody known: neither what came in it nor what came before it was noticed', async (t) => {
  const { note, passTo, knows, bombed, close } = await open(t);
  note(0, { from: 'x@before.example', to: ann });
  note(0, { from: 'x@before.example', to: 'bob@hub.example' });
  passTo(60);
  bombed.push(ann);
  passTo(120);
  note(130, { from: 'x@during.example', to: ann });
  passTo(180);
  bombed.length = 0;
  note(10_000, { from: 'x@after.example', to: ann });
  passTo(10_000 + hour + 1);
  assert.deepEqual(
    ['before', 'during', 'after'].map((name) => knows(ann, `${name}.example`)),
    [false, false, true],
  );
  assert.equal(knows('bob@hub.example', 'before.example'), true, 'a neighbour is not concerned');
  await close();
});

test('what never arrived, was marked or reports something makes nobody known', async (t) => {
  const { note, passTo, close, inForce } = await open(t);
  for (const outcome of ['diverted', 'held', 'refused', 'deferred'] as const) note(0, { from: 'x@shop.example', to: ann, outcome });
  note(0, { from: '', to: ann, traits: { report: 'bounce', fromDomain: 'mx.example' } });
  passTo(2 * hour);
  assert.deepEqual([inForce.size, inForce.waiting], [0, 0]);
  await close();
});

test('a flood of strangers takes no more room: the oldest that wait go first', async (t) => {
  const pairs = await open(t);
  for (let number = 0; number < 140_000; number++) pairs.note(0, { from: `x@d${number}.example`, to: ann });
  assert.equal(pairs.inForce.waiting, 1 << 17);
  await pairs.close();
});

test('known after a restart; a damaged file is told, and everybody is a stranger again', async (t) => {
  const first = await open(t);
  first.note(0, { direction: 'out', from: ann, to: 'sales@shop.example', user: 'ann' });
  await first.close();
  assert.deepEqual(readdirSync(first.dir), ['established-pairs'], 'nothing half-written is left');
  const second = await open(t, { dir: first.dir });
  assert.equal(second.knows(ann, 'shop.example'), true);
  await second.close();
  writeFileSync(join(first.dir, 'established-pairs'), 'something else');
  const told: string[] = [];
  const third = await open(t, { dir: first.dir, trouble: (why) => void told.push(why) });
  assert.equal(third.knows(ann, 'shop.example'), false);
  assert.match(told.join(), /damaged/);
  await third.close();
});
