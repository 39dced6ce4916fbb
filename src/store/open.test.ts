import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { migrate } from './migrate.ts';
import type { Migration } from './migrations/migration.ts';
import { openStore, StoreError } from './open.ts';

function fileFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'floodgate-store-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'floodgate.db');
}

test('a new database has its tables, and opening it again changes nothing', async (context) => {
  const file = fileFor(context);
  for (let time = 0; time < 2; time++) {
    const store = openStore(file);
    assert.deepEqual(await store.queries.selectFrom('list_entries').selectAll().execute(), []);
    await store.close();
  }
});

test('the same question again finds what has changed, and more different ones than are kept ready are answered', async (context) => {
  const { queries, close } = openStore(fileFor(context));
  const entries = () => queries.selectFrom('list_entries').select('entry').execute();
  assert.deepEqual(await entries(), []);
  for (let length = 1; length <= 150; length++) {
    const values = Array.from({ length }, (_, n) => `${length}-${n}`);
    assert.deepEqual(await queries.selectFrom('list_entries').select('entry').where('entry', 'in', values).execute(), []);
  }
  await queries
    .insertInto('list_entries')
    .values({ list: 'bad', matches: 'client', entry: '192.0.2.1', action: 'reject', reason: null, by: 'cli', created_at: 1, expires_at: null })
    .execute();
  assert.deepEqual(
    (await entries()).map(({ entry }) => entry),
    ['192.0.2.1'],
  );
  await close();
});

test('readers never hold up the writer: the journal is a write-ahead log', async (context) => {
  const file = fileFor(context);
  const store = openStore(file);
  const reader = new DatabaseSync(file, { readOnly: true });
  assert.equal(reader.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
  reader.close();
  await store.close();
});

test('a damaged file is named, with what to do, and is left as it is', (context) => {
  const file = fileFor(context);
  writeFileSync(file, 'this is a letter, not a database'.repeat(100));
  const before = readFileSync(file);
  assert.throws(
    () => openStore(file),
    (error) => error instanceof StoreError && error.message.includes(file) && /damaged or no database.*move it away/.test(error.message),
  );
  assert.deepEqual(readFileSync(file), before);
});

test('a file that another program holds is told as such', (context) => {
  const file = fileFor(context);
  const other = new DatabaseSync(file);
  context.after(() => other.close());
  other.exec('CREATE TABLE t (a); PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  assert.throws(() => openStore(file, { busyTimeoutMs: 1 }), /is held by another program/);
});

test('a missing directory is told as such', () => {
  assert.throws(() => openStore('/nowhere/at/all/floodgate.db'), /cannot be made.*state directory/);
});

test('a database of a newer program is refused: its tables are not ours to guess', async (context) => {
  const file = fileFor(context);
  await openStore(file).close();
  const later = new DatabaseSync(file);
  later.exec("INSERT INTO migrations VALUES ('9999-later', 0)");
  later.close();
  assert.throws(() => openStore(file), /newer Floodgate \(it knows 9999-later\)/);
});

test('a step that fails leaves nothing half done, and the ones before it stay', () => {
  const database = new DatabaseSync(':memory:');
  const steps: readonly Migration[] = [
    { id: '0001', sql: 'CREATE TABLE one (a)' },
    { id: '0002', sql: 'CREATE TABLE two (a); CREATE TABLE one (a)' },
  ];
  assert.throws(() => migrate(database, steps), /already exists/);
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('one', 'two')").all();
  assert.deepEqual(
    tables.map((row) => row['name']),
    ['one'],
  );
  assert.deepEqual(
    database
      .prepare('SELECT id FROM migrations')
      .all()
      .map((row) => row['id']),
    ['0001'],
  );
});
