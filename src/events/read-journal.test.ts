import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { lastEvents, readJournal } from './read-journal.ts';

const start = Date.UTC(2026, 10, 21);
const hour = 3_600_000;
const line = (seq: number, at = start + seq, who = 'a') => `{"at":${at},"door":"smtp-1","seq":${seq},"type":"started","version":"${who}","listeners":[]}\n`;

function journal(t: TestContext, files: Readonly<Record<string, string | Buffer>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'journal-'));
  t.after(() => rmSync(dir, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
}
const name = (ms: number, number: number, zst = '') => `${ms}-${String(number).padStart(6, '0')}.jsonl${zst}`;

async function seqs(events: AsyncIterable<{ readonly seq: number }>): Promise<number[]> {
  const found: number[] = [];
  for await (const event of events) found.push(event.seq);
  return found;
}

function twoSegments(t: TestContext): string {
  return journal(t, {
    [name(start, 1, '.zst')]: zstdCompressSync(line(1) + line(2)),
    [name(start + 5 * hour, 2)]: line(3, start + 5 * hour) + line(4, start + 6 * hour),
  });
}

test('plain and compressed segments are read alike, oldest first', async (t) => {
  assert.deepEqual(await seqs(readJournal(twoSegments(t))), [1, 2, 3, 4]);
});

test('the newest segment can be read first', async (t) => {
  assert.deepEqual(await seqs(readJournal(twoSegments(t), { order: 'newest-segment-first' })), [3, 4, 1, 2]);
});

test('a window of time leaves other segments closed and other events out', async (t) => {
  assert.deepEqual(await seqs(readJournal(twoSegments(t), { fromMs: start + 5.5 * hour })), [4]);
  assert.deepEqual(await seqs(readJournal(twoSegments(t), { toMs: start + 1 })), [1]);
});

test('an event that waited in a batch stands in a segment begun after it, and is found', async (t) => {
  const dir = journal(t, { [name(start, 1)]: line(1), [name(start + 50, 2)]: line(2, start + 20) });
  assert.deepEqual(await seqs(readJournal(dir, { fromMs: start + 10, toMs: start + 30 })), [2]);
});

test('only lines with a needle are parsed, each once, whichever of the needles it holds and however often', async (t) => {
  const dir = journal(t, { [name(start, 1)]: line(1, start, 'quux quux fred') + line(2, start, 'none') + 'no json at all\n' + line(3, start, 'fred') });
  const bad: string[] = [];
  assert.deepEqual(await seqs(readJournal(dir, { needles: ['quux', 'fred'], onBadLine: ({ path }) => bad.push(path) })), [1, 3]);
  assert.equal(bad.length, 0);
});

test('a line across the border of two reads is whole', async (t) => {
  const count = 30_000; // some 2.4 MB: three reads
  const dir = journal(t, { [name(start, 1)]: Array.from({ length: count }, (_, i) => line(i)).join('') });
  const found = await seqs(readJournal(dir));
  assert.equal(found.length, count);
  assert.deepEqual(found.slice(-2), [count - 2, count - 1]);
});

test('damaged lines are counted and passed over; a last line still being written is left alone', async (t) => {
  let bad = 0;
  const dir = journal(t, { [name(start, 1)]: `${line(1)}{"at":17,"do\n${line(2)}{"at":18` });
  assert.deepEqual(await seqs(readJournal(dir, { onBadLine: () => bad++ })), [1, 2]);
  assert.equal(bad, 1);
});

test('one damaged segment does not hide the others', async (t) => {
  let bad = 0;
  const whole = zstdCompressSync(line(1));
  const dir = journal(t, {
    [name(start, 1, '.zst')]: whole.subarray(0, whole.length - 6),
    [name(start + 1, 2, '.zst')]: 'not zstd',
    [name(start + 2, 3)]: line(3),
  });
  assert.ok((await seqs(readJournal(dir, { onBadLine: () => bad++ }))).includes(3));
  assert.equal(bad, 2);
});

test('no journal yet is an empty journal', async () => {
  assert.deepEqual(await seqs(readJournal(join(tmpdir(), 'no-such-journal'))), []);
});

test('the last events are found across segments, oldest first, in the order of their time', async (t) => {
  const dir = twoSegments(t);
  assert.deepEqual(
    (await lastEvents(dir, { limit: 3 })).map((event) => event.seq),
    [2, 3, 4],
  );
  assert.deepEqual(
    (await lastEvents(dir, { limit: 10, sinceMs: start + 2 })).map((event) => event.seq),
    [2, 3, 4],
  );
  assert.deepEqual(
    (await lastEvents(dir, { limit: 1, wanted: (event) => event.seq < 3 })).map((event) => event.seq),
    [2],
  );
});

test('the last events of a long segment come from its tail', async (t) => {
  const dir = journal(t, { [name(start, 1)]: Array.from({ length: 30_000 }, (_, i) => line(i)).join('') });
  assert.deepEqual(
    (await lastEvents(dir, { limit: 2 })).map((event) => event.seq),
    [29_998, 29_999],
  );
  assert.deepEqual(
    (await lastEvents(dir, { limit: 1, wanted: (event) => event.seq === 7 })).map((event) => event.seq),
    [7],
  );
});

test('without a time to go back to, only the end is searched; with one, all of it', async (t) => {
  const old = line(1);
  const dir = journal(t, { [name(start, 1)]: old + Array.from({ length: 34_000 }, (_, i) => line(i + 2, start + i + 2, 'x'.repeat(500))).join('') }); // more than 16 MiB
  const wanted = (event: { readonly seq: number }) => event.seq === 1;
  assert.deepEqual(await lastEvents(dir, { limit: 1, wanted }), []);
  assert.deepEqual(
    (await lastEvents(dir, { limit: 1, wanted, sinceMs: start - 1 })).map((event) => event.seq),
    [1],
  );
});
