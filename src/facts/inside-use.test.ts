import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, mailboxOf, rcptInput } from '../../test/harness/policy-inputs.ts';
import { createInsideWatch, type InsideUse } from './inside-use.ts';

const ours = new Set(['hub.example']);
const inside = clientOf({ ip: '10.0.0.1', inside: true });
const stranger = { client: inside, helo: 'MX.World.example', from: mailboxOf('a@world.example'), to: mailboxOf('u@hub.example') };

function watch(isShared = false): { readonly notes: InsideUse[]; readonly clock: { ms: number }; readonly eyes: ReturnType<typeof createInsideWatch> } {
  const notes: InsideUse[] = [];
  const clock = { ms: 1000 };
  return { notes, clock, eyes: createInsideWatch({ domains: () => ours, isShared: () => isShared, note: (use) => notes.push(use), now: () => clock.ms }) };
}

test('a foreign sender to a recipient of ours is noted, once in ten minutes', () => {
  const { notes, clock, eyes } = watch();
  eyes.look(rcptInput(stranger));
  eyes.look(rcptInput(stranger));
  clock.ms += 600_000;
  eyes.look(rcptInput(stranger));
  assert.deepEqual(
    notes.map(({ helo, senderDomain, at }) => [helo, senderDomain, at]),
    [
      ['mx.world.example', 'world.example', 1000],
      ['mx.world.example', 'world.example', 601_000],
    ],
  );
});

const innocent: readonly [why: string, input: Parameters<typeof rcptInput>[0]][] = [
  ['an authenticated user is known by name', { ...stranger, user: 'alice' }],
  ['our own sender is what insiders are for', { ...stranger, from: mailboxOf('b@hub.example') }],
  ['mail to the world is not what comes from the world', { ...stranger, to: mailboxOf('x@elsewhere.example') }],
  ['a bounce has no sender to tell by', { ...stranger, from: null }],
  ['a smart-host listener takes whoever reaches it', { ...stranger, client: { ...inside, role: 'smarthost' } }],
];
for (const [why, input] of innocent) {
  test(`not noted: ${why}`, () => {
    const { notes, eyes } = watch();
    eyes.look(rcptInput(input));
    assert.equal(notes.length, 0);
  });
}

test('an address that is shared on purpose is not looked at', () => {
  const { notes, eyes } = watch(true);
  eyes.look(rcptInput(stranger));
  assert.equal(notes.length, 0);
});

test('distrust ends by itself', () => {
  const { clock, eyes } = watch();
  eyes.replace([{ ip: '10.0.0.1', untilMs: 2000 }]);
  assert.equal(eyes.isDistrusted('10.0.0.1'), true);
  assert.equal(eyes.isDistrusted('10.0.0.2'), false);
  clock.ms = 2000;
  assert.equal(eyes.isDistrusted('10.0.0.1'), false);
});
