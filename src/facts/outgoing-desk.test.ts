import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounce, forgedHeader } from '../../test/harness/bounce.ts';
import { configOf, mailboxOf } from '../../test/harness/policy-inputs.ts';
import { DatedFingerprints } from '../lib/dated-fingerprints.ts';
import { understand } from '../wire/message/understand.ts';
import type { ReportJudgement } from '../model/report-judgement.ts';
import { createOutgoingDesk } from './outgoing-desk.ts';
import { OutgoingKeys } from './outgoing-keys.ts';
import { OutgoingMemory } from './outgoing-memory.ts';
import type { ReturnEvidence } from './return-evidence.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const anna = mailboxOf('anna@example.org');
const dora = mailboxOf('dora@far.example');

function desk(bounces: object = {}, evidence: ReturnEvidence | null = null) {
  const clock = { ms: 20_700 * dayMs, busy: false };
  const prints = new SharedArrayBuffer(DatedFingerprints.bytesFor(1000));
  DatedFingerprints.prepare(prints, Buffer.alloc(16, 3), clock.ms - 7 * dayMs);
  const notes = new SharedArrayBuffer(DatedFingerprints.bytesFor(1000));
  DatedFingerprints.prepare(notes, Buffer.alloc(16, 4), clock.ms);
  const keys = new SharedArrayBuffer(OutgoingKeys.bytes);
  new OutgoingKeys(keys).rotate(clock.ms, () => Buffer.alloc(32, 1));
  const now = (): number => clock.ms;
  const memory = new OutgoingMemory({ keys, prints, notes }, { now });
  // Anna has written into the world day by day.
  clock.ms -= 7 * dayMs;
  for (let day = 0; day < 7; day++, clock.ms += dayMs) for (let letter = 0; letter < 3; letter++) memory.noteLeaving(anna);
  return {
    clock,
    memory,
    desk: createOutgoingDesk({
      memory,
      evidence,
      printKey: { k0: 1, k1: 2 },
      config: configOf({ bounces }),
      isBusy: () => clock.busy,
      now,
    }),
  };
}

const report = (ip = '203.0.113.9') => {
  const returned = forgedHeader({ from: 'anna@example.org', to: 'x@far.example', subject: 'x', ip });
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
  const judged = it.judge(report());
  assert.ok(judged !== null && !(judged instanceof Promise), 'nothing is waited for');
  assert.equal(judged.returned, 'forged');
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

test('a tag whose key is lost or too old leads to its mailbox and proves nothing; where we do not tag it is the hub’s own', () => {
  const strange = mailboxOf('prvs=17858e8898=anna@example.org');
  const { desk: it, clock } = desk({ batv: true });
  assert.deepEqual(it.untagged(strange), { ...strange, localPart: 'anna', text: 'anna@example.org' });
  const own = it.tagged(anna);
  assert.equal(it.untagged(own)?.tagged, true);
  clock.ms += 30 * dayMs;
  assert.deepEqual([it.untagged(own)?.localPart, it.untagged(own)?.tagged], ['anna', undefined]);
  assert.equal(it.untagged(anna), null);
  assert.equal(desk().desk.untagged(strange), null);
});

/** What DNS would say. */
const saying = (changes: Partial<ReturnEvidence>): ReturnEvidence => ({
  mayAdd: () => true,
  signature: () => Promise.resolve(null),
  origin: () => Promise.resolve(null),
  ...changes,
});
const told = (judgement: ReportJudgement | null): string =>
  judgement === null
    ? 'none'
    : `${judgement.returned} ${judgement.returned === 'ours' ? judgement.proof : judgement.returned === 'unproven' ? judgement.why : ''}`.trim();

test('our signature in what is returned is proof, also of mail that the memory does not know', async () => {
  const { desk: it } = desk({}, saying({ signature: () => Promise.resolve('signed-header') }));
  assert.equal(told(await it.judge(report())), 'ours signed-header');
  assert.equal(it.answering(anna, [dora]).underAttack, false);
});

test('while DNS does not answer for the key it cannot be told', async () => {
  const { desk: it } = desk({}, saying({ signature: () => Promise.resolve('unsure'), origin: () => Promise.resolve('forbidden') }));
  const judged = await it.judge(report());
  assert.equal(told(judged), 'unproven key-not-answered');
  assert.equal(judged?.originSpf, 'forbidden');
});

test('an origin that our SPF record permits saves a report in peace, and none in an attack', async () => {
  const { desk: it } = desk({}, saying({ origin: (_report, ip) => Promise.resolve(ip === '203.0.113.9' ? 'permitted' : null) }));
  assert.equal(told(await it.judge(report())), 'unproven origin-permitted');
  const elsewhere = report('198.51.100.7');
  assert.equal(told(await it.judge(elsewhere)), 'forged');
  assert.equal(told(await it.judge(report())), 'forged', 'somebody forges her now');
});

test('a forger who writes our own address into each report gets ten through in an hour, the next ones not', async () => {
  const { desk: it, clock } = desk({}, saying({ origin: () => Promise.resolve('permitted') }));
  for (let n = 0; n < 10; n++) assert.equal(told(await it.judge(report())), 'unproven origin-permitted');
  assert.equal(told(await it.judge(report())), 'forged');
  clock.ms += 9 * hourMs;
  assert.equal(told(await it.judge(report())), 'unproven origin-permitted', 'when it is over');
});

test('where others send for us a forbidden origin counts only when many say so', async () => {
  const { desk: it } = desk({ othersSendForUs: true }, saying({ origin: () => Promise.resolve('forbidden') }));
  for (let n = 0; n < 10; n++) assert.equal(told(await it.judge(report())), 'unproven others-send-for-us');
  assert.equal(told(await it.judge(report())), 'forged');
  const { desk: permitted } = desk({ othersSendForUs: true }, saying({ origin: () => Promise.resolve('permitted') }));
  for (let n = 0; n < 30; n++) assert.equal(told(await permitted.judge(report())), 'unproven others-send-for-us', 'a newsletter’s own bounces are no attack');
});

test('in an attack DNS is not asked about what is decided', async () => {
  let asked = 0;
  const { desk: it } = desk({}, saying({ origin: () => (asked++, Promise.resolve(null)) }));
  for (let n = 0; n < 100; n++) await it.judge(report());
  assert.equal(asked, 1);
});

test('only what goes into the world shows that mail leaves through us', () => {
  const { desk: it, memory } = desk();
  const bert = mailboxOf('bert@example.org');
  const message = { id: 'A-1', sender: bert, messageId: null, envelopeId: null };
  it.remember({ ...message, recipients: [anna] });
  assert.equal(memory.silenceOf(bert).means, 'nothing');
  it.remember({ ...message, recipients: [anna, dora] });
  assert.equal(memory.silenceOf(bert).means, 'not-sent');
});

test('strangers who write to her a hundred thousand times cost her nothing of what is remembered of her own mail', () => {
  const { desk: it, memory } = desk();
  const sent = { id: 'A-1', sender: anna, recipients: [mailboxOf('x@far.example')], messageId: null, envelopeId: null };
  it.remember(sent);
  for (let n = 0; n < 20_000; n++) it.rememberWriter(mailboxOf(`writer-${n}@far.example`), [anna, { ...anna, localPart: `anna+${n}` }]);
  assert.equal(memory.hasSent('anna@example.org', 'x@far.example'), true);
  assert.equal(memory.silenceOf(anna).means, 'not-sent');
});

test('an answer of nobody that names no message is one of the forged while its recipient’s reports are forged, and passes before', async () => {
  const { desk: it } = desk();
  const text = 'From: Desk <desk@shop.example>\r\nTo: anna@example.org\r\nSubject: We have your request\r\nAuto-Submitted: auto-replied\r\n\r\nThank you.\r\n';
  const receipt = { understanding: understand(Buffer.from(text)), text, from: null, recipients: [anna] };
  assert.equal((await it.judge(receipt))?.returned, 'unproven');
  assert.equal((await it.judge(report()))?.returned, 'forged');
  assert.equal((await it.judge(receipt))?.returned, 'forged');
});
