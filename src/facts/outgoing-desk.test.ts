import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounce, forgedHeader } from '../../test/harness/bounce.ts';
import { configOf, mailboxOf } from '../../test/harness/policy-inputs.ts';
import { DatedFingerprints } from '../lib/dated-fingerprints.ts';
import { understand } from '../wire/message/understand.ts';
import { createOutgoingDesk } from './outgoing-desk.ts';
import { OutgoingKeys } from './outgoing-keys.ts';
import { OutgoingMemory } from './outgoing-memory.ts';

const hourMs = 3_600_000;
const anna = mailboxOf('anna@example.org');
const dora = mailboxOf('dora@far.example');

function desk(bounces: object = {}) {
  const clock = { ms: 20_700 * 24 * hourMs, busy: false };
  const prints = new SharedArrayBuffer(DatedFingerprints.bytesFor(1000));
  DatedFingerprints.prepare(prints, Buffer.alloc(16, 3), clock.ms - 6 * 24 * hourMs);
  const keys = new SharedArrayBuffer(OutgoingKeys.bytes);
  new OutgoingKeys(keys).rotate(clock.ms, () => Buffer.alloc(32, 1));
  const now = (): number => clock.ms;
  return {
    clock,
    desk: createOutgoingDesk({ memory: new OutgoingMemory({ keys, prints }, { now }), config: configOf({ bounces }), isBusy: () => clock.busy, now }),
  };
}

const report = () => {
  const returned = forgedHeader({ from: 'anna@example.org', to: 'x@far.example', subject: 'x', ip: '203.0.113.9' });
  const content = bounce({ to: 'anna@example.org', failed: 'x@far.example', returned });
  return { understanding: understand(content), text: content.toString('latin1'), from: null, recipients: [anna] };
};

test('an answer to who was proven to write goes to nobody else, for the pair that wrote', () => {
  const { desk: it } = desk();
  it.rememberWriter(dora, [anna]);
  assert.equal(it.answering(anna, [dora]).toProven, true);
  assert.equal(it.answering(mailboxOf('bert@example.org'), [dora]).toProven, false);
  assert.equal(it.answering(anna, [dora, mailboxOf('x@far.example')]).toProven, false, 'all of them');
  assert.equal(it.answering(null, [dora]).toProven, false, 'nobody knows in whose name');
});

test('while an address is forged its absence notices wait, for six hours', () => {
  const { desk: it, clock } = desk();
  assert.equal(it.answering(anna, [dora]).underAttack, false);
  assert.equal(it.judge(report())?.returned, 'forged');
  clock.ms += 5 * hourMs;
  assert.equal(it.answering(anna, [dora]).underAttack, true);
  assert.equal(it.answering(mailboxOf('bert@example.org'), [dora]).underAttack, false);
  clock.ms += 2 * hourMs;
  assert.equal(it.answering(anna, [dora]).underAttack, false);
  clock.busy = true;
  assert.equal(it.answering(anna, [dora]).underAttack, true, 'under load none leaves');
});

test('senders are tagged only where that is wanted; tags are taken off always', () => {
  const tagged = desk({ batv: true }).desk.tagged(anna);
  assert.notEqual(tagged.localPart, 'anna');
  const { desk: off } = desk();
  assert.equal(off.tagged(anna), anna);
  assert.equal(off.untagged(tagged)?.localPart, 'anna');
  assert.equal(off.untagged({ ...tagged, domain: 'far.example' }), null, 'what is not ours is not touched');
});
