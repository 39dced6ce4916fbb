import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { contentOf, deliveryRequest } from '../../test/harness/delivery-request.ts';
import type { DeliveryOutcome, DeliveryRequest } from '../model/delivery.ts';
import { addressOf } from '../model/mailbox.ts';
import { reply, type Reply } from '../model/reply.ts';
import { createUnconfirmedFinals, type FinalEntry, type UnconfirmedFinalsOptions } from './unconfirmed-finals.ts';

const base = mkdtempSync(join(tmpdir(), 'finals-'));
after(() => rmSync(base, { recursive: true }));
const newDir = (): string => mkdtempSync(join(base, 'd-'));

const day = 86_400_000;
const ok = reply(250, '2.0.0', 'Ok: queued as X');
const full = reply(452, '4.2.2', 'Full');
const unknownUser = reply(550, '5.1.1', 'Unknown');
const finalsIn = (dir: string, { now = () => 0, steady = now, ...rest }: Partial<UnconfirmedFinalsOptions> = {}) =>
  createUnconfirmedFinals({ dir, name: 'smtp-1', now, steady, ...rest });

const route = { key: 'hub', address: { kind: 'lmtp', host: '127.0.0.1', port: 24 } } as const;
const both = deliveryRequest({ route, to: ['a@hub.example', 'b@hub.example'] });

/** A hub that answers each recipient as told, and writes down to whom it was asked to deliver. */
function lmtpHub(answers: (address: string) => Reply): { asked: string[][]; deliver: (request: DeliveryRequest) => Promise<DeliveryOutcome> } {
  const asked: string[][] = [];
  return {
    asked,
    deliver: ({ recipients }) => {
      asked.push(recipients.map(addressOf));
      const perRecipient = recipients.map((to) => ({ to, hubReply: answers(addressOf(to)) }));
      const [first] = perRecipient;
      const alike = perRecipient.every(({ hubReply }) => Math.floor(hubReply.code / 100) === Math.floor((first?.hubReply.code ?? 0) / 100));
      if (!alike) return Promise.resolve({ kind: 'mixed', at: 'dot', perRecipient });
      return Promise.resolve(
        first?.hubReply.code === 250 ? { kind: 'delivered', hubReply: ok, queueId: 'X' } : { kind: 'refused', hubReply: first?.hubReply ?? full, at: 'dot' },
      );
    },
  };
}

test('what is remembered is found, until five days are over', async () => {
  let now = 0;
  const finals = await finalsIn(newDir(), { now: () => now });
  assert.equal(finals.find('k'), null);
  finals.remember('k', ok);
  assert.equal(finals.size, 1);
  now = 5 * day - 1;
  assert.deepEqual(finals.find('k'), ok);
  now = 5 * day;
  assert.equal(finals.find('k'), null);
  await finals.close();
});

test('strangers cannot fill the memory: beyond the capacity the one used longest ago goes', async () => {
  const finals = await finalsIn(newDir(), { capacity: 3 });
  for (let i = 0; i < 10; i++) finals.remember(`k${i}`, ok);
  assert.equal(finals.size, 3);
  assert.equal(finals.find('k0'), null);
  assert.deepEqual(finals.find('k9'), ok);
  await finals.close();
});

test('a restart remembers; so does another door, at once by `learn` and after its own start from the files', async () => {
  const dir = newDir();
  const told: FinalEntry[] = [];
  const one = await finalsIn(dir, { onRemember: (entry) => told.push(structuredClone(entry)) });
  const two = await finalsIn(dir, { name: 'smtp-2', onRemember: () => assert.fail('what was learned is not told again') });
  one.remember('k', ok);
  for (const entry of told) two.learn(entry);
  assert.deepEqual(two.find('k'), ok);
  await one.close();
  await two.close();
  for (const name of ['smtp-1', 'smtp-2', 'smtp-9']) {
    const again = await finalsIn(dir, { name });
    assert.deepEqual(again.find('k'), ok, name);
    await again.close();
  }
});

test('mixed LMTP answers: the retry is delivered to those alone who have not got it', async () => {
  const finals = await finalsIn(newDir());
  const first = lmtpHub((who) => (who.startsWith('b') ? full : ok));
  assert.equal((await finals.deliver(both, first.deliver)).kind, 'mixed');
  const later = lmtpHub(() => ok);
  assert.equal((await finals.deliver(both, later.deliver)).kind, 'delivered');
  assert.deepEqual(later.asked, [['b@hub.example']]);
  assert.deepEqual(
    finals.forUnserved(both).recipients.map(({ text }) => text),
    ['b@hub.example'],
    'what is kept or spooled instead is so for the others alone',
  );
  await finals.close();
});

test('once all have it, what is sent to them again is meant anew: nobody is skipped for days', async () => {
  const dir = newDir();
  const finals = await finalsIn(dir);
  await finals.deliver(both, lmtpHub((who) => (who.startsWith('b') ? full : ok)).deliver);
  finals.forgetServed(both);
  const again = lmtpHub(() => ok);
  await finals.deliver(both, again.deliver);
  assert.deepEqual(again.asked, [['a@hub.example', 'b@hub.example']]);
  await finals.close();
  const restarted = await finalsIn(dir);
  assert.equal(restarted.size, 0, 'nor does a restart bring it back');
  await restarted.close();
});

test('what may be meant anew is never taken for a retry: a copy is better than an alarm that one of two does not get', async () => {
  const finals = await finalsIn(newDir());
  const alarm: DeliveryRequest = { ...both, mayBeMeantAnew: true };
  await finals.deliver(alarm, lmtpHub((who) => (who.startsWith('b') ? full : ok)).deliver);
  const later = lmtpHub(() => ok);
  await finals.deliver(alarm, later.deliver);
  assert.deepEqual(later.asked, [['a@hub.example', 'b@hub.example']]);
  await finals.close();
});

test('that memory is on the disk before the client hears its 451', async () => {
  const dir = newDir();
  const before = await finalsIn(dir);
  await before.deliver(both, lmtpHub((who) => (who.startsWith('b') ? full : ok)).deliver);
  // No close: the process dies here.
  const finals = await finalsIn(dir, { name: 'smtp-2' });
  const later = lmtpHub(() => ok);
  await finals.deliver(both, later.deliver);
  assert.deepEqual(later.asked, [['b@hub.example']]);
  await before.close();
  await finals.close();
});

test('the answer waits for the sync of the disk', async (t) => {
  const finals = await finalsIn(newDir());
  const some = await open(join(base, 'some'), 'w');
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const sync = t.mock.method(Object.getPrototypeOf(some) as typeof some, 'datasync', () => gate);
  await some.close();
  let answered = false;
  const outcome = finals.deliver(both, lmtpHub((who) => (who.startsWith('b') ? full : ok)).deliver).then(() => (answered = true));
  while (sync.mock.callCount() === 0) await new Promise(setImmediate);
  assert.equal(answered, false);
  release();
  await outcome;
  await finals.close();
});

test('after the refused one was dropped by the client, the rest of the retry is answered 250 without a delivery', async () => {
  const finals = await finalsIn(newDir());
  await finals.deliver(both, lmtpHub((who) => (who.startsWith('b') ? unknownUser : ok)).deliver);
  const later = lmtpHub(() => assert.fail('nobody is left to deliver to'));
  const outcome = await finals.deliver({ ...both, recipients: both.recipients.slice(0, 1) }, later.deliver);
  assert.deepEqual(outcome, { kind: 'delivered', hubReply: ok, queueId: null });
  await finals.close();
});

test('the retry is refused for those who are left: mixed, never 5xx for those who have it', async () => {
  const finals = await finalsIn(newDir());
  await finals.deliver(both, lmtpHub((who) => (who.startsWith('b') ? full : ok)).deliver);
  const outcome = await finals.deliver(both, lmtpHub(() => unknownUser).deliver);
  assert.ok(outcome.kind === 'mixed' && outcome.at === 'dot');
  assert.deepEqual(
    outcome.perRecipient.map(({ hubReply }) => hubReply.code),
    [250, 550],
  );
  await finals.close();
});

test('another message, another sender or a refusal before the dot is delivered as usual', async () => {
  const finals = await finalsIn(newDir());
  await finals.deliver(both, lmtpHub((who) => (who.startsWith('b') ? full : ok)).deliver);
  const later = lmtpHub(() => ok);
  await finals.deliver({ ...both, content: contentOf('other\r\n') }, later.deliver);
  await finals.deliver({ ...both, from: null }, later.deliver);
  assert.deepEqual(later.asked, [
    ['a@hub.example', 'b@hub.example'],
    ['a@hub.example', 'b@hub.example'],
  ]);

  const other = await finalsIn(newDir());
  await other.deliver(both, ({ recipients }) => Promise.resolve({ kind: 'mixed', at: 'rcpt', perRecipient: recipients.map((to) => ({ to, hubReply: ok })) }));
  assert.equal(other.size, 0, 'a 250 to RCPT is no delivery');
  await finals.close();
  await other.close();
});

test('a line torn by a crash and lines that are none of ours do no harm', async () => {
  const dir = newDir();
  const before = await finalsIn(dir);
  before.remember('k', ok);
  await before.close();
  appendFileSync(join(dir, 'smtp-1.jsonl'), '{"kind":"answer"}\nnull\n[1]\n{"kind":"answer","key":"torn","repl');
  const finals = await finalsIn(dir);
  assert.equal(finals.size, 1);
  await finals.close();
});

test('the files do not grow for ever: what is over is left out at start', async () => {
  const dir = newDir();
  const before = await finalsIn(dir);
  before.remember('k', ok);
  await before.close();
  const finals = await finalsIn(dir, { now: () => 6 * day });
  assert.equal(finals.size, 0);
  assert.equal(readFileSync(join(dir, 'smtp-1.jsonl'), 'utf8'), '');
  await finals.close();
});

test('the file holds no addresses', async () => {
  const dir = newDir();
  const finals = await finalsIn(dir);
  await finals.deliver(both, lmtpHub((who) => (who.startsWith('b') ? full : ok)).deliver);
  await finals.close();
  assert.doesNotMatch(readFileSync(join(dir, 'smtp-1.jsonl'), 'utf8'), /@/);
});

test('what was forgotten stays so: after a restart, and at the other doors', async () => {
  const dir = newDir();
  const told: FinalEntry[] = [];
  const finals = await finalsIn(dir, { onRemember: (entry) => void told.push(entry) });
  const other = await finalsIn(dir, { name: 'smtp-2' });
  finals.remember('k', ok);
  for (const entry of told.splice(0)) other.learn(entry);
  assert.deepEqual(other.find('k'), ok);
  finals.forget('k');
  for (const entry of told) other.learn(entry);
  assert.deepEqual([finals.find('k'), other.find('k')], [null, null]);
  await finals.close();
  await other.close();
  const again = await finalsIn(dir);
  assert.equal(again.find('k'), null);
  await again.close();
});

test('what is under way at one door is known to the others until its end, and never written', async () => {
  const dir = newDir();
  const two = await finalsIn(dir, { name: 'smtp-2' });
  const one = await finalsIn(dir, { onRemember: two.learn });
  one.leaveUnderWay('k');
  assert.ok(one.isUnderWay('k') && two.isUnderWay('k'));
  assert.equal(two.size, 1, 'or the other door would not look');
  one.endUnderWay('k');
  assert.equal(one.isUnderWay('k') || two.isUnderWay('k'), false);
  one.leaveUnderWay('l');
  await one.close();
  assert.equal(readFileSync(join(dir, 'smtp-1.jsonl'), 'utf8'), '');
  await two.close();
});

test('strangers that hang up in masses cannot fill the memory, and what a dead door left ends by itself', async () => {
  let now = 0;
  const finals = await finalsIn(newDir(), { capacity: 3, now: () => now });
  for (let i = 0; i < 10; i++) finals.leaveUnderWay(`k${i}`);
  assert.equal(finals.size, 3);
  assert.ok(finals.isUnderWay('k9'));
  now = 31 * 60_000;
  assert.equal(finals.isUnderWay('k9'), false);
  await finals.close();
});

test('a clock that is set back forgets nothing: each would be a second copy', async () => {
  const clock = { wall: 1e12, steady: 0 };
  const finals = await finalsIn(newDir(), { now: () => clock.wall, steady: () => clock.steady });
  finals.remember('k', ok);
  finals.leaveUnderWay('u');
  clock.wall -= 3_600_000;
  clock.steady += 1000;
  assert.deepEqual([finals.find('k'), finals.isUnderWay('u')], [ok, true]);
  await finals.close();
});
