import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { openLastingRecipients } from './lasting-recipients.ts';

const open = (dir: string, { name = 'smtp-1', entries = 100, now = 1000 } = {}) => openLastingRecipients({ dir, name, entries, now: () => now });

test('what one door has learned is known to every door after a start, as long as it holds', (t) => {
  const dir = scratchDirectory(t, 'recipients');
  const one = open(dir);
  one.note('hub 192.0.2.25:25 ann@hub.example', 5000);
  one.close();
  assert.equal(open(dir, { name: 'smtp-2', now: 4999 }).until('hub 192.0.2.25:25 ann@hub.example'), 5000);
  assert.equal(open(dir, { now: 5000 }).until('hub 192.0.2.25:25 ann@hub.example'), null);
});

test('the last word counts, whichever door heard it, and through the rewriting of files', (t) => {
  const dir = scratchDirectory(t, 'recipients');
  const [one, two] = [open(dir), open(dir, { name: 'smtp-2' })];
  one.note('ann', 9000);
  one.close();
  const later = open(dir, { name: 'smtp-2', now: 2000 });
  later.drop('ann');
  later.close();
  two.close();
  open(dir, { name: 'smtp-3', now: 2500 }).close();
  assert.equal(open(dir, { now: 3000 }).until('ann'), null);
});

test('it is bounded, in memory and on the disk', (t) => {
  const dir = scratchDirectory(t, 'recipients');
  const one = open(dir, { entries: 10 });
  for (let round = 0; round < 5; round += 1) {
    for (let number = 0; number < 100; number += 1) one.note(`r${number}`, 9000);
    one.close();
  }
  const lines = readFileSync(join(dir, 'smtp-1.jsonl'), 'utf8').split('\n').length;
  assert.ok(lines <= 100, `${lines} lines`);
  assert.deepEqual([one.until('r0'), one.until('r99')], [null, 9000], 'the one noted longest ago goes first');
});

test('a torn line and a disk that fails cost knowledge, nothing else', (t) => {
  const dir = scratchDirectory(t, 'recipients');
  writeFileSync(join(dir, 'smtp-1.jsonl'), '["ann",9000,500]\n["bob",90');
  const one = open(dir);
  assert.deepEqual([one.until('ann'), one.until('bob')], [9000, null]);
  appendFileSync(join(dir, 'smtp-2.jsonl'), '{"until":1}\n[1,2,3]\n');
  rmSync(dir, { recursive: true });
  one.note('carl', 9000);
  one.close();
  assert.equal(one.until('carl'), 9000);
});
