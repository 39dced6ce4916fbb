import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { writeOldMemory } from '../../test/harness/outgoing-memory.ts';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { mailboxOf } from '../../test/harness/policy-inputs.ts';
import type { Config } from '../config/options.ts';
import { OutgoingMemory } from '../facts/outgoing-memory.ts';
import { traceMarksIn } from '../wire/message/trace-header.ts';
import { openOutgoingInForce } from './outgoing-in-force.ts';

const anna = mailboxOf('anna@hub.example');
const message = { id: 'A-1', sender: anna, recipients: [mailboxOf('bert@far.example')], messageId: '<x@hub.example>', envelopeId: null };
const now = (): number => Date.now();

test('keys and memory outlive a restart, in a file for us alone', async (t) => {
  const dir = scratchDirectory(t, 'outgoing');
  const parts = { dir, remember: 1000, listeners: [], trouble: (why: string) => assert.fail(why) };
  const first = await openOutgoingInForce(parts);
  const memory = new OutgoingMemory(first.ground, { now });
  memory.remember(message);
  const [mark] = traceMarksIn(memory.traceLine(message));
  await first.close();
  assert.equal(statSync(join(dir, 'outgoing-memory')).mode & 0o777, 0o600);

  const second = await openOutgoingInForce(parts);
  const later = new OutgoingMemory(second.ground, { now });
  assert.ok(mark !== undefined && later.isOurMark(mark, 'anna@hub.example'));
  assert.equal(later.hasMessageId('<x@hub.example>'), true);
  assert.deepEqual(second.silenceOf({ domain: 'hub.example' }), { means: 'nothing', why: 'memory-too-young', fromMs: null }, 'it has just been switched on');
  await second.close();
});

test('a key that signs is on the disk before the first message is signed', async (t) => {
  const dir = scratchDirectory(t, 'outgoing');
  const parts = { dir, remember: 1000, listeners: [], trouble: (why: string) => assert.fail(why) };
  const first = await openOutgoingInForce(parts);
  const [mark] = traceMarksIn(new OutgoingMemory(first.ground, { now }).traceLine(message));
  const second = await openOutgoingInForce(parts); // as after a crash: nothing was closed
  assert.ok(mark !== undefined && new OutgoingMemory(second.ground, { now }).isOurMark(mark, 'anna@hub.example'));
  await Promise.all([first.close(), second.close()]);
});

/** Another octet than the one that was there, whatever it was: keys are random. */
const flipped = (bytes: Buffer, at: number): Buffer => Buffer.from(bytes).fill((bytes[at] ?? 0) ^ 0xff, at, at + 1);

for (const [why, spoil, remember] of [
  ['damaged', (file: string) => writeFileSync(file, flipped(readFileSync(file), 100)), 1000],
  ['cut off', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 50)), 1000],
  ['of another size', () => undefined, 5000],
] as const)
  test(`a file that is ${why} is told, and the memory begins anew`, async (t) => {
    const dir = scratchDirectory(t, 'outgoing');
    const told: string[] = [];
    const first = await openOutgoingInForce({ dir, remember: 1000, listeners: [], trouble: (text) => told.push(text) });
    const memory = new OutgoingMemory(first.ground, { now });
    memory.remember(message);
    const [mark] = traceMarksIn(memory.traceLine(message));
    await first.close();
    spoil(join(dir, 'outgoing-memory'));
    const second = await openOutgoingInForce({ dir, remember, listeners: [], trouble: (text) => told.push(text) });
    assert.equal(new OutgoingMemory(second.ground, { now }).hasMessageId('<x@hub.example>'), false);
    assert.equal(told.length, 1);
    assert.ok(mark !== undefined && new OutgoingMemory(second.ground, { now }).isOurMark(mark, 'anna@hub.example'), 'the keys are elsewhere');
    await second.close();
  });

/** A memory in which mail of hub.example has left day by day for a week, by the listener `out`. */
async function weekOld(t: TestContext) {
  const dir = scratchDirectory(t, 'outgoing');
  await writeOldMemory(dir);
  return { dir, remember: 1_000_000, trouble: (why: string) => assert.fail(why) };
}
const way = (name: string, role: 'mx' | 'submission' | 'smarthost') => ({ name, role }) as Config['listeners'][number]; // all that is looked at
const hub = { domain: 'hub.example' };

test('a new way out begins the memory anew: what left without it before nobody has seen; the old ways and a door for strangers do not', async (t) => {
  const parts = await weekOld(t);
  const first = await openOutgoingInForce({ ...parts, listeners: [way('mx', 'mx'), way('out', 'submission')] });
  assert.equal(first.silenceOf(hub).means, 'not-sent');
  first.reconfigure({ listeners: [way('mx-2', 'mx'), way('out', 'submission')] });
  assert.equal(first.silenceOf(hub).means, 'not-sent');
  first.reconfigure({ listeners: [way('mx', 'mx'), way('out', 'submission'), way('hub', 'smarthost')] });
  const silence = first.silenceOf(hub);
  assert.ok(silence.means === 'nothing' && silence.why === 'memory-too-young');
  const fromMs = (silence.fromMs ?? 0) - Date.now();
  assert.ok(Math.abs(fromMs - 5 * 86_400_000) < 60_000, `in five days: ${fromMs}`);
  await first.close();
  const second = await openOutgoingInForce({ ...parts, listeners: [way('out', 'submission'), way('hub', 'smarthost')] });
  assert.deepEqual(second.silenceOf(hub), silence, 'and not once more at the next start');
  await second.close();
});

test('a way out that comes with a restart begins it anew as well', async (t) => {
  const it = await openOutgoingInForce({ ...(await weekOld(t)), listeners: [way('hub', 'smarthost')] });
  assert.equal(it.silenceOf(hub).means, 'nothing');
  await it.close();
});

for (const [what, spoil] of [
  ['lost', (file: string) => rmSync(file)],
  ['damaged', (file: string) => writeFileSync(file, flipped(readFileSync(file), 50))],
] as const)
  test(`keys whose file is ${what} are taken from the copy, as those of an earlier version are`, async (t) => {
    const dir = scratchDirectory(t, 'outgoing');
    const parts = { dir, remember: 1000, listeners: [], trouble: () => undefined };
    const first = await openOutgoingInForce(parts);
    const [mark] = traceMarksIn(new OutgoingMemory(first.ground, { now }).traceLine(message));
    await first.close();
    assert.equal(statSync(join(dir, 'outgoing-keys')).mode & 0o777, 0o600);
    spoil(join(dir, 'outgoing-keys'));
    const second = await openOutgoingInForce(parts);
    assert.ok(mark !== undefined && new OutgoingMemory(second.ground, { now }).isOurMark(mark, 'anna@hub.example'));
    await second.close();
  });

test('a key that cannot be written signs nothing: its mail could not be known again after a crash', async (t) => {
  const dir = scratchDirectory(t, 'outgoing');
  mkdirSync(join(dir, 'outgoing-keys.new')); // a folder in its way
  const told: string[] = [];
  const it = await openOutgoingInForce({ dir, remember: 1000, listeners: [], trouble: (why) => told.push(why) });
  assert.equal(new OutgoingMemory(it.ground, { now }).traceLine(message), '');
  assert.match(told[0] ?? '', /cannot be written, and does not sign/);
  await it.close();
});

test('a full disk and then a crash do not make our own bounces forged: the file says how long it was not written, and the memory begins anew', async (t) => {
  const dir = scratchDirectory(t, 'outgoing');
  const file = join(dir, 'outgoing-memory');
  const told: string[] = [];
  const parts = { dir, remember: 1_000_000, listeners: [way('out', 'submission')], trouble: (why: string) => void told.push(why) };
  await writeOldMemory(dir);
  const first = await openOutgoingInForce(parts);
  assert.equal(first.silenceOf(hub).means, 'not-sent');
  mkdirSync(`${file}.new`); // the disk takes no file any more
  new OutgoingMemory(first.ground, { now }).remember(message);
  utimesSync(file, 1, 1);
  await first.close();
  assert.ok(statSync(file).mtimeMs > now() - 60_000, 'what could not be written is said by the time of the file');
  rmSync(`${file}.new`, { recursive: true });

  const soon = await openOutgoingInForce(parts);
  assert.equal(soon.silenceOf(hub).means, 'not-sent', 'a moment is what traces are there for');
  await soon.close();
  const later = new Date(now() + 600_000);
  utimesSync(file, later, later);
  const after = await openOutgoingInForce(parts);
  const silence = after.silenceOf(hub);
  assert.ok(silence.means === 'nothing' && silence.why === 'memory-too-young');
  assert.ok(told.some((why) => why.includes('lacks what left us after')));
  await after.close();
});
