import assert from 'node:assert/strict';
import { readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory } from '../../../test/harness/scratch.ts';
import { until } from '../../../test/harness/until.ts';
import { SegmentReader } from './segment-reader.ts';

/** Files below a folder that this process has open. */
const openBelow = (dir: string): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(dir);
    } catch {
      return false; // it was the one of the list itself
    }
  }).length;

test('a segment that is removed while it is read is read to the end, and then its room comes back', async (t) => {
  const dir = scratchDirectory(t, 'segments');
  writeFileSync(join(dir, 'a.seg'), 'hello');
  const reader = new SegmentReader(dir);
  assert.equal((await reader.read('a.seg', 0, 1)).toString(), 'h', 'it is open now');
  const reading = reader.read('a.seg', 1, 3);
  reader.forget('a.seg');
  rmSync(join(dir, 'a.seg'));
  assert.equal((await reading).toString(), 'ell');
  await until('it to be closed', () => openBelow(dir) === 0);
  writeFileSync(join(dir, 'a.seg'), 'other');
  assert.equal((await reader.read('a.seg', 0, 99)).toString(), 'other', 'a new file of that name is the new file');
  reader.close();
  await until('all to be closed', () => openBelow(dir) === 0);
});

test('a hundred segments are read at once with a few held open', async (t) => {
  const dir = scratchDirectory(t, 'segments');
  const names = Array.from({ length: 100 }, (_, number) => `${number}.seg`);
  for (const name of names) writeFileSync(join(dir, name), name);
  const reader = new SegmentReader(dir);
  const texts = await Promise.all(names.map(async (name) => (await reader.read(name, 0, 10)).toString()));
  assert.deepEqual(texts, names);
  await until('all but a few to be closed', () => openBelow(dir) === 8);
  assert.equal(reader.size, 8);
  reader.close();
});

test('a segment that is not there is told, and found when it is', async (t) => {
  const dir = scratchDirectory(t, 'segments');
  const reader = new SegmentReader(dir);
  await assert.rejects(reader.read('a.seg', 0, 1), /ENOENT/);
  writeFileSync(join(dir, 'a.seg'), 'x');
  assert.equal((await reader.read('a.seg', 0, 1)).toString(), 'x');
  reader.close();
});
