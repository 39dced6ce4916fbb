import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
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

test('whoever reads on has the next pieces read with his, and what was written since is found', async (t) => {
  const dir = scratchDirectory(t, 'segments');
  const file = join(dir, 'a.seg');
  const text = Array.from({ length: 50_000 }, (_, number) => String(number).padStart(9, ' ')).join('\n');
  writeFileSync(file, text);
  const reader = new SegmentReader(dir);
  const read = async (at: number, bytes: number): Promise<string> => (await reader.read('a.seg', at, bytes)).toString();
  const pieces = await Promise.all(Array.from({ length: 100 }, (_, number) => read(number * 5000, 5000)));
  assert.equal(pieces.join(''), text);
  assert.equal(await read(400_123, 77), text.slice(400_123, 400_200), 'out of turn');
  assert.equal(await read(0, 300_000), text.slice(0, 300_000), 'more than is read ahead');
  assert.equal(await read(300_000, 300_000), text.slice(300_000), 'behind the end there is nothing');

  appendFileSync(file, 'more');
  assert.equal(await read(text.length, 4), 'more');
  appendFileSync(file, ' of it');
  assert.equal(await read(text.length + 4, 6), ' of it');
  reader.close();
});

for (const [isBroken, expected, why] of [
  [false, [1000, 262_144], 'the disk is asked once for many'],
  [true, [1000, 262_144, 1000, 1000], 'where a sector behind it cannot be read, a piece is read alone'],
] as const) {
  test(`reading ahead: ${why}`, async (t) => {
    const dir = scratchDirectory(t, 'segments');
    writeFileSync(join(dir, 'a.seg'), 'x'.repeat(100_000));
    const asked: number[] = [];
    const any = await open(join(dir, 'a.seg'), 'r');
    const handles = Object.getPrototypeOf(any) as FileHandle;
    await any.close();
    t.mock.method(handles, 'read', (octets: Buffer, from: number, bytes: number) => {
      asked.push(bytes);
      if (isBroken && bytes > 50_000) return Promise.reject(new Error('EIO'));
      octets.fill('y', from, from + bytes);
      return Promise.resolve({ bytesRead: bytes });
    });
    const reader = new SegmentReader(dir);
    for (let at = 0; at < 3000; at += 1000) assert.equal((await reader.read('a.seg', at, 1000)).toString(), 'y'.repeat(1000));
    assert.deepEqual(asked, expected);
    reader.close();
  });
}
