import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchDirectory } from '../../test/harness/scratch.ts';
import { openReleaseKey } from './release-ground.ts';

const noTrouble = (why: string): void => assert.fail(why);

test('the key is made once, for our user alone, and is the same after a restart', async (t) => {
  const dir = join(scratchDirectory(t, 'key'), 'digest');
  const key = await openReleaseKey(dir, noTrouble);
  assert.equal(key.length, 32);
  assert.equal(statSync(join(dir, 'key')).mode & 0o777, 0o600);
  assert.equal(statSync(dir).mode & 0o777, 0o700);
  assert.deepEqual(await openReleaseKey(dir, noTrouble), key);
});

test('a damaged key is told and replaced: earlier links release nothing, and nobody can know the new one', async (t) => {
  const dir = join(scratchDirectory(t, 'key'), 'digest');
  const key = await openReleaseKey(dir, noTrouble);
  writeFileSync(join(dir, 'key'), 'nonsense');
  const troubles: string[] = [];
  assert.notDeepEqual(await openReleaseKey(dir, (why) => void troubles.push(why)), key);
  assert.match(troubles.join(), /is damaged/);
});
