import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openFinalsLog } from './finals-log.ts';

const base = mkdtempSync(join(tmpdir(), 'finals-log-'));
after(() => rmSync(base, { recursive: true }));

const isNumber = (raw: unknown): raw is number => typeof raw === 'number';
const openIn = (dir: string, name = 'one') => openFinalsLog<number>({ dir, name, isAlive: isNumber, keyOf: String, capacity: 100_000 });

test('a thousand records at once are on the disk when their promises say so, in order', async () => {
  const dir = mkdtempSync(join(base, 'd-'));
  const { log } = await openIn(dir);
  const written = await Promise.all(Array.from({ length: 1000 }, (_, i) => log.append(i)));
  assert.ok(written.every(Boolean));
  assert.deepEqual(
    readFileSync(join(dir, 'one.jsonl'), 'utf8').trim().split('\n').map(Number),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  await log.close();
});

test('a log that starts while another is open leaves that one its file', async () => {
  const dir = mkdtempSync(join(base, 'd-'));
  const one = await openIn(dir);
  const two = await openIn(dir, 'two');
  assert.equal(await one.log.append(7), true);
  await one.log.close();
  await two.log.close();
  const three = await openIn(dir, 'three');
  assert.deepEqual(three.records, [7]);
  await three.log.close();
  assert.deepEqual(readdirSync(dir).sort(), ['one.jsonl', 'three.jsonl', 'two.jsonl']);
});

test('what comes after the end is not on the disk, and is told so', async () => {
  const { log } = await openIn(mkdtempSync(join(base, 'd-')));
  await log.close();
  assert.equal(await log.append(1), false);
});

test('more than the disk keeps up with is not kept waiting without bound', async () => {
  const { log } = await openIn(mkdtempSync(join(base, 'd-')));
  const written = await Promise.all(Array.from({ length: 10_500 }, (_, i) => log.append(i)));
  assert.ok(written.includes(false));
  assert.ok(written[0]);
  await log.close();
});

test('a directory that cannot be made rejects: a door must not start without its memory', async () => {
  await assert.rejects(openIn('/dev/null/finals'));
});

test('a log that has grown is rewritten while it is used: of each key the last record stays, dead ones and the oldest beyond the capacity go', async () => {
  const dir = mkdtempSync(join(base, 'd-'));
  type Note = readonly [key: string, value: number];
  const isAlive = (raw: unknown): raw is Note => Array.isArray(raw) && raw[1] !== -1;
  const open = () => openFinalsLog<Note>({ dir, name: 'one', isAlive, keyOf: ([key]) => key, capacity: 3, rewriteFromBytes: 500 });
  const { log } = await open();
  const bytes = (): number => readFileSync(join(dir, 'one.jsonl')).length;
  for (let round = 0; round < 200; round++) {
    assert.equal(await log.append([`k${round % 5}`, round]), true);
    assert.equal(await log.append(['dead', -1]), true);
    assert.ok(bytes() < 1000, `${bytes()} bytes after ${round} rounds`);
  }
  await log.close();
  const { records, log: next } = await open();
  await next.close();
  assert.deepEqual(records.at(-1), ['k4', 199]);
  assert.ok(new Set(records.map(([key]) => key)).size >= 3);
  assert.deepEqual(readdirSync(dir), ['one.jsonl'], 'nothing is left beside it');
  assert.deepEqual(readFileSync(join(dir, 'one.jsonl'), 'utf8'), '["k2",197]\n["k3",198]\n["k4",199]\n', 'at the start the capacity holds exactly');
});

test('a log that cannot be rewritten goes on as it is', async () => {
  const dir = mkdtempSync(join(base, 'd-'));
  const { log } = await openFinalsLog<number>({ dir, name: 'one', isAlive: isNumber, keyOf: String, capacity: 10, rewriteFromBytes: 50 });
  mkdirSync(join(dir, 'one.jsonl.new')); // in the way of the new file
  for (let at = 0; at < 100; at++) assert.equal(await log.append(1000 + at), true);
  await log.close();
  assert.equal(readFileSync(join(dir, 'one.jsonl'), 'utf8').trim().split('\n').length, 100);
});
