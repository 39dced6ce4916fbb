import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatedFingerprints } from '../lib/dated-fingerprints.ts';
import type { Mailbox } from '../model/mailbox.ts';
import { traceMarksIn } from '../wire/message/trace-header.ts';
import { OutgoingKeys } from './outgoing-keys.ts';
import { OutgoingMemory, type OutgoingGround } from './outgoing-memory.ts';

const dayMs = 86_400_000;
const start = 20_700 * dayMs;
const box = (localPart: string, domain = 'hub.example'): Mailbox => ({ localPart, domain, text: `${localPart}@${domain}`, sourceRoute: null });
const anna = box('anna');

function memory() {
  const clock = { ms: start };
  const prints = new SharedArrayBuffer(DatedFingerprints.bytesFor(1000));
  DatedFingerprints.prepare(prints, Buffer.alloc(16, 3), start);
  const notes = new SharedArrayBuffer(DatedFingerprints.bytesFor(100));
  const ground: OutgoingGround = { keys: new SharedArrayBuffer(OutgoingKeys.bytes), prints, notes };
  const keys = new OutgoingKeys(ground.keys);
  let made = 0;
  const rotate = () => keys.rotate(clock.ms, () => Buffer.alloc(32, ++made));
  rotate();
  return { clock, keys, rotate, ground, made: () => made, memory: new OutgoingMemory(ground, { now: () => clock.ms }) };
}

const message = { id: 'A-1', sender: anna, recipients: [box('bert', 'far.example')], messageId: '<x@hub.example>', envelopeId: 'QQ314159' };

test('what left us is known by its Message-ID, its envelope id and by sender and recipient together, for fourteen days', () => {
  const { memory: it, clock } = memory();
  it.remember(message);
  clock.ms += 14 * dayMs;
  assert.equal(it.hasMessageId('x@hub.example'), true, 'brackets get lost on the way');
  assert.equal(it.hasEnvelopeId('QQ314159'), true);
  assert.equal(it.hasSent('Anna@hub.example', 'bert@FAR.example'), true);
  assert.equal(it.hasSent('bert@far.example', 'anna@hub.example'), false, 'not the other way round');
  clock.ms += 2 * dayMs;
  assert.equal(it.hasMessageId('<x@hub.example>') || it.hasSent('anna@hub.example', 'bert@far.example') || it.hasEnvelopeId('QQ314159'), false);
});

test('a trace mark proves mail of its sender for fourteen days, over changes of the key', () => {
  const { memory: it, clock, rotate } = memory();
  const [mark] = traceMarksIn(it.traceLine({ id: 'A-1', sender: anna }));
  assert.ok(mark !== undefined);
  clock.ms += 7 * dayMs;
  assert.equal(rotate(), true);
  clock.ms += 7 * dayMs;
  rotate();
  assert.equal(it.isOurMark(mark, 'anna@hub.example'), true);
  assert.equal(it.isOurMark(mark, 'bert@hub.example'), false);
  clock.ms += 1000;
  assert.equal(it.isOurMark(mark, 'anna@hub.example'), false, 'too old');
});

test('a mark from the future proves nothing', () => {
  const { memory: it, clock } = memory();
  clock.ms += dayMs;
  const [mark] = traceMarksIn(it.traceLine({ id: 'A-1', sender: anna }));
  clock.ms -= dayMs;
  assert.ok(mark !== undefined && !it.isOurMark(mark, 'anna@hub.example'));
});

test('a key signs for a week, proves for three, and is then gone from memory', () => {
  const { keys, clock, rotate, made } = memory();
  const first = keys.signing?.key;
  assert.equal(rotate(), false);
  for (let week = 0; week < 4; week++) {
    clock.ms += 7 * dayMs;
    assert.equal(rotate(), true);
  }
  assert.equal(made(), 5);
  assert.equal(keys.signing?.number, 5);
  assert.equal(keys.proving(clock.ms).length, 3);
  assert.ok(first !== undefined && !keys.proving(0).some(({ key }) => key.equals(first)), 'written over');
});

test('all doors see what one has sent', () => {
  const { memory: it, ground, clock } = memory();
  it.remember(message);
  const other = new OutgoingMemory(ground, { now: () => clock.ms });
  assert.equal(other.hasMessageId('<x@hub.example>'), true);
  const [mark] = traceMarksIn(it.traceLine({ id: 'A-1', sender: anna }));
  assert.ok(mark !== undefined && other.isOurMark(mark, 'anna@hub.example'));
});

test('a tagged sender gets its mail under its own name, and a tag that somebody made up is no name of ours', () => {
  const { memory: it, clock } = memory();
  const tagged = it.tagged(anna);
  assert.match(tagged.text, /^prvs=\d{4}[0-9a-f]{6}=anna@hub\.example$/);
  assert.deepEqual(it.untagged(tagged), { ...anna, tagged: true });
  assert.equal(it.untagged(anna), null);
  assert.equal(it.untagged(box('prvs=1707abcdef=anna')), null);
  clock.ms += 8 * dayMs;
  assert.equal(it.untagged(tagged), null, 'a week later');
});

test('a name that needs quotes is not tagged', () => assert.equal(memory().memory.tagged(box('a b')).localPart, 'a b'));
