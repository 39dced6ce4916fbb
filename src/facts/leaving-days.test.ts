import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailboxOf } from '../../test/harness/policy-inputs.ts';
import { DatedFingerprints } from '../lib/dated-fingerprints.ts';
import { enough, noteLeaving } from './leaving-days.ts';
import { OutgoingKeys } from './outgoing-keys.ts';
import { OutgoingMemory } from './outgoing-memory.ts';

const dayMs = 86_400_000;
/** Noon of a day. */
const today = 20_700 * dayMs + dayMs / 2;
const hub = { domain: 'hub.example' };

interface Sent {
  /** Days ago. */
  readonly ago: number;
  readonly messages?: number;
  readonly by?: string;
}

function memory(sent: readonly Sent[], completeDays = 30) {
  const clock = { ms: today };
  const prints = new SharedArrayBuffer(DatedFingerprints.bytesFor(10_000));
  DatedFingerprints.prepare(prints, Buffer.alloc(16, 3), today - completeDays * dayMs);
  const notes = new SharedArrayBuffer(DatedFingerprints.bytesFor(100));
  const it = new OutgoingMemory({ keys: new SharedArrayBuffer(OutgoingKeys.bytes), prints, notes }, { now: () => clock.ms });
  for (const { ago, messages = 3, by = 'anna' } of sent) {
    clock.ms = today - ago * dayMs;
    for (let n = 0; n < messages; n++) it.noteLeaving(mailboxOf(`${by}@hub.example`));
  }
  clock.ms = today;
  return { it, clock };
}

const agoes = (...days: readonly number[]): readonly Sent[] => days.map((ago) => ({ ago }));

for (const [sent, expected, why] of [
  [agoes(0, 1, 2, 3, 4, 5, 6), 'not-sent', 'mail has left day by day for six days'],
  [agoes(2, 5, 8, 11), 'not-sent', 'over weekends'],
  [[], 'not-seen-leaving', 'users submit past us'],
  [[{ ago: 6, messages: 100 }], 'not-seen-leaving', 'somebody tried it once'],
  [[...agoes(6, 7), { ago: 0, messages: 100 }], 'not-seen-leaving', 'too few until today, then another way was opened'],
  [
    [
      { ago: 1, messages: 2 },
      { ago: 3, messages: 2 },
      { ago: 6, messages: 2 },
    ],
    'not-seen-leaving',
    'a machine that reports now and then',
  ],
  [agoes(0, 1, 2, 3, 4, 5), 'memory-too-young', 'the first day was not seen whole'],
  [agoes(5, 6, 7, 8, 9, 10), 'not-seen-leaving', 'nothing leaves any more'],
  [agoes(0, 1, 2, 3, 8, 9, 10, 11, 12), 'memory-too-young', 'it went another way for four days'],
] as const satisfies readonly (readonly [readonly Sent[], string, string])[])
  test(`mail ${JSON.stringify(sent.map(({ ago }) => ago))} days ago: ${expected}, ${why}`, () => {
    const silence = memory(sent).it.silenceOf(hub);
    assert.equal(silence.means === 'nothing' ? silence.why : silence.means, expected);
  });

test('where too little is remembered for five days it says from when on it can be told', () => {
  const young = memory(agoes(0, 1, 2, 3, 4)).it.silenceOf(hub);
  assert.ok(young.means === 'nothing' && young.fromMs === 20_700 * dayMs - 3 * dayMs + 5 * dayMs, 'five days from the end of the first day');
  const lost = memory(agoes(0, 1, 2, 3, 4, 5, 6), 2).it.silenceOf(hub);
  assert.ok(lost.means === 'nothing' && lost.why === 'memory-too-young' && lost.fromMs === today + 3 * dayMs, 'five days since nothing was lost');
  const fresh = memory([], 0).it.silenceOf(hub);
  assert.deepEqual(fresh, { means: 'nothing', why: 'memory-too-young', fromMs: null }, 'nothing has left yet');
});

test('what it knows it knows no longer when mail stops leaving', () => {
  const { it, clock } = memory(agoes(0, 1, 2, 3, 4, 5, 6));
  clock.ms += 3 * dayMs;
  assert.equal(it.silenceOf(hub).means, 'not-sent', 'a long weekend');
  clock.ms += dayMs;
  assert.equal(it.silenceOf(hub).means, 'nothing');
});

test('a domain says nothing of another', () => assert.equal(memory(agoes(0, 1, 2, 3, 4, 5, 6)).it.silenceOf({ domain: 'customer.example' }).means, 'nothing'));

test('a program that sends through us proves nothing for people who do not; many senders do for all', () => {
  const { it } = memory(agoes(0, 1, 2, 3, 4, 5, 6).map((each) => ({ ...each, by: 'shop' })));
  assert.equal(it.silenceOf({ ...hub, localPart: 'Shop' }).means, 'not-sent', 'it is known itself');
  const anna = it.silenceOf({ ...hub, localPart: 'anna' });
  assert.ok(anna.means === 'nothing' && anna.why === 'not-seen-leaving');
  const people = memory([0, 1, 2, 3, 4, 5, 6].map((ago) => ({ ago, by: `person-${ago}` }))).it;
  assert.equal(people.silenceOf({ ...hub, localPart: 'info' }).means, 'not-sent');
});

test('a million messages of a thousand senders take a few notes a day and domain', () => {
  const things = new Set<string>();
  const notes = { note: (thing: string) => void things.add(thing), hasNoted: (thing: string) => things.has(thing) };
  for (let n = 0; n < 20_000; n++) noteLeaving(notes, mailboxOf(`user-${n % 1000}@hub.example`), today);
  assert.ok(things.size <= 1000 + 16 + enough.messages, `${things.size}`);
});
