import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openFinalsLog } from './finals-log.ts';

const base = mkdtempSync(join(tmpdir(), 'finals-log-'));
after(() => rmSync(base, { recursive: true }));

const isNumber = (raw: unknown): raw is number => typeof raw === 'number';
const openIn = (dir: string, name = 'one') => openFinalsLog<number>({ dir, name, isAlive: isNumber });

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
