import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
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

test('a table that cannot be read is told, and is not taken for an empty one', async () => {
  const told: string[] = [];
  assert.equal(await liveTable('/nowhere/table.txt', (why) => told.push(why))(), null);
  assert.match(told.join('\n'), /cannot be used/);
});
