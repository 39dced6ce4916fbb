import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openBook, releaseLetter } from '../../../test/harness/release-book.ts';
import type { ReleaseOrder } from '../../model/release.ts';
import { createLetterBook } from './letter-book.ts';

const letter = releaseLetter(['1M7YNPXHV1000-1', '1M7YNPXHV1000-2']);
const order: ReleaseOrder = {
  format: 1,
  letter: letter.name,
  line: 1,
  id: '1M7YNPXHV1000-1',
  recipient: letter.recipient,
  way: 'link',
  at: 2000,
  asker: '192.0.2.7',
};

test('a letter is found as it was saved, also by another process; one that was not sent is gone', async (t) => {
  const { dir, book } = openBook(t);
  await book.save(letter);
  assert.deepEqual(await createLetterBook(dir).find(letter.name), letter);
  await assert.rejects(book.save(letter), /already/, 'a name is given once');
  await book.remove(letter.name);
  assert.equal(await book.find(letter.name), null);
});

test('of a hundred orders with one token one is published, and all know that it is used', async (t) => {
  const { dir, book } = openBook(t);
  const books = [book, createLetterBook(dir)];
  const results = await Promise.all(Array.from({ length: 100 }, (_, n) => (books[n % 2] ?? book).publish({ ...order, asker: `192.0.2.${n}` })));
  assert.equal(results.filter(Boolean).length, 1);
  assert.equal(await book.isUsed(letter.name, 1), true);
  assert.equal(await book.isUsed(letter.name, 2), false);
  assert.equal((await book.pending()).length, 1);
  assert.deepEqual(readdirSync(join(dir, 'new')), [], 'those that came second leave nothing');
});

test('an order counts when its name is on the disk; where the disk fails the token is not used up', async (t) => {
  const { dir } = openBook(t);
  const synced: string[] = [];
  let fails = true;
  const book = createLetterBook(dir, {
    sync: (folder) => {
      synced.push(folder);
      return fails ? Promise.reject(new Error('EIO')) : Promise.resolve();
    },
  });
  await assert.rejects(book.publish(order), /EIO/);
  assert.deepEqual([await book.isUsed(letter.name, 1), await book.pending()], [false, []]);
  fails = false;
  assert.equal(await book.publish(order), true);
  assert.deepEqual(synced, [join(dir, 'orders'), join(dir, 'orders')]);
});

test('what is pending outlives the process, what is settled stays used', async (t) => {
  const { dir, book } = openBook(t);
  await book.publish({ ...order, line: 2, at: 3000 });
  await book.publish(order);
  const again = createLetterBook(dir);
  assert.deepEqual(
    (await again.pending()).map(({ line }) => line),
    [1, 2],
    'the oldest first',
  );
  await again.settle(order);
  await again.settle(order);
  assert.deepEqual(
    (await again.pending()).map(({ line }) => line),
    [2],
  );
  assert.equal(await again.publish(order), false);
});

test('a letter is forgotten with its orders when its time is over, but an order that waits is not', async (t) => {
  const { book } = openBook(t);
  await book.save(letter);
  await book.publish(order);
  await book.settle(order);
  await book.publish({ ...order, line: 2 });
  await book.sweep(letter.expiresAt);
  assert.notEqual(await book.find(letter.name), null);
  await book.sweep(letter.expiresAt + 1);
  assert.equal(await book.find(letter.name), null);
  assert.equal(await book.isUsed(letter.name, 1), false);
  assert.equal((await book.pending()).length, 1);
});

test('a damaged file stands in the way of no other, and is told of', async (t) => {
  const { dir, book } = openBook(t);
  await book.save(letter);
  await book.publish(order);
  await book.publish({ ...order, line: 2 });
  const files = [join(dir, 'orders', `${letter.name}-2`), join(dir, 'letters', 'bbbb.json')];
  writeFileSync(files[0] ?? '', '');
  writeFileSync(files[1] ?? '', '{');
  const told: string[] = [];
  const again = createLetterBook(dir, { damaged: (file) => void told.push(file) });
  assert.deepEqual(await again.pending(), [order]);
  assert.equal(await again.isUsed(letter.name, 2), true, 'what it was is not known, but not a token that works again');
  await again.settle(order);
  await again.sweep(letter.expiresAt + 1);
  assert.equal(await again.find(letter.name), null);
  assert.deepEqual(told, files);
});

test('what somebody died in the middle of is swept away, what somebody may be writing is not', async (t) => {
  const { dir, book } = openBook(t);
  const [old, young] = [join(dir, 'new', 'old'), join(dir, 'new', 'young')];
  for (const file of [old, young]) writeFileSync(file, '{');
  utimesSync(old, 1, 1);
  await book.sweep(0);
  assert.deepEqual(readdirSync(join(dir, 'new')), ['young']);
});

test('files are for our user alone and name no address', async (t) => {
  const { dir, book } = openBook(t);
  await book.save(letter);
  await book.publish(order);
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.equal(files.length, 2);
  for (const { parentPath, name } of files) {
    assert.equal(statSync(join(parentPath, name)).mode & 0o777, 0o600);
    assert.doesNotMatch(readFileSync(join(parentPath, name), 'utf8'), /ann|hub\.example/);
  }
});
