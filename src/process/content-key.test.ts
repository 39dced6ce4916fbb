import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { openContentKey } from './content-key.ts';

const fail = (why: string): void => assert.fail(why);

test('the key is the same after a restart, another in another place, and for us alone', async (t) => {
  const dir = scratchDirectory(t, 'key');
  const first = await openContentKey(dir, fail);
  assert.deepEqual(await openContentKey(dir, fail), first);
  assert.notDeepEqual(await openContentKey(scratchDirectory(t, 'other'), fail), first);
  assert.equal(statSync(join(dir, 'content-key')).mode & 0o777, 0o600);
});

test('a damaged file makes a new key; a place that cannot be written is told, and there is a key all the same', async (t) => {
  const dir = scratchDirectory(t, 'key');
  const first = await openContentKey(dir, fail);
  writeFileSync(join(dir, 'content-key'), 'x');
  assert.notDeepEqual(await openContentKey(dir, fail), first);
  const told: string[] = [];
  assert.equal(typeof (await openContentKey(join(dir, 'gone'), (why) => void told.push(why))).k0, 'number');
  assert.equal(told.length, 1);
});
