import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { liveTable } from './network-notices-in-force.ts';

test('one bad line of the table is told by its number, and the good ones are used', async (t) => {
  const file = join(scratchDirectory(t, 'abuse-table'), 'table.txt');
  writeFileSync(file, '45.0.2.0/24 abuse@isp.example\n46.0.2.0/24: abuse@other.example\n');
  const told: string[] = [];
  const table = await liveTable(file, (why) => told.push(why))();
  assert.deepEqual(table?.of('46.0.2.9')?.mailboxes, ['abuse@other.example']);
  assert.deepEqual(told, [`${file}:1: is not network: value: this line is not used`]);
});

test('a table that cannot be read is told once, and is not taken for an empty one', async () => {
  const told: string[] = [];
  const table = liveTable('/nowhere/table.txt', (why) => told.push(why));
  for (let asked = 0; asked < 3; asked++) assert.equal(await table(), null);
  assert.deepEqual([told.length, /cannot be used/.test(told.join())], [1, true]);
});

test('a table that goes bad while running leaves the last good one in force, as a whole, until it is good again', async (t) => {
  const file = join(scratchDirectory(t, 'abuse-table'), 'table.txt');
  let now = 1_000_000;
  const table = liveTable(
    file,
    (why) => assert.fail(why),
    () => now,
  );
  const mailboxNow = async (): Promise<string | undefined> => {
    now += 2000; // it is looked at again after a second
    return (await table())?.of('45.0.2.9')?.mailboxes[0];
  };
  writeFileSync(file, '45.0.2.0/24: abuse@isp.example\n46.0.2.0/24: abuse@other.example\n');
  assert.equal(await mailboxNow(), 'abuse@isp.example');
  writeFileSync(file, '45.0.2.0/24: changed@isp.example\n46.0.2.0/24 half a li');
  assert.equal(await mailboxNow(), 'abuse@isp.example', 'half a file is no file');
  rmSync(file);
  assert.equal(await mailboxNow(), 'abuse@isp.example');
  writeFileSync(file, '45.0.2.0/24: new@isp.example\n');
  assert.equal(await mailboxNow(), 'new@isp.example');
});
