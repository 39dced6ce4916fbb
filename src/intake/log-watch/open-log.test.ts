import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { missing } from '../../../test/harness/peer.ts';
import { scratchDirectory } from '../../../test/harness/scratch.ts';
import { openLog } from './open-log.ts';

const text = 'Oct 26 18:13:50 mx p[1]: one\nOct 26 18:13:51 mx p[1]: two\n';

async function contentOf(owner: TestContext, bytes: Buffer, name = 'mail.log'): Promise<string> {
  const path = join(scratchDirectory(owner, 'open-log'), name);
  writeFileSync(path, bytes);
  const parts: Buffer[] = [];
  for await (const chunk of openLog(path)) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts).toString();
}

// xz is unpacked by a program of its own, which a machine may not have.
const withoutXz = missing('xz');
const xz = spawnSync('xz', ['--compress', '--stdout'], { input: text });

const packed: readonly [name: string, bytes: Buffer][] = [
  ['plain', Buffer.from(text)],
  ['gzip', gzipSync(text)],
  ['gzip, two files one after the other', Buffer.concat([gzipSync(text.slice(0, 29)), gzipSync(text.slice(29))])],
  ['zstd', zstdCompressSync(text)],
  ['xz', xz.stdout],
  ['empty', Buffer.alloc(0)],
  ['three bytes', Buffer.from('abc')],
];

for (const [name, bytes] of packed) {
  test(`a log is read whatever its name says: ${name}`, { skip: name === 'xz' && withoutXz }, async (t) => {
    assert.equal(await contentOf(t, bytes), bytes.length < 4 ? bytes.toString() : text);
  });
}

for (const [name, bytes] of packed.slice(1, 5)) {
  test(`a packed log that breaks off is told, not taken for its end: ${name}`, { skip: name === 'xz' && withoutXz }, async (t) => {
    await assert.rejects(contentOf(t, bytes.subarray(0, bytes.length - 12)));
  });
}

test('a log of many chunks comes whole and in order', async (t) => {
  const lines = Array.from({ length: 60_000 }, (_, at) => `line ${at}`).join('\n');
  const path = join(scratchDirectory(t, 'open-log'), 'mail.log');
  writeFileSync(path, lines);
  let read = '';
  for await (const chunk of openLog(path)) read += chunk.toString();
  assert.equal(read, lines);
});

test('a log that is not there is told', async (t) => {
  await assert.rejects(async () => {
    for await (const _ of openLog(join(scratchDirectory(t, 'open-log'), 'none'))) assert.fail();
  }, /ENOENT/);
});
