import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { Content, ContentSink } from '../model/delivery.ts';
import { createContentStore, sweepLeftovers, type ContentStoreOptions } from './content-store.ts';

const dir = mkdtempSync(join(tmpdir(), 'content-'));
after(() => rmSync(dir, { recursive: true }));

const usual: ContentStoreOptions = { dir, memoryBytes: 20_000, budgetBytes: 1_000_000, freeDiskBytes: 0, now: () => 0, freeBytes: () => 1e12 };

async function read(content: Content): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of content.chunks()) parts.push(part);
  return Buffer.concat(parts);
}

async function store(sink: ContentSink | null, chunks: readonly Buffer[]): Promise<Content> {
  assert.ok(sink);
  for (const chunk of chunks) await sink.write(chunk);
  const content = await sink.finish();
  assert.ok('wireBytes' in content, JSON.stringify(content));
  return content;
}

const untilGone = async (): Promise<void> => {
  while (readdirSync(dir).length > 0) await new Promise(setImmediate);
};

test('what comes out is what went in, in memory and in a file, however it was cut', async () => {
  const contents = createContentStore(usual);
  const pieces = fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 4000, maxLength: 9000 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(pieces, async (raw) => {
      const chunks = raw.map((bytes) => Buffer.from(bytes));
      const whole = Buffer.concat(chunks);
      const content = await store(contents.begin(null), chunks);
      assert.equal(content.sha256, createHash('sha256').update(whole).digest('hex'));
      assert.equal(content.wireBytes, whole.length);
      assert.ok((await read(content)).equals(whole));
      assert.ok((await read(content)).equals(whole), 'a retry reads it again');
      content.dispose();
    }),
    { numRuns: 60 },
  );
  await untilGone();
  assert.equal(contents.memoryInUse, 0);
});

test('the caller may use its buffer again: the store has its own copy', async () => {
  const buffer = Buffer.from('first\r\n');
  const sink = createContentStore(usual).begin(null);
  assert.ok(sink);
  void sink.write(buffer);
  buffer.fill('x');
  const content = await sink.finish();
  assert.ok('sha256' in content);
  assert.equal((await read(content)).toString(), 'first\r\n');
});

test('a client that sends a byte a packet costs what a fast one costs', async () => {
  const contents = createContentStore(usual);
  const content = await store(
    contents.begin(null),
    Array.from({ length: 10_000 }, () => Buffer.from('a')),
  );
  assert.ok(contents.memoryInUse <= 3 * 10_000, `${contents.memoryInUse} bytes`);
  assert.ok([...(content.chunks() as Iterable<Buffer>)].length <= 8, 'few blocks, so few writes to the hub');
  content.dispose();
});

test('large content is in a file until it is disposed of, and not in memory', async () => {
  const contents = createContentStore(usual);
  const content = await store(contents.begin(null), [Buffer.alloc(200_000, 'x')]);
  assert.equal(readdirSync(dir).length, 1);
  assert.equal(contents.memoryInUse, 0);
  content.dispose();
  content.dispose();
  await untilGone();
});

test('aborted content leaves nothing behind', async () => {
  const contents = createContentStore(usual);
  for (const size of [10, 200_000]) {
    const sink = contents.begin(null);
    assert.ok(sink);
    await sink.write(Buffer.alloc(size));
    sink.abort();
  }
  await untilGone();
  assert.equal(contents.memoryInUse, 0);
});

test('with the memory budget spent, even small content goes to files: many sessions together must not fill the memory', async () => {
  const contents = createContentStore({ ...usual, budgetBytes: 10_000 });
  const kept: Content[] = [];
  for (let i = 0; i < 10; i++) kept.push(await store(contents.begin(null), [Buffer.alloc(1500, i), Buffer.alloc(1500, 100 + i)]));
  assert.ok(contents.memoryInUse <= 10_000, `${contents.memoryInUse} bytes`);
  assert.ok(readdirSync(dir).length >= 6);
  for (const [i, content] of kept.entries()) {
    assert.ok((await read(content)).equals(Buffer.concat([Buffer.alloc(1500, i), Buffer.alloc(1500, 100 + i)])));
    content.dispose();
  }
  await untilGone();
});

test('below the floor of free space nothing is begun; the announced size counts; the figure is at most a second old', () => {
  let now = 0;
  let free = 1000;
  const contents = createContentStore({ ...usual, freeDiskBytes: 500, now: () => now, freeBytes: () => free });
  assert.ok(contents.begin(500));
  assert.equal(contents.begin(501), null);
  free = 100;
  now = 999;
  assert.ok(contents.begin(null), 'asked within the last second');
  now = 1000;
  assert.equal(contents.begin(null), null);
});

test('a full disk is a failure at finish, never a throw', async () => {
  const contents = createContentStore({ ...usual, openFile: () => open('/dev/full', 'w+') });
  const sink = contents.begin(null);
  assert.ok(sink);
  for (let i = 0; i < 10; i++) await sink.write(Buffer.alloc(30_000));
  const content = await sink.finish();
  assert.ok('failed' in content);
  assert.match(content.failed, /ENOSPC/);
  assert.equal(contents.memoryInUse, 0);
});

test('a directory that cannot be written is a failure at finish, and an abort after it does no harm', async () => {
  const contents = createContentStore({ ...usual, openFile: () => Promise.reject(new Error('EACCES')) });
  const [one, two] = [contents.begin(null), contents.begin(null)];
  assert.ok(one && two);
  await one.write(Buffer.alloc(300_000));
  assert.deepEqual(await one.finish(), { failed: 'Error: EACCES' });
  await two.write(Buffer.alloc(300_000));
  two.abort();
});

test('a slow disk makes the writer wait, so that content does not pile up in memory', async () => {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const contents = createContentStore({ ...usual, openFile: (path) => gate.then(() => open(path, 'wx+')) });
  const sink = contents.begin(null);
  assert.ok(sink);
  assert.ok(sink.write(Buffer.alloc(150_000)) instanceof Promise);
  release();
  await sink.write(Buffer.alloc(10));
  sink.abort();
  await untilGone();
});

test('what a dead process left behind is removed at start, other files stay', async () => {
  const place = mkdtempSync(join(tmpdir(), 'sweep-'));
  writeFileSync(join(place, '123-abc.part'), 'x');
  writeFileSync(join(place, 'README'), 'x');
  assert.equal(await sweepLeftovers(place), 1);
  assert.deepEqual(readdirSync(place), ['README']);
  assert.equal(await sweepLeftovers(join(place, 'missing')), 0);
  rmSync(place, { recursive: true });
});
