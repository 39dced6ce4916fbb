import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldRecord } from '../../../test/harness/held-item.ts';
import type { HeldRecord } from '../../model/quarantine.ts';
import { gatherWaiting, isForRecipients, type GatherParts } from './gather.ts';

const idOf = (n: number): string => `1M7YNPXHV1000-${String(n).padStart(6, '0')}`;
const partsFor = (records: readonly HeldRecord[], changes: Partial<GatherParts> = {}): GatherParts => ({
  select: ({ after, limit }) => Promise.resolve(records.filter(({ id }) => after === null || id > after).slice(0, limit)),
  told: () => Promise.resolve([]),
  print: (address) => address.toLowerCase(),
  isTold: (address) => address.endsWith('@hub.example'),
  lines: 3,
  ...changes,
});

test('each recipient of ours has what waits for him, newest last; strangers have nothing', async () => {
  const waiting = await gatherWaiting(
    partsFor([
      heldRecord({ id: idOf(1), to: ['ann@hub.example', 'x@elsewhere.example'] }),
      heldRecord({ id: idOf(2), to: ['otto@hub.example', 'ann@hub.example'], from: 'ann@hub.example' }),
    ]),
  );
  assert.deepEqual(
    [...waiting].map(([address, { newest, count }]) => [address, newest.map(({ id }) => id), count]),
    [
      ['ann@hub.example', [idOf(1), idOf(2)], 2],
      ['otto@hub.example', [idOf(2)], 1],
    ],
  );
});

test('a flood becomes the lines of one letter and a count of the rest', async () => {
  const flood = Array.from({ length: 5000 }, (_, n) => heldRecord({ id: idOf(n), to: ['ann@hub.example'] }));
  const waiting = await gatherWaiting(partsFor(flood));
  assert.deepEqual(
    waiting.get('ann@hub.example')?.newest.map(({ id }) => id),
    [4997, 4998, 4999].map(idOf),
  );
  assert.equal(waiting.get('ann@hub.example')?.count, 5000);
});

test('what a letter has told of is not told again, but to whom it was not told', async () => {
  const waiting = await gatherWaiting(
    partsFor([heldRecord({ id: idOf(1), to: ['Ann@hub.example', 'otto@hub.example'] })], {
      told: (ids) => Promise.resolve(ids.map((item) => ({ item, recipient: 'ann@hub.example' }))),
    }),
  );
  assert.deepEqual([...waiting.keys()], ['otto@hub.example']);
});

test('a mailbox written to in many spellings and subaddresses has one turn in a round, and the bare address is first', async () => {
  const spelled = (n: number): string => Array.from('annabelle', (letter, at) => ((n >> at) & 1 ? letter.toUpperCase() : letter)).join('');
  const flood = Array.from({ length: 512 }, (_, n) => heldRecord({ id: idOf(n), to: [`${spelled(n)}+${n}@hub.example`, `${spelled(n)}@hub.example`] }));
  const waiting = await gatherWaiting(partsFor(flood));
  assert.deepEqual(
    [...waiting].map(([address, { count }]) => [address, count]),
    [['annabelle@hub.example', 512]],
  );
  const later = await gatherWaiting(partsFor(flood, { told: (ids) => Promise.resolve(ids.map((item) => ({ item, recipient: 'annabelle@hub.example' }))) }));
  assert.deepEqual(
    [...later].map(([address, { count }]) => [address, count]),
    [['annabelle+0@hub.example', 1]],
    'the others have their turns when it has been told',
  );
});

test('one mailbox with more subaddresses than a round has recipients keeps nobody else out', async () => {
  const flood = Array.from({ length: 20_001 }, (_, n) => heldRecord({ id: idOf(n), to: [`ann+${n}@hub.example`] }));
  const waiting = await gatherWaiting(partsFor([...flood, heldRecord({ id: idOf(30_000), to: ['otto@hub.example'] })]));
  assert.deepEqual([...waiting.keys()], ['ann+0@hub.example', 'otto@hub.example']);
});

test('two spellings of one address in one message count once', async () => {
  const waiting = await gatherWaiting(partsFor([heldRecord({ id: idOf(1), to: ['Ann@hub.example', 'ann@hub.example'] })]));
  assert.deepEqual(
    [...waiting].map(([address, { count }]) => [address, count]),
    [['Ann@hub.example', 1]],
  );
});

const left: readonly [change: Partial<HeldRecord>, why: string][] = [
  [{ user: 'ulla' }, 'a user of ours sent it: it is not incoming'],
  [{ refused: true }, 'its sender was told that it is refused'],
  [{ unreadable: 'no key' }, 'nothing is known of it'],
  [{ check: 'sink-recipient' }, 'its recipient was made up by a forger'],
  [{ check: 'spool' }, 'the next hop did not want it'],
  [{ state: 'trash' }, 'somebody has thrown it away'],
];
for (const [change, why] of left) test(`left out: ${why}`, () => assert.equal(isForRecipients(heldRecord(change)), false));
test('everything else is told, also a virus', () => assert.ok(isForRecipients(heldRecord({ check: 'virus-found' }))));

test('recipients are bounded: those beyond have their turn when the others were told', async () => {
  const many = Array.from({ length: 20_010 }, (_, n) => heldRecord({ id: idOf(n), to: [`user${n}@hub.example`] }));
  assert.equal((await gatherWaiting(partsFor(many))).size, 20_000);
});
