import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailboxOf } from '../../test/harness/policy-inputs.ts';
import { DatedFingerprints } from '../lib/dated-fingerprints.ts';
import { traceMarksIn } from '../wire/message/trace-header.ts';
import { OutgoingKeys } from './outgoing-keys.ts';
import { OutgoingMemory } from './outgoing-memory.ts';
import { outgoingUpkeep } from './outgoing-upkeep.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const anna = mailboxOf('anna@hub.example');

/** A keeper that looks every half minute; time passes on both clocks, jumps on the wall alone. */
function upkeep() {
  const clock = { wall: 20_700 * dayMs, steady: 5000 };
  const now = (): number => clock.wall;
  const ground = {
    keys: new SharedArrayBuffer(OutgoingKeys.bytes),
    prints: new SharedArrayBuffer(DatedFingerprints.bytesFor(1000)),
    notes: new SharedArrayBuffer(DatedFingerprints.bytesFor(1000)),
  };
  for (const table of [ground.prints, ground.notes]) DatedFingerprints.prepare(table, Buffer.alloc(16, 3), clock.wall);
  const keys = new OutgoingKeys(ground.keys);
  const memory = new OutgoingMemory(ground, { now });
  let made = 0;
  const look = outgoingUpkeep({ keys, memory, clock: { now, steady: () => clock.steady }, fresh: () => Buffer.alloc(32, ++made) });
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 30_000) {
      clock.wall += 30_000;
      clock.steady += 30_000;
      look();
    }
  };
  look();
  return { clock, keys, memory, pass, made: () => made };
}

/** Anna writes into the world for so many days. */
function write({ clock, memory, pass }: ReturnType<typeof upkeep>, days: number): void {
  for (let day = 0; day < days; day++) {
    for (let letter = 0; letter < 3; letter++) memory.noteLeaving(anna);
    memory.remember({ id: 'A-1', sender: anna, recipients: [mailboxOf(`day-${day}@far.example`)], messageId: null, envelopeId: null });
    clock.wall += dayMs - hourMs;
    clock.steady += dayMs - hourMs;
    pass(hourMs);
  }
}

test('there is a key from the start, a new one each week, and what is too old is forgotten', () => {
  const it = upkeep();
  assert.equal(it.made(), 1);
  write(it, 8);
  assert.equal(it.made(), 2);
  assert.equal(it.memory.silenceOf(anna).means, 'not-sent');
  write(it, 12);
  assert.equal(it.memory.hasSent('anna@hub.example', 'day-0@far.example'), true, 'she wrote again');
  assert.equal(it.memory.hasSent('anna@hub.example', 'nobody@far.example'), false);
});

test('a clock that is twenty days ahead for a while wipes neither keys nor prints, and no report is forged until the dates are right again', () => {
  const it = upkeep();
  write(it, 8);
  const [mark] = traceMarksIn(it.memory.traceLine({ id: 'A-1', sender: anna }));
  assert.ok(mark !== undefined);
  it.clock.wall += 20 * dayMs;
  it.pass(50 * 60_000);
  assert.equal(it.memory.silenceOf(anna).means, 'nothing');
  it.clock.wall -= 20 * dayMs;
  it.pass(5 * hourMs);
  assert.equal(it.made(), 2, 'no key was made for a clock that was wrong');
  assert.equal(it.memory.isOurMark(mark, 'anna@hub.example'), true);
  assert.equal(it.memory.hasSent('anna@hub.example', 'day-7@far.example'), true);
  const silence = it.memory.silenceOf(anna);
  assert.ok(silence.means === 'nothing' && (silence.fromMs ?? Infinity) - it.clock.wall < 5 * dayMs, 'five days, not twenty-five');
});

test('a clock that is ahead for a day costs one key, and none at each look when it is right again', () => {
  const it = upkeep();
  write(it, 3);
  const [mark] = traceMarksIn(it.memory.traceLine({ id: 'A-1', sender: anna }));
  assert.ok(mark !== undefined);
  it.clock.wall += 20 * dayMs;
  it.pass(dayMs);
  it.clock.wall -= 21 * dayMs;
  it.pass(dayMs);
  assert.equal(it.made(), 2);
  assert.equal(it.memory.isOurMark(mark, 'anna@hub.example'), true);
  const [later] = traceMarksIn(it.memory.traceLine({ id: 'A-2', sender: anna }));
  assert.ok(later !== undefined && it.memory.isOurMark(later, 'anna@hub.example'));
});

test('a machine that sleeps for an hour, or whose clock is set right by a minute, loses nothing', () => {
  const it = upkeep();
  write(it, 8);
  it.clock.wall += hourMs;
  it.pass(2 * hourMs);
  it.clock.wall -= 60_000;
  it.pass(2 * hourMs);
  assert.equal(it.memory.silenceOf(anna).means, 'not-sent');
});

test('a start with a clock that is not set yet costs no key and no print', () => {
  const it = upkeep();
  write(it, 3);
  const [mark] = traceMarksIn(it.memory.traceLine({ id: 'A-1', sender: anna }));
  assert.ok(mark !== undefined);
  const right = it.clock.wall;
  it.clock.wall = 60_000;
  const look = outgoingUpkeep({
    keys: it.keys,
    memory: it.memory,
    clock: { now: () => it.clock.wall, steady: () => it.clock.steady },
    fresh: () => Buffer.alloc(32, 9),
  });
  for (let half = 0; half < 300; half++) {
    it.clock.wall += 30_000;
    it.clock.steady += 30_000;
    assert.equal(look(), false);
  }
  it.clock.wall = right + 3 * hourMs;
  for (let half = 0; half < 300; half++) {
    it.clock.wall += 30_000;
    it.clock.steady += 30_000;
    look();
  }
  assert.equal(it.memory.isOurMark(mark, 'anna@hub.example'), true, 'the key still proves');
  assert.equal(it.memory.hasSent('anna@hub.example', 'day-0@far.example'), true);
});
