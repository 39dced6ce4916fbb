import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { openJournal, type JournalOptions, type SegmentFile } from './journal.ts';

const start = Date.UTC(2026, 10, 21);
const day = 86_400_000;

function place(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'journal-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const told: string[] = [];
  const lost: Record<string, number>[] = [];
  const clock = { ms: start };
  const options: JournalOptions = {
    dir,
    segment: 1000,
    maxSize: 1e9,
    maxAge: 30 * day,
    now: () => clock.ms,
    onTrouble: (what) => told.push(what),
    onDropped: (dropped) => lost.push(dropped),
  };
  return { dir, told, lost, clock, options };
}
const line = (seq: number, type = 'message-finished') => `{"at":${start + seq},"door":"smtp-1","seq":${seq},"type":"${type}","pad":"${'x'.repeat(60)}"}\n`;
function content(dir: string): string {
  return readdirSync(dir)
    .toSorted()
    .map((name) => (name.endsWith('.zst') ? zstdDecompressSync(readFileSync(join(dir, name))) : readFileSync(join(dir, name))).toString())
    .join('');
}

test('what is appended is in the file, in order, after a flush', async (t) => {
  const { dir, options } = place(t);
  const journal = await openJournal(options);
  for (let i = 1; i <= 5; i++) journal.append(line(i));
  await journal.flush();
  assert.equal(content(dir), [1, 2, 3, 4, 5].map((i) => line(i)).join(''));
  await journal.close();
});

test('full segments are closed and compressed, and nothing is lost on the way', async (t) => {
  const { dir, options } = place(t);
  const journal = await openJournal(options);
  for (let i = 1; i <= 50; i++) {
    journal.append(line(i));
    await journal.flush();
  }
  await journal.upkeep();
  const segments = journal.segments();
  assert.ok(segments.length >= 5);
  assert.ok(segments.slice(0, -1).every((segment) => segment.compressed));
  assert.equal(readdirSync(dir).filter((name) => name.endsWith('.jsonl')).length, 1);
  assert.equal(content(dir), Array.from({ length: 50 }, (_, i) => line(i + 1)).join(''));
  await journal.close();
});

test('above the size limit the oldest segments go, the newest events stay', async (t) => {
  const { dir, options } = place(t);
  const journal = await openJournal({ ...options, maxSize: 4000 });
  for (let i = 1; i <= 200; i++) {
    journal.append(line(i).replace('xxx', String(Math.random()))); // does not compress to nothing
    await journal.flush();
  }
  await journal.upkeep();
  assert.ok(journal.state().bytes <= 4000);
  assert.match(content(dir), /"seq":200/);
  assert.doesNotMatch(content(dir), /"seq":1,/);
  await journal.close();
});

test('a quiet site gets a new segment each day, and what is older than the age limit goes', async (t) => {
  const { dir, options, clock } = place(t);
  const journal = await openJournal({ ...options, maxAge: 2 * day });
  for (let days = 0; days < 5; days++) {
    clock.ms = start + days * day;
    await journal.upkeep();
    journal.append(line(days));
    await journal.flush();
  }
  await journal.upkeep();
  assert.deepEqual(
    [...content(dir).matchAll(/"seq":(\d)/g)].map((match) => match[1]),
    ['1', '2', '3', '4'],
  );
  await journal.close();
});

test('a restart goes on with the newest segment', async (t) => {
  const { dir, options } = place(t);
  const first = await openJournal(options);
  first.append(line(1));
  await first.close();
  const second = await openJournal(options);
  second.append(line(2));
  await second.close();
  assert.equal(readdirSync(dir).length, 1);
  assert.equal(content(dir), line(1) + line(2));
});

test('a torn last line of a crash is cut off and reported; the next line does not stick to it', async (t) => {
  const { dir, options, told } = place(t);
  const first = await openJournal(options);
  first.append(line(1));
  await first.close();
  appendFileSync(join(dir, readdirSync(dir)[0] ?? ''), '{"at":17,"door":"sm');
  const second = await openJournal(options);
  assert.match(told.join(), /torn line.*19 bytes/);
  second.append(line(2));
  await second.close();
  assert.equal(content(dir), line(1) + line(2));
});

test('leftovers of a crash during compression are cleared: half a .zst goes, a plain file with a whole .zst goes', async (t) => {
  const { dir, options } = place(t);
  writeFileSync(join(dir, '1700000000000-000001.jsonl'), line(1));
  writeFileSync(join(dir, '1700000000000-000001.jsonl.zst.tmp'), 'half');
  const journal = await openJournal({ ...options, segment: 10 });
  await journal.upkeep();
  writeFileSync(join(dir, '1700000000000-000001.jsonl'), line(1));
  await journal.close();
  await (await openJournal(options)).close();
  assert.deepEqual(readdirSync(dir), ['1700000000000-000001.jsonl.zst']);
});

/** A disk that is full while `full` is set: takes half of a write, then refuses. */
function fullDisk() {
  const disk = { full: false, bytes: Buffer.alloc(0), truncated: 0 };
  const file: SegmentFile = {
    write: (chunk, position) => {
      const taken = disk.full ? Math.floor(chunk.length / 2) : chunk.length;
      disk.bytes = Buffer.concat([disk.bytes.subarray(0, position), chunk.subarray(0, taken)]);
      if (disk.full) return Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
      return Promise.resolve(taken);
    },
    truncate: (size) => {
      disk.bytes = disk.bytes.subarray(0, size);
      disk.truncated++;
      return Promise.resolve();
    },
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { disk, openFile: () => Promise.resolve(file) };
}

test('a full disk neither throws nor blocks; what waited is written when there is room, without a torn or doubled line', async (t) => {
  const { options, told, clock } = place(t);
  const { disk, openFile } = fullDisk();
  const journal = await openJournal({ ...options, segment: 1e6, openFile });
  journal.append(line(1));
  await journal.flush();
  disk.full = true;
  journal.append(line(2));
  await journal.flush();
  assert.equal(disk.bytes.toString(), line(1), 'the half-written line is cut off');
  assert.match(journal.state().trouble ?? '', /ENOSPC/);
  disk.full = false;
  clock.ms += 5000;
  journal.append(line(3));
  await journal.flush();
  assert.equal(disk.bytes.toString(), line(1) + line(2) + line(3));
  assert.equal(journal.state().trouble, null);
  assert.equal(told.length, 2);
  await journal.close();
});

test('a disk with little room takes little: what fits is written, though all that waits would not fit', async (t) => {
  const { options, clock } = place(t);
  let room = 0;
  let written = '';
  const file: SegmentFile = {
    write: (chunk) => {
      if (chunk.length > room) return Promise.reject(new Error('ENOSPC'));
      room -= chunk.length;
      written += chunk.toString();
      return Promise.resolve(chunk.length);
    },
    truncate: () => Promise.resolve(),
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const journal = await openJournal({ ...options, segment: 1e9, openFile: () => Promise.resolve(file) });
  const lines = Array.from({ length: 5000 }, (_, i) => line(i));
  for (const each of lines) journal.append(each); // half a mebibyte in one write
  await journal.flush();
  for (let i = 0; i < 30 && written.length < lines.join('').length; i++) {
    room = 70_000;
    clock.ms += 5000;
    await journal.flush();
  }
  assert.equal(written, lines.join(''));
  await journal.close();
});

test('a disk that stays full costs chatty events first, counted by type and told when there is room again', async (t) => {
  const { options, clock, lost } = place(t);
  const { disk, openFile } = fullDisk();
  const journal = await openJournal({ ...options, segment: 1e6, openFile, maxQueued: 4000 });
  disk.full = true;
  for (let i = 0; i < 60; i++) journal.append(line(2 * i, 'session-opened') + line(2 * i + 1));
  assert.ok(journal.state().queuedBytes <= 4000);
  disk.full = false;
  clock.ms += 5000;
  await journal.flush();
  clock.ms += 5000;
  await journal.flush();
  const written = disk.bytes.toString();
  const count = (type: string) => written.split(`"type":"${type}"`).length - 1;
  assert.ok(count('session-opened') < count('message-finished'));
  assert.deepEqual(lost, [{ 'session-opened': 60 - count('session-opened'), 'message-finished': 60 - count('message-finished') }]);
  await journal.close();
});

test('a directory that cannot be used is trouble at the start, not a journal that loses everything', async (t) => {
  const { dir, options } = place(t);
  writeFileSync(join(dir, 'file'), '');
  await assert.rejects(openJournal({ ...options, dir: join(dir, 'file') }));
});

test('a flood beyond the rate loses what is chatty, and is told of it; decisions are written', async (t) => {
  const { dir, lost, clock, options } = place(t);
  const journal = await openJournal({ ...options, segment: 1e6, maxRate: 100 });
  for (let i = 1; i <= 10; i++) {
    journal.append(line(i, 'session-opened')); // some 120 octets each, of 2000 for a burst
    journal.append(line(i, 'message-finished'));
  }
  await journal.flush();
  assert.equal(content(dir).match(/message-finished/g)?.length, 10);
  assert.ok((content(dir).match(/session-opened/g)?.length ?? 0) < 9);
  clock.ms += 60_000;
  await journal.upkeep();
  assert.deepEqual(
    lost.flatMap((each) => Object.keys(each)).filter((type) => type !== 'session-opened'),
    [],
  );
  assert.ok(lost.length > 0);
  await journal.close();
});

test('while the disk is short what is chatty is left out, until there is room', async (t) => {
  const { dir, options } = place(t);
  const journal = await openJournal({ ...options, segment: 1e6 });
  journal.spare(true);
  journal.append(line(1, 'session-opened'));
  journal.append(line(2, 'message-finished'));
  journal.spare(false);
  journal.append(line(3, 'session-opened'));
  await journal.flush();
  assert.deepEqual(
    [...content(dir).matchAll(/"seq":(\d)/g)].map(([, seq]) => seq),
    ['2', '3'],
  );
  await journal.close();
});

test('the oldest segments can be given up one at a time; what is young enough and what is being written stay', async (t) => {
  const { clock, options } = place(t);
  const journal = await openJournal({ ...options, segment: 100 });
  for (let i = 1; i <= 4; i++) {
    journal.append(line(i)); // longer than a segment
    await journal.flush();
    clock.ms += day;
  }
  await journal.upkeep();
  const before = journal.segments().length;
  assert.ok((await journal.giveUpOldest(start + 1.5 * day)) > 0);
  assert.equal(journal.segments().length, before - 1);
  assert.equal(await journal.giveUpOldest(start + 1.5 * day), 0, 'the next one reaches into what must stay');
  for (let n = 0; n < 10; n++) await journal.giveUpOldest(Number.MAX_SAFE_INTEGER);
  journal.append(line(9));
  await journal.flush();
  assert.ok(journal.segments().length >= 1);
  await journal.close();
});
